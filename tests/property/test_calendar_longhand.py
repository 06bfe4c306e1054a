"""Every unit against counting by the articles in longhand, from any moment of 2015 to 2030: to the date, the minute and the proof."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.calendars import load_calendars
from inspector.domain.calendar import Term, Unit, WorkingCalendar, due, reminder
from inspector.domain.counting import DayKind, tally
from inspector.domain.pause import stop
from inspector.domain.stop import Stop
from tests.longhand import DAY, Longhand
from tests.needs import ROOT

SHIPPED = ROOT / "policies" / "calendars"
CALENDAR, LONGHAND = load_calendars(SHIPPED), Longhand(SHIPPED)
FIRST, LAST = date(2015, 1, 1), date(2030, 12, 31)
SPREAD = 29
"""Two starts are so many days apart: prime to weeks and months, so that every weekday and day of the month is met."""

MOMENTS = st.datetimes(datetime(2015, 1, 1), datetime(2030, 12, 31, 23, 59), timezones=st.just(UTC))  # noqa: DTZ001 - zone follows
LENGTHS = {Unit.WORKING_DAY: 70, Unit.DAY: 100, Unit.MONTH: 40, Unit.YEAR: 4, Unit.HOUR: 300, Unit.MINUTE: 600}
TERMS = st.sampled_from(list(Unit)).flatmap(
    lambda unit: st.builds(Term, amount=st.integers(1, LENGTHS[unit]), unit=st.just(unit))
)
OFFICES = st.sampled_from([time(16), time(17), time(17, 30), time(18), time(23, 59)])


@pytest.mark.parametrize("text", ["1wd", "5wd", "20wd", "3d", "30d", "1mo", "3mo", "1y"])
def test_periods_from_all_over_sixteen_years_end_where_longhand_ends_them(text: str) -> None:
    term, day, checked = Term.parse(text), FIRST, 0
    while day <= LAST:
        found = due(CALENDAR.opening(day), term, CALENDAR)
        assert found.counted.last == LONGHAND.last(day, term.amount, term.unit.value), (day, text)
        day, checked = day + SPREAD * DAY, checked + 1
    assert checked > 200


@pytest.mark.parametrize("year", range(2015, 2031))
def test_every_day_of_sixteen_years_is_worked_or_not_as_the_notices_say(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        assert CALENDAR.is_working_day(day) is LONGHAND.works(day), day
        assert (CALENDAR.awaited(day) is None) is LONGHAND.certain(day), day
        day += DAY


@settings(deadline=None, max_examples=200)
@given(MOMENTS, TERMS, OFFICES)
@pytest.mark.slow
def test_a_period_ends_to_the_minute_where_longhand_ends_it(start: datetime, term: Term, closes: time) -> None:
    office = WorkingCalendar(tables=CALENDAR.tables, opens=time(8), closes=closes)
    assert due(start, term, office).at == _closing(closes).end(start, term.amount, term.unit.value)


@settings(deadline=None, max_examples=100)
@given(MOMENTS, TERMS.filter(lambda term: term.unit not in (Unit.HOUR, Unit.MINUTE)))
def test_the_proof_names_the_days_that_longhand_looked_at(start: datetime, term: Term) -> None:
    counted = due(start, term, CALENDAR).counted
    looked_at = LONGHAND.looked_at(LONGHAND.here(start), term.amount, term.unit.value)
    assert [named.day for named in counted.skipped] == [day for day in looked_at if not LONGHAND.works(day)]
    assert [named.day for named in counted.made_up] == [day for day in looked_at if LONGHAND.works(day) and day.weekday() >= 5]
    assert bool(counted.awaited) is not all(LONGHAND.certain(day) for day in looked_at)
    assert counted.nominal == (looked_at[-1] if term.unit is Unit.WORKING_DAY else looked_at[0])


@settings(deadline=None, max_examples=100)
@given(MOMENTS, st.integers(1, 40))
def test_a_reminder_lies_where_longhand_counts_back_to(at: datetime, before: int) -> None:
    assert CALENDAR.local_date(reminder(at, before, CALENDAR)) == LONGHAND.before(LONGHAND.here(at), before)


@settings(deadline=None, max_examples=200)
@given(
    MOMENTS,
    TERMS.filter(lambda term: term.unit not in (Unit.HOUR, Unit.MINUTE)),
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 25)), max_size=4),
)
@pytest.mark.slow
def test_a_period_whose_clock_stood_still_ends_where_longhand_ends_it(
    start: datetime, term: Term, pauses: list[tuple[int, int]]
) -> None:
    event = LONGHAND.here(start)
    day, stops, stood = event, list[Stop](), set[date]()
    for gap, length in pauses:  # whole days, one stretch behind the other
        first, last = day + gap * DAY, day + (gap + length) * DAY
        since, until = (CALENDAR.opening(one).replace(hour=0, minute=0) for one in (first, last + DAY))
        stops.append(stop("TESTING", "row", since, until, CALENDAR))
        stood |= {first + n * DAY for n in range(length + 1)}
        day = last + DAY
    told = due(start, term, CALENDAR, None, tuple(stops)).counted
    assert told.last == LONGHAND.without(event, term.amount, term.unit.value, stood)
    proof = tally(told)
    if term.unit is Unit.WORKING_DAY:
        assert [one.number for one in proof if one.number] == list(range(1, term.amount + 1))
        assert {one.day for one in proof if one.kind is DayKind.SUSPENDED} == {one for one in stood if event < one < told.last}


HALF = timedelta(minutes=30)
STRETCHES = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 200)), max_size=4)
"""One behind the other: so many half hours after the former, and so long; they begin and end within days."""


def _stops(start: datetime, stretches: list[tuple[int, int]]) -> tuple[Stop, ...]:
    since, held = start, list[Stop]()
    for gap, length in stretches:
        since += gap * HALF
        held.append(stop("TESTING", "row", since, since + length * HALF, CALENDAR))
        since += length * HALF
    return tuple(held)


@settings(deadline=None, max_examples=100)
@given(MOMENTS, TERMS.filter(lambda term: term.unit not in (Unit.HOUR, Unit.MINUTE)), STRETCHES)
def test_a_day_is_not_counted_when_its_clock_stood_still_as_business_stopped(
    start: datetime, term: Term, stretches: list[tuple[int, int]]
) -> None:
    start = start.replace(minute=start.minute // 30 * 30)
    stops, event = _stops(start, stretches), LONGHAND.here(start)
    ends = ((event + n * DAY, LONGHAND.stop_of(event + n * DAY)) for n in range(40))
    stood = {day for day, end in ends if any(one.since <= end < one.until for one in stops)}
    told = due(start, term, CALENDAR, None, stops)
    assert told.counted.last == LONGHAND.without(event, term.amount, term.unit.value, stood)


@settings(deadline=None, max_examples=100)
@given(MOMENTS, st.integers(1, 60), st.integers(0, 20), STRETCHES)
def test_hours_run_on_by_half_hours_in_which_the_clock_runs(
    start: datetime, hours: int, more: int, stretches: list[tuple[int, int]]
) -> None:
    start = start.replace(minute=start.minute // 30 * 30)
    stops, extended = _stops(start, stretches), (Term(amount=more, unit=Unit.HOUR),) if more else ()
    at, left = start, 2 * (hours + more)
    while left:
        left -= not any(one.since <= at < one.until for one in stops)
        at += HALF
    assert due(start, Term(amount=hours, unit=Unit.HOUR), CALENDAR, None, stops, extended).at == at


@cache
def _closing(closes: time) -> Longhand:
    return Longhand(SHIPPED, timedelta(hours=closes.hour, minutes=closes.minute))
