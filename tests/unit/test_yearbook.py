"""A calendar is kept as a text that says all of it; what a former release counted by is made of today's as far as that goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from inspector.calendars import load_calendars
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.yearbook import Seen, former
from tests.needs import ROOT

SHIPPED = load_calendars(ROOT / "policies" / "calendars")
FIRST = datetime(2025, 1, 6, tzinfo=UTC)
LATER = FIRST + timedelta(days=300)


def seen(**versions: int) -> dict[int, Seen]:
    return {table.year: Seen(versions.get(f"y{table.year}", table.version), FIRST) for table in SHIPPED.tables}


def test_a_calendar_is_made_again_from_its_text_and_named_by_it() -> None:
    again = WorkingCalendar.of(SHIPPED.text)
    assert (again, again.digest) == (SHIPPED, SHIPPED.digest)
    other = replace(SHIPPED, closes=time(18))
    assert WorkingCalendar.of(other.text) == other
    assert other.digest != SHIPPED.digest, "office hours are part of what dates are counted by"


def test_a_year_that_came_later_is_left_out_of_what_was_counted_by_before() -> None:
    told = former(SHIPPED, {**seen(), 2026: Seen(1, LATER)}, LATER)
    before, after = (one.calendar for one in told.known)
    assert (before.years, after, told.lost) == (SHIPPED.years - {2026}, SHIPPED, None)
    assert list(told.likely(FIRST)) == [before, after]
    assert list(told.likely(LATER)) == [after, before], "the newest of then is tried first"


def test_what_a_version_has_replaced_is_lost() -> None:
    told = former(SHIPPED, {**seen(), 2020: Seen(2, LATER)}, LATER + timedelta(days=1))
    assert (told.lost, [one.since for one in told.known]) == (LATER, [LATER])
    assert [told.whole(at) for at in (FIRST, LATER)] == [False, True]
    assert former(SHIPPED, seen(), LATER).lost is None, (
        "a second version that was there from the beginning has replaced nothing here"
    )


def test_a_version_that_comes_with_the_release_itself_is_lost_up_to_now() -> None:
    told = former(SHIPPED, seen(y2020=1), LATER)
    assert (told.lost, told.known) == (LATER, ())


def test_a_house_that_has_counted_nothing_has_lost_nothing() -> None:
    told = former(SHIPPED, {}, LATER).beside(SHIPPED, LATER)
    assert ([one.calendar for one in told.known], told.lost) == ([SHIPPED], None)
