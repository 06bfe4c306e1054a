"""What holds for every calendar, term and moment: counting by hand, day after day, is the oracle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.calendars import load_calendars
from inspector.domain.almanac import NamedDay, Notice, YearTable
from inspector.domain.calendar import Term, Unit, WorkingCalendar, due, reminder
from inspector.domain.clock import OfficeTime
from tests.needs import ROOT
from tests.workdays import between

SHIPPED = load_calendars(ROOT / "policies" / "calendars")
ONE = timedelta(days=1)
TICK = timedelta(microseconds=1)

DAYS = st.dates(date(2023, 1, 1), date(2029, 12, 31))
MOMENTS = st.datetimes(datetime(2023, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - zone follows
RATES = st.one_of(st.just(1.0), st.floats(0.01, 10_000.0))  # faster ones leave the years a datetime can hold
DAY_TERMS = st.builds(
    Term, amount=st.integers(1, 90), unit=st.sampled_from([Unit.WORKING_DAY, Unit.DAY, Unit.MONTH])
) | st.builds(Term, amount=st.integers(1, 5), unit=st.just(Unit.YEAR))
TERMS = DAY_TERMS | st.builds(Term, amount=st.integers(1, 2000), unit=st.sampled_from([Unit.HOUR, Unit.MINUTE]))
unhurried = settings(deadline=None)


@st.composite
def calendars(draw: st.DrawFn) -> WorkingCalendar:
    """The shipped calendar, or one with any days at all taken off and worked in two years, long closures included."""
    if draw(st.booleans()):
        return SHIPPED
    days = draw(st.lists(st.dates(date(2025, 1, 1), date(2026, 12, 31)), unique=True, max_size=60))
    closed_from = draw(st.dates(date(2025, 1, 1), date(2026, 10, 1)))
    closure = [closed_from + n * ONE for n in range(draw(st.integers(0, 60)))]
    worked = {day for day in days if day.weekday() >= 5 and day not in closure}
    off = sorted({*days, *closure} - worked)
    return WorkingCalendar(
        tables=tuple(
            YearTable(
                year=year,
                notice=Notice(number=f"for {year}", on=date(2024, 11, 1), source="drawn"),
                days_off=tuple(NamedDay(day=day, name="off") for day in off if day.year == year),
                days_worked=tuple(NamedDay(day=day, name="worked") for day in sorted(worked) if day.year == year),
            )
            for year in (2025, 2026)
        )
    )


def by_hand(calendar: WorkingCalendar, day: date, count: int) -> date:
    step = ONE if count > 0 else -ONE
    while count:
        day += step
        count -= step.days * calendar.is_working_day(day)
    return day


@pytest.mark.slow
@unhurried
@given(calendars(), DAYS, st.integers(-150, 150))
def test_adding_working_days_is_counting_by_hand(calendar: WorkingCalendar, day: date, count: int) -> None:
    assert calendar.add_working_days(day, count) == by_hand(calendar, day, count)


@pytest.mark.slow
@unhurried
@given(calendars(), DAYS, st.integers(-150, 150))
def test_between_undoes_adding(calendar: WorkingCalendar, day: date, count: int) -> None:
    assert between(calendar, day, calendar.add_working_days(day, count)) == count


@pytest.mark.slow
@unhurried
@given(calendars(), DAYS, st.integers(0, 400))
def test_between_counts_the_working_days_after_the_first(calendar: WorkingCalendar, start: date, length: int) -> None:
    counted = sum(calendar.is_working_day(start + n * ONE) for n in range(1, length + 1))
    assert between(calendar, start, start + length * ONE) == counted


@unhurried
@given(calendars(), st.integers(500_000, 560_000))
@pytest.mark.slow
def test_a_working_day_has_one_ordinal(calendar: WorkingCalendar, ordinal: int) -> None:
    day = calendar.nth(ordinal)
    assert calendar.is_working_day(day)
    assert calendar.ordinal(day) == ordinal


@pytest.mark.slow
@unhurried
@given(calendars(), MOMENTS, DAY_TERMS)
def test_a_period_in_days_ends_at_the_close_of_a_working_day(calendar: WorkingCalendar, start: datetime, term: Term) -> None:
    found = due(start, term, calendar)
    assert calendar.is_working_day(found.counted.last)
    assert found.at == calendar.closing(found.counted.last)
    assert found.counted.last > calendar.local_date(start)


@unhurried
@given(calendars(), MOMENTS, DAY_TERMS)
@pytest.mark.slow
def test_the_explanation_adds_up(calendar: WorkingCalendar, start: datetime, term: Term) -> None:
    counted = due(start, term, calendar).counted
    assert not any(calendar.is_working_day(named.day) for named in counted.skipped)
    assert all(calendar.is_working_day(named.day) and named.day.weekday() >= 5 for named in counted.made_up)
    if term.unit is Unit.WORKING_DAY:
        assert (counted.last - counted.after).days == term.amount + len(counted.skipped)
    else:
        assert (counted.last - counted.nominal).days == len(counted.skipped)


@pytest.mark.slow
@unhurried
@given(calendars(), MOMENTS, st.timedeltas(timedelta(), timedelta(days=60)), TERMS)
def test_a_later_event_is_never_due_earlier(calendar: WorkingCalendar, start: datetime, later: timedelta, term: Term) -> None:
    assert due(start, term, calendar).at <= due(start + later, term, calendar).at


@pytest.mark.slow
@unhurried
@given(calendars(), MOMENTS, TERMS)
def test_a_longer_term_is_never_due_earlier(calendar: WorkingCalendar, start: datetime, term: Term) -> None:
    longer = Term(amount=term.amount + 1, unit=term.unit)
    assert due(start, term, calendar).at <= due(start, longer, calendar).at


@unhurried
@given(MOMENTS, DAY_TERMS)
def test_a_date_is_provisional_exactly_when_a_day_looked_at_is_not_certain(start: datetime, term: Term) -> None:
    found = due(start, term, SHIPPED)
    assert SHIPPED.horizon is not None
    first = found.counted.after + ONE if term.unit is Unit.WORKING_DAY else found.counted.nominal
    assert found.provisional == (first < date(2015, 1, 1) or found.counted.last > SHIPPED.horizon)


@unhurried
@given(calendars(), MOMENTS, st.integers(1, 30))
@pytest.mark.slow
def test_a_reminder_leaves_its_working_days(calendar: WorkingCalendar, at: datetime, before: int) -> None:
    day = calendar.local_date(reminder(at, before, calendar))
    assert calendar.is_working_day(day)
    assert between(calendar, calendar.local_date(at), day) == -before


@unhurried
@given(TERMS)
def test_every_term_is_read_as_it_is_written(term: Term) -> None:
    assert Term.parse(str(term)) == term


@st.composite
def clocks(draw: st.DrawFn) -> OfficeTime:
    skip_closed = draw(st.booleans())
    return OfficeTime(
        machine_anchor=draw(MOMENTS),
        office_anchor=draw(MOMENTS),
        rate=draw(RATES),
        skip_closed=skip_closed,
        calendar=draw(calendars()) if skip_closed else None,
    )


PASSED = st.timedeltas(timedelta(hours=-50), timedelta(hours=50))


@unhurried
@given(clocks(), PASSED, st.timedeltas(timedelta(), timedelta(hours=5)))
def test_office_time_never_falls(clock: OfficeTime, passed: timedelta, more: timedelta) -> None:
    now = clock.machine_anchor + passed
    assert clock.office(now) <= clock.office(now + more)


@unhurried
@given(clocks(), st.timedeltas(timedelta(days=-500), timedelta(days=500)))
def test_the_inverse_is_the_first_machine_tick_at_which_a_moment_is_reached(clock: OfficeTime, ahead: timedelta) -> None:
    moment = clock.office_anchor + ahead
    first = clock.machine(moment)
    assert clock.office(first) >= moment > clock.office(first - TICK)


@unhurried
@given(clocks().filter(lambda clock: clock.skip_closed), PASSED)
@pytest.mark.slow
def test_only_open_hours_are_shown(clock: OfficeTime, passed: timedelta) -> None:
    assert clock.calendar is not None
    shown = clock.office(clock.machine_anchor + passed)
    day = clock.calendar.local_date(shown)
    assert clock.calendar.is_working_day(day)
    assert clock.calendar.opening(day) <= shown < clock.calendar.closing(day)


@pytest.mark.slow
@unhurried
@given(clocks(), PASSED, RATES)
def test_reanchoring_keeps_the_time_it_is_done_at(clock: OfficeTime, passed: timedelta, rate: float) -> None:
    now = clock.machine_anchor + passed
    again = clock.reanchored(now, rate=rate, skip_closed=clock.skip_closed, calendar=clock.calendar)
    assert again.office(now) == clock.office(now)
