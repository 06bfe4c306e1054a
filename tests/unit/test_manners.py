"""Manners: how often and when a connector may be asked, and how settings say it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.channels import dingtalk_robot, feishu_robot, wecom_robot
from inspector.domain.errors import Invalid
from inspector.domain.manners import Held, Manners, Pace, Turn, Window, asked, current, turn
from inspector.manners import flaws, flaws_of, granted, of
from tests.house import ZONE

ROBOTS = {"ding": dingtalk_robot, "fei": feishu_robot, "we": wecom_robot}
NIGHT = Window(begins=time(22), ends=time(6))
NEVER = Pace(next_at=datetime(1970, 1, 1, tzinfo=UTC))


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    """A moment of March 2026; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=ZONE)


def weekday(day: date) -> bool:
    return day.weekday() < 5


def told(manners: Manners, now: datetime, pace: Pace = NEVER) -> Turn:
    return turn(manners, current(manners, pace, now, now), now, now, weekday)


@pytest.mark.parametrize(
    ("now", "until"),
    [(at(21, 59), at(22)), (at(6), at(22)), (at(22), None), (at(5, 59), None), (at(0, day=3), None)],
    ids=["before", "at its end", "at its beginning", "at its last minute", "at midnight"],
)
def test_at_night_only_is_from_its_first_moment_until_before_its_last(now: datetime, until: datetime | None) -> None:
    found = told(Manners(hours=(NIGHT,)), now)
    assert (found.held, found.until) == ((Held.HOURS, until) if until else (None, None))


def test_hours_of_working_days_begin_on_one_and_may_end_on_another_day() -> None:
    manners = Manners(hours=(NIGHT,), working_days=True)
    assert told(manners, at(5, day=7)).held is None, "Friday's night lasts until Saturday morning"
    assert told(manners, at(22, day=7)) == Turn(most=0, held=Held.HOURS, until=at(22, day=9))
    assert told(Manners(working_days=True), at(12, day=7)).until == at(0, day=9)


def test_a_quota_that_is_used_up_waits_for_the_new_day_and_then_for_the_hours() -> None:
    manners = Manners(per_day=3, day_begins=time(8), hours=(Window(begins=time(9), ends=time(17)),))
    spent = Pace(next_at=NEVER.next_at, day=date(2026, 3, 2), used=3)
    assert told(manners, at(12), spent) == Turn(most=0, held=Held.QUOTA, until=at(9, day=3))
    assert told(manners, at(9, day=3), spent) == Turn(most=3)
    assert told(Manners(per_day=3, day_begins=time(8)), at(7, 59, day=3), spent).until == at(8, day=3)
    assert told(manners, at(12), Pace(next_at=NEVER.next_at, day=date(2026, 3, 2), used=1)).most == 2


def test_a_clock_that_was_set_back_forgets_nothing_and_makes_no_wait_endless() -> None:
    manners = Manners(per_minute=6, per_day=10)
    ahead = Pace(next_at=at(9) + timedelta(days=400), day=date(2027, 4, 6), used=10)
    held = current(manners, ahead, at(9), at(9))
    assert held == Pace(next_at=at(9) + timedelta(seconds=10), day=date(2026, 3, 2), used=10)
    assert current(manners, ahead, at(9, day=3), at(9, day=3)).used == 10
    assert current(manners, held, at(9, day=3), at(9, day=3)).used == 0, "and the day after that it is a new day"


def test_a_daemon_that_looked_at_its_clock_before_midnight_does_not_make_the_new_day_begin_twice() -> None:
    manners, first = Manners(per_day=10), Pace(next_at=NEVER.next_at, day=date(2026, 3, 3), used=5)
    late = current(manners, first, at(23, 59), at(23, 59))
    assert late == first
    assert current(manners, asked(manners, late, 1, at(23, 59)), at(0, day=3), at(0, day=3)).used == 6


@given(
    per_second=st.one_of(st.none(), st.integers(1, 200)),
    per_minute=st.one_of(st.none(), st.integers(1, 6000)),
    steps=st.lists(st.tuples(st.floats(0, 3), st.integers(1, 50)), min_size=1, max_size=200),
)
def test_no_second_and_no_minute_wherever_it_begins_holds_more_calls_than_are_allowed(
    per_second: int | None, per_minute: int | None, steps: list[tuple[float, int]]
) -> None:
    manners, pace, now = Manners(per_second=per_second, per_minute=per_minute), NEVER, at(9)
    calls: list[datetime] = []
    for passed, wanted in steps:
        now += timedelta(seconds=passed)
        pace = current(manners, pace, now, now)
        found = turn(manners, pace, now, now, weekday)
        assert (found.most == 0) == (found.held is Held.RATE)
        taken = min(found.most, wanted)
        calls += [now] * taken
        pace = asked(manners, pace, taken, now)
    for most, seconds in manners.rates:
        ends = timedelta(seconds=seconds)
        assert all(later - first >= ends for first, later in zip(calls, calls[most:], strict=False))
    assert all(first <= later for first, later in pairwise(calls))


def test_what_is_agreed_is_nearly_reached() -> None:
    for manners, most in ((Manners(per_second=100), 100), (Manners(per_minute=3), 0.05), (Manners(per_minute=600), 10)):
        assert 0.9 * most <= 1 / manners.spacing.total_seconds() <= most * 1.0001


def test_the_settings_say_it_in_the_connectors_own_table() -> None:
    said = {
        "per_minute": 30,
        "per_day": 5000,
        "day_begins": "08:00",
        "hours": ["22:00-06:00", "12:00-24:00"],
        "working_days": True,
    }
    read = of({"sources": {"registers": {"kind": "http", "manners": said}, "civil": {"kind": "http"}}})
    windows = (NIGHT, Window(begins=time(12), ends=time(0)))
    assert read == {"registers": Manners(per_minute=30, per_day=5000, day_begins=time(8), hours=windows, working_days=True)}


@pytest.mark.parametrize(
    ("said", "code", "key"),
    [
        ({"per_dya": 5}, "manners_key_unknown", "per_dya"),
        ({"per_day": 0}, "manners_value", "per_day"),
        ({"per_second": 1.5}, "manners_value", "per_second"),
        ({"hours": "22:00-06:00"}, "manners_value", "hours"),
        ({"hours": []}, "manners_value", "hours"),
        ({"hours": ["22:00-22:00"]}, "manners_value", "hours"),
        ({"hours": ["25:00-06:00"]}, "manners_value", "hours"),
        ({"day_begins": "8"}, "manners_value", "day_begins"),
        ({"working_days": "yes"}, "manners_value", "working_days"),
        (5, "manners_value", "manners"),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_key(said: Any, code: str, key: str) -> None:
    (flaw,) = flaws({"sources": {"registers": {"manners": said}}})
    assert (flaw.code, flaw.facts["key"], flaw.facts["connector"]) == (code, key, "sources.registers")
    if code == "manners_key_unknown":
        assert flaw.facts["nearest"] == "per_day"


def test_every_wrong_key_is_told_and_one_connector_hears_of_its_own_alone() -> None:
    wrong: dict[str, Any] = {"per_day": 0, "hours": ["22-6"], "x": 1}
    sections = {"sources": {"a": {"manners": wrong}, "b": {"manners": {"per_day": 0}}}}
    assert [flaw.facts["key"] for flaw in flaws_of("sources", "a", sections)] == ["per_day", "hours", "x"]
    differing = {"sources": {"a": {"manners": {"per_day": 1}}}, "assistance": {"a": {"manners": {"per_day": 2}}}}
    for section in differing:
        assert [flaw.code for flaw in flaws_of(section, "a", differing)] == ["manners_differ"]


def test_one_name_in_two_sections_has_one_kind_of_manners() -> None:
    sections = {"sources": {"civil": {"manners": {"per_day": 5}}}, "assistance": {"civil": {"manners": {"per_day": 6}}}}
    with pytest.raises(Invalid, match="manners_differ"):
        of(sections)


def test_a_robot_in_a_chat_keeps_to_what_its_platform_grants_where_the_settings_say_nothing(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("k" * 32, encoding="ascii")
    key.chmod(0o600)
    told = {"url": "https://chat.example", "key_file": str(key)}
    made = {name: one.connect(name, told) for name, one in ROBOTS.items()}
    try:
        found = granted({"channels": {**made, "mail": object()}, "sources": {}})
    finally:
        for one in made.values():
            one.close()
    assert found == {"ding": Manners(per_minute=20), "fei": Manners(per_second=5, per_minute=100), "we": Manners(per_minute=20)}
    said = of({"channels": {"we": {"manners": {}}, "ding": {"manners": {"per_minute": 5}}}})
    assert {**found, **said}["we"] == Manners(), "an empty table takes it away"
    assert {**found, **said}["ding"] == Manners(per_minute=5)
