"""Triggers as text: what they mean, and which texts are refused before they can miss a day."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from inspector.domain.errors import Invalid
from inspector.trigger import following, following_now, parse, times
from tests.house import START, ZONE


def first(text: str, many: int = 3, anchor: datetime = START) -> list[str]:
    """The first slots from a Monday at nine."""
    trigger = parse(text, ZONE, anchor)
    slots = []
    slot = following(trigger, None, START)
    for _ in range(many):
        assert slot is not None
        slots.append(slot.strftime("%a %m-%d %H:%M"))
        slot = following(trigger, slot, slot)
    return slots


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("cron mon-fri 08:30", ["Tue 03-03 08:30", "Wed 03-04 08:30", "Thu 03-05 08:30"]),
        ("cron mon 09:00", ["Mon 03-02 09:00", "Mon 03-09 09:00", "Mon 03-16 09:00"]),
        ("cron sat,sun 7:05", ["Sat 03-07 07:05", "Sun 03-08 07:05", "Sat 03-14 07:05"]),
        ("cron * 23:59", ["Mon 03-02 23:59", "Tue 03-03 23:59", "Wed 03-04 23:59"]),
        ("cron day=1 09:00", ["Wed 04-01 09:00", "Fri 05-01 09:00", "Mon 06-01 09:00"]),
        ("cron day=last month=*/3 09:00", ["Thu 04-30 09:00", "Fri 07-31 09:00", "Sat 10-31 09:00"]),
        ("cron day=1 mon 09:00", ["Mon 06-01 09:00", "Mon 02-01 09:00", "Mon 03-01 09:00"]),
        ("every 2h", ["Mon 03-02 09:00", "Mon 03-02 11:00", "Mon 03-02 13:00"]),
        ("every 45min", ["Mon 03-02 09:00", "Mon 03-02 09:45", "Mon 03-02 10:30"]),
        ("every 3d", ["Mon 03-02 09:00", "Thu 03-05 09:00", "Sun 03-08 09:00"]),
    ],
)
def test_a_text_says_when(text: str, slots: list[str]) -> None:
    assert first(text) == slots


@pytest.mark.parametrize(
    "text",
    [
        "",
        "daily",
        "cron 1-5 08:30",  # in the library's numbering this would be Tuesday to Saturday
        "cron 1 08:30",
        "cron day_of_week=1 08:30",
        "cron mon,2 08:30",
        "cron mon 25:00",
        "cron mon 08:60",
        "cron fri-mon 08:30",
        "cron mon",
        "cron 08:30",
        "cron day=32 08:30",
        "cron hour=3 08:30",
        "cron Mon 08:30",
        "every 0s",
        "every 2 h",
        "every h",
        "every -1h",
        "every 9999999d",
        "every 2h every 3h",
    ],
)
def test_a_text_that_is_none_of_the_forms_is_refused_with_the_forms(text: str) -> None:
    with pytest.raises(Invalid, match="trigger_unreadable") as caught:
        parse(text, ZONE, START)
    assert "cron mon-fri 08:30" in str(caught.value)


@pytest.mark.parametrize("text", ["cron mon tue 08:30", "cron day=1 day=15 08:30"])
def test_a_field_said_twice_is_refused_for_one_of_them_would_be_lost(text: str) -> None:
    with pytest.raises(Invalid, match="trigger_unreadable"):
        parse(text, ZONE, START)


def test_a_day_that_never_comes_is_refused() -> None:
    with pytest.raises(Invalid, match="no such day"):
        parse("cron day=30 month=2 09:00", ZONE, START)


def test_a_slot_is_in_the_offices_zone_whatever_the_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "America/New_York")
    slot = following(parse("cron mon-fri 08:30", ZONE, START), None, START)
    assert slot is not None
    assert slot.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("late", "following_slot"),
    [
        (timedelta(0), 2),
        (timedelta(seconds=1), 2),
        (timedelta(minutes=119), 2),
        (timedelta(hours=2), 4),
        (timedelta(days=7, minutes=5), 170),
    ],
)
def test_an_interval_keeps_its_phase_however_late_a_slot_is_taken(late: timedelta, following_slot: int) -> None:
    trigger = parse("every 2h", ZONE, START + timedelta(minutes=17))
    assert following_now(trigger, START, START + late) == START + timedelta(hours=following_slot)


def test_after_an_outage_a_calendar_goes_on_with_its_next_day() -> None:
    trigger = parse("cron mon-fri 08:30", ZONE, START)
    missed, now = START - timedelta(minutes=30), START + timedelta(days=6)
    assert following_now(trigger, missed, now) == datetime(2026, 3, 9, 8, 30, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "many"), [("cron mon 09:00", 52), ("cron * 23:59", 365), ("cron day=1 month=*/3 09:00", 4), ("every 1s", 31_536_000)]
)
def test_the_slots_of_a_year_are_counted_and_those_of_an_interval_without_walking_through_them(text: str, many: int) -> None:
    first, after = (datetime(year, 1, 1, tzinfo=ZONE) for year in (2027, 2028))
    trigger = parse(text, ZONE, first)
    assert times(trigger, first, after) == many
    assert times(trigger, after, first) == 0
