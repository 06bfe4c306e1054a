"""What is drawn on the ops page has the numbers that it was given, and of a day what lies on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from inspector.calendars import load_calendars
from inspector.domain.case import CaseState
from inspector.domain.plan import Draw, DrawState
from inspector.web import drawings
from inspector.web.drawings import MOST, PARTS, WEEKS, Bar, bars, flow, weeks
from tests.house import ROOT, START

CALENDAR = load_calendars(ROOT / "policies" / "calendars")

A_DRAW = Draw(
    number="bureau-2026-001",
    agency="bureau",
    plan="yearly",
    slot="2026-03-02",
    pack="maoji@2026.1",
    state=DrawState.ANNOUNCED,
    made_at=START,
    prev=None,
    parties=("a", "b"),
    lists=(),
)


def test_the_way_of_the_cases_has_every_station_and_of_what_they_wait_only_what_there_is() -> None:
    drawn = flow({CaseState.VERIFYING: 7, CaseState.CLOSED: 3}, {"asked": 5, "visits": 0}, {"consequences": 2})
    assert [(one.state.value, one.count, one.waits) for one in drawn] == [
        ("RATING", 0, ()),
        ("VERIFYING", 7, (("asked", 5),)),
        ("REVIEW", 0, ()),
        ("CLOSED", 3, (("consequences", 2),)),
        ("POOLED", 0, ()),
    ]
    assert {one for one in CaseState if not one.gone} == set(drawings.STATIONS), "nobody who is in the house is left out"


def marked(found: tuple[tuple[drawings.Day, ...], ...]) -> dict[date, tuple[tuple[str, str], ...]]:
    return {day.day: day.marks for week in found for day in week if day.marks}


def test_the_calendar_begins_two_mondays_ago_and_tells_days_off_and_the_present_day() -> None:
    found = weeks((), (), START, CALENDAR)
    assert (len(found), {len(week) for week in found}) == (WEEKS, {7})
    days = [day for week in found for day in week]
    assert days[0].day == date(2026, 2, 16)
    assert [one.day for one in days if one.today] == [date(2026, 3, 2)]
    assert [one.works for one in found[2]] == [True] * 5 + [False] * 2
    assert [one.day for one in days if one.whole] == [date(2026, 2, 16), date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1)]
    assert marked(found) == {}


def test_a_plan_is_marked_on_each_of_its_days_to_come_and_once_a_day_however_often_it_fires() -> None:
    local = CALENDAR.local(START)
    found = marked(weeks([("yearly", "cron day=5 09:00", local + timedelta(days=3))], (), START, CALENDAR))
    assert found == {date(2026, month, 5): (("planned", "yearly"),) for month in (3, 4, 5)}
    often = marked(weeks([("demo", "every 2h", local)], (), START, CALENDAR))
    assert list(often.values()) == [(("planned", "demo"),)] * (7 * (WEEKS - 2))


@pytest.mark.parametrize(
    ("draw", "expected"),
    [
        ({"state": DrawState.PREPARING}, {0: "prepared"}),
        ({"announced_at": START + timedelta(days=1), "seed_at": START + timedelta(days=4)}, {1: "announced", 4: "seed"}),
        ({"state": DrawState.DRAWN, "drawn_at": START + timedelta(days=4)}, {4: "drawn"}),
        ({"state": DrawState.VOID, "announced_at": START + timedelta(days=1)}, {1: "void"}),
        ({"state": DrawState.DRAWN, "drawn_at": START + timedelta(weeks=WEEKS)}, {}),
    ],
)
def test_a_draw_is_marked_where_it_stands(draw: dict[str, object], expected: dict[int, str]) -> None:
    held = replace(A_DRAW, **draw)  # type: ignore[arg-type]
    found = marked(weeks((), [held], START, CALENDAR))
    assert found == {(START + timedelta(days=days)).date(): ((name, "yearly"),) for days, name in expected.items()}


def test_the_parts_of_a_bar_add_up_and_whoever_left_most_unanswered_comes_first() -> None:
    counted = [
        *(("housing", "household", mark, count) for mark, count in (("asked", 4), ("answered", 3), ("punctual", 2), ("open", 1))),
        ("housing", "income", "asked", 4),
        ("housing", "income", "declined", 4),
        *(("police", "household", mark, count) for mark, count in (("asked", 2), ("unanswered", 2), ("escalated", 2))),
    ]
    police, housing = bars(counted, {"police": "公安局"})
    assert (police.agency, police.parts["unanswered"], police.drawn) == ("公安局", 2, [("unanswered", 0.0, 100.0)])
    parts = {"punctual": 2, "answered": 1, "otherwise": 4, "unanswered": 0, "open": 1}
    assert housing == Bar(agency="housing", asked=8, parts=parts)
    assert housing.drawn == [("punctual", 0.0, 25.0), ("answered", 25.0, 12.5), ("otherwise", 37.5, 50.0), ("open", 87.5, 12.5)]
    assert set(housing.parts) == set(PARTS)
    many = bars([(f"agency-{number}", "household", "asked", 1) for number in range(60)], {})
    assert len(many) == MOST
    assert bars((), {}) == ()


def test_a_moment_is_marked_on_the_day_of_the_office() -> None:
    late = datetime.fromisoformat("2026-03-03T17:30:00+00:00")  # half past one of the fourth in the office
    found = marked(weeks((), [replace(A_DRAW, state=DrawState.DRAWN, drawn_at=late)], START, CALENDAR))
    assert found == {date(2026, 3, 4): (("drawn", "yearly"),)}
