"""A counted date taken apart: each day with its number or its reason, as a person would count with a calendar on the wall."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from inspector.calendars import load_calendars
from inspector.domain.calendar import SHANGHAI, Counting, Term, WorkingCalendar, again, due
from inspector.domain.counting import DayKind, Tallied, tally
from inspector.domain.start import StartEvent
from tests.needs import ROOT

CALENDAR = load_calendars(ROOT / "policies" / "calendars")


def counted(start: str, term: str, calendar: WorkingCalendar = CALENDAR) -> Counting:
    began = datetime.fromisoformat(start).replace(tzinfo=SHANGHAI)
    return due(began, Term.parse(term), calendar, StartEvent.CASE_OPENED).counted


def told(days: tuple[Tallied, ...]) -> list[tuple[int, int | None, DayKind]]:
    return [(one.day.day, one.number, one.kind) for one in days]


def test_working_days_are_numbered_and_days_off_have_a_reason() -> None:
    """Scenario 47: the working Sunday is the first day; the festival does not count."""
    days = tally(counted("2025-01-24T10:00", "5wd"))
    off = [(day, None, DayKind.HOLIDAY) for day in (28, 29, 30, 31, 1, 2, 3, 4)]
    assert told(days) == [
        (25, None, DayKind.WEEKEND),
        (26, 1, DayKind.MADE_UP),
        (27, 2, DayKind.COUNTED),
        *off,
        (5, 3, DayKind.COUNTED),
        (6, 4, DayKind.COUNTED),
        (7, 5, DayKind.COUNTED),
    ]
    assert {one.name for one in days if one.kind is DayKind.HOLIDAY} == {"春节"}


def test_twenty_working_days_over_national_day_are_twenty_numbers() -> None:
    """Scenario 48."""
    days = tally(counted("2025-09-15T09:00", "20wd"))
    assert [one.number for one in days if one.number] == list(range(1, 21))
    assert (days[-1].day, days[-1].number) == (date(2025, 10, 17), 20)
    assert [one.day for one in days if one.kind is DayKind.MADE_UP] == [date(2025, 9, 28), date(2025, 10, 11)]


def test_calendar_days_all_count_and_a_last_day_off_moves_to_the_next_working_day() -> None:
    days = tally(counted("2026-04-01T10:00", "3d"))
    assert told(days) == [
        (2, 1, DayKind.COUNTED),
        (3, 2, DayKind.COUNTED),
        (4, 3, DayKind.COUNTED),
        (5, None, DayKind.HOLIDAY),
        (6, None, DayKind.HOLIDAY),
        (7, None, DayKind.ROLLED),
    ]


def test_a_month_that_ends_on_a_working_saturday_ends_there() -> None:
    """Scenario 49: 28 February 2026 is a Saturday that is worked."""
    assert told(tally(counted("2025-12-31T15:00", "2mo"))) == [(28, None, DayKind.COUNTED)]


def test_a_month_that_ends_on_a_holiday_shows_what_it_moved_over() -> None:
    days = tally(counted("2026-04-01T10:00", "1mo"))
    assert told(days) == [(day, None, DayKind.HOLIDAY) for day in range(1, 6)] + [(6, None, DayKind.ROLLED)]


def test_hours_run_at_once_and_pass_over_no_day() -> None:
    """Scenario 51."""
    assert tally(counted("2026-03-06T17:00", "24h")) == ()


@pytest.mark.parametrize("term", ["1wd", "20wd", "3d", "45d", "2mo", "1y"])
@pytest.mark.parametrize("start", ["2025-01-24T10:00", "2025-09-30T18:00", "2026-02-13T09:00", "2026-12-28T09:00"])
def test_the_last_day_told_is_the_last_day(start: str, term: str) -> None:
    found = counted(start, term)
    days = tally(found)
    assert days[-1].day == found.last
    assert [one.day for one in days] == sorted({one.day for one in days})


def test_a_count_knows_by_which_state_of_which_years_it_was_made() -> None:
    assert counted("2025-12-25T10:00", "10wd").versions == ("2025/1", "2026/1")
    assert counted("2026-12-25T10:00", "10wd").versions == ("2026/1",)
    assert counted("2019-04-29T10:00", "10wd").versions == ("2019/2",)


def test_the_same_term_can_be_counted_again_by_another_calendar() -> None:
    older = WorkingCalendar(tables=tuple(table for table in CALENDAR.tables if table.year < 2026))
    first = counted("2026-02-10T10:00", "10wd", older)
    assert (first.last, first.awaited) == (date(2026, 2, 24), (2026,))
    anew = again(first, CALENDAR)
    assert anew is not None
    assert anew.counted == counted("2026-02-10T10:00", "10wd")
    assert (anew.counted.last, anew.provisional) == (date(2026, 3, 2), False)


def test_hours_are_never_counted_again() -> None:
    assert again(counted("2026-03-06T17:00", "24h"), CALENDAR) is None
