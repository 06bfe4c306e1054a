"""Office time: the machine's by default, fast for the demo, or asleep while the office is closed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf, nan

import pytest

from inspector.calendars import load_calendars
from inspector.domain.calendar import SHANGHAI
from inspector.domain.clock import OfficeTime
from inspector.domain.errors import Invalid
from tests.needs import ROOT

CALENDAR = load_calendars(ROOT / "policies" / "calendars")
MACHINE = datetime(2026, 5, 20, 3, 0, tzinfo=UTC)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def open_hours_only(anchor: str, rate: float) -> OfficeTime:
    return OfficeTime(machine_anchor=MACHINE, office_anchor=at(anchor), rate=rate, skip_closed=True, calendar=CALENDAR)


def test_by_default_office_time_is_the_machines_plus_an_offset() -> None:
    plain = OfficeTime(machine_anchor=MACHINE, office_anchor=MACHINE)
    shifted = OfficeTime(machine_anchor=MACHINE, office_anchor=MACHINE + timedelta(days=3))
    for passed in (timedelta(), timedelta(days=-400, microseconds=1), timedelta(days=9000, microseconds=7)):
        assert plain.office(MACHINE + passed) == MACHINE + passed
        assert shifted.office(MACHINE + passed) == MACHINE + passed + timedelta(days=3)
        assert shifted.machine(MACHINE + passed) == MACHINE + passed - timedelta(days=3)


def test_a_weekend_that_is_skipped_is_no_waiting_and_one_that_is_not_is() -> None:
    skipping, plain = open_hours_only("2026-03-06T09:00", 1), OfficeTime(machine_anchor=MACHINE, office_anchor=MACHINE)
    closing, opening = at("2026-03-06T17:30"), at("2026-03-09T08:30")
    assert skipping.waited(closing, opening) == timedelta()
    assert skipping.waited(at("2026-03-06T17:00"), at("2026-03-09T09:00")) == timedelta(hours=1)
    assert plain.waited(closing, opening) == timedelta(days=2, hours=15)


def test_a_fast_clock_runs_through_the_night() -> None:
    clock = OfficeTime(machine_anchor=MACHINE, office_anchor=at("2026-03-06T17:00"), rate=3600)
    assert clock.office(MACHINE + timedelta(seconds=24)) == at("2026-03-07T17:00")
    assert clock.machine(at("2026-03-07T17:00")) == MACHINE + timedelta(seconds=24)


def test_closed_hours_take_no_time() -> None:
    clock = open_hours_only("2026-03-06T17:00", rate=60)  # a Friday
    assert clock.office(MACHINE + timedelta(seconds=29)) == at("2026-03-06T17:29")
    assert clock.office(MACHINE + timedelta(seconds=31)) == at("2026-03-09T08:31")


def test_the_moment_of_closing_is_already_the_next_opening() -> None:
    assert open_hours_only("2026-03-06T17:00", rate=60).office(MACHINE + timedelta(seconds=30)) == at("2026-03-09T08:30")


def test_spring_festival_passes_in_an_instant_and_the_working_saturday_does_not() -> None:
    clock = open_hours_only("2026-02-13T17:00", rate=3600)
    assert clock.office(MACHINE + timedelta(seconds=1)) == at("2026-02-14T09:00")  # the worked Saturday
    assert clock.office(MACHINE + timedelta(seconds=10)) == at("2026-02-24T09:00")


def test_an_anchor_in_closed_hours_stands_for_the_next_opening() -> None:
    clock = open_hours_only("2026-03-07T12:00", rate=1)
    assert clock.office(MACHINE) == at("2026-03-09T08:30")
    assert clock.machine(at("2026-03-08T01:00")) == MACHINE


def test_a_due_moment_at_night_is_reached_when_the_office_opens() -> None:
    clock = open_hours_only("2026-03-06T17:00", rate=60)
    reached = clock.machine(at("2026-03-07T03:00"))
    assert reached == MACHINE + timedelta(seconds=30)
    assert clock.office(reached) == at("2026-03-09T08:30")


def test_it_runs_backwards_before_its_anchor() -> None:
    assert open_hours_only("2026-03-09T09:00", rate=60).office(MACHINE - timedelta(minutes=1)) == at("2026-03-06T17:00")


def test_open_years_ahead_of_the_last_table_are_counted_by_weekends_and_holidays_of_the_law() -> None:
    day = timedelta(hours=9)
    assert open_hours_only("2027-01-01T08:30", rate=1).office(MACHINE + 5 * day) == at("2027-01-11T08:30")


def test_changing_the_pace_does_not_jump() -> None:
    slow = open_hours_only("2026-03-06T17:00", rate=1)
    now = MACHINE + timedelta(hours=4)
    fast = slow.reanchored(now, rate=600, skip_closed=False, calendar=None)
    assert fast.office(now) == slow.office(now) == at("2026-03-09T12:00")
    assert fast.office(now + timedelta(seconds=6)) == at("2026-03-09T13:00")


@pytest.mark.parametrize("rate", [0.0, -1.0, inf, nan])
def test_a_rate_must_be_a_positive_number(rate: float) -> None:
    with pytest.raises(Invalid) as caught:
        OfficeTime(machine_anchor=MACHINE, office_anchor=MACHINE, rate=rate)
    assert caught.value.code == "office_rate_unusable"


def test_open_hours_need_a_calendar_and_anchors_a_zone() -> None:
    with pytest.raises(Invalid) as caught:
        OfficeTime(machine_anchor=MACHINE, office_anchor=MACHINE, skip_closed=True)
    assert caught.value.code == "office_time_needs_calendar"
    with pytest.raises(ValueError, match="zone"):
        OfficeTime(machine_anchor=MACHINE.replace(tzinfo=None), office_anchor=MACHINE)
