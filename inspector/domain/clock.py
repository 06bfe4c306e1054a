"""Office time: the clock by which periods run, mapped from the machine's so that a demo or a test can run it fast.

Leases, fences and short backoff never use it; they stay on machine time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from math import isfinite

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.errors import Invalid

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeTime:
    """A never-falling map from machine time to office time, exact to the microsecond, and its inverse.

    At `machine_anchor` it is `office_anchor`; from there one machine second is `rate` office seconds. With
    `skip_closed` only the open hours of working days pass: the moment of closing is already the next opening, so
    nights, weekends and holidays take no time (and an anchor in closed hours stands for the next opening). All replicas
    must hold the same anchors, rate and calendar; change any of them with `reanchored`, or office time jumps.

    Raises ValueError for naive anchors, Invalid for a rate not above 0 or `skip_closed` without a calendar.
    """

    machine_anchor: datetime
    office_anchor: datetime
    rate: float = 1.0
    skip_closed: bool = False
    calendar: WorkingCalendar | None = None

    def __post_init__(self) -> None:
        if self.machine_anchor.tzinfo is None or self.office_anchor.tzinfo is None:
            raise ValueError("office time: both anchors need a zone")
        if not (isfinite(self.rate) and self.rate > 0):
            raise Invalid("office_rate_unusable", rate=self.rate)
        if self.skip_closed and self.calendar is None:
            raise Invalid("office_time_needs_calendar")

    def office(self, machine_now: datetime) -> datetime:
        """The office time at a machine time, in the zone of the office anchor."""
        faster, slower = self.rate.as_integer_ratio()
        passed = (machine_now - self.machine_anchor) // _TICK * faster // slower
        return self._at(self._position(self.office_anchor) + passed)

    def machine(self, office: datetime) -> datetime:
        """The first machine time at which office time has reached `office`, in UTC: the inverse of `office`."""
        faster, slower = self.rate.as_integer_ratio()
        passed = self._position(office) - self._position(self.office_anchor)
        return self.machine_anchor.astimezone(UTC) + -(-passed * slower // faster) * _TICK

    def waited(self, since: datetime, until: datetime) -> timedelta:
        """How much machine time passed between two moments of office time: closed hours that are skipped are no waiting."""
        return self.machine(until) - self.machine(since)

    def reanchored(
        self, machine_now: datetime, *, rate: float, skip_closed: bool, calendar: WorkingCalendar | None
    ) -> OfficeTime:
        """The same office time at `machine_now`, going on at another pace or by another calendar."""
        return replace(
            self,
            machine_anchor=machine_now,
            office_anchor=self.office(machine_now),
            rate=rate,
            skip_closed=skip_closed,
            calendar=calendar,
        )

    def _position(self, office: datetime) -> int:
        """Microseconds of passing office time that lie before a moment; only differences mean anything."""
        if self.skip_closed and self.calendar is not None:
            return _open_time_before(office, self.calendar)
        return (office - self.office_anchor) // _TICK

    def _at(self, position: int) -> datetime:
        if self.skip_closed and self.calendar is not None:
            at = _after_open_time(position, self.calendar)
        else:
            at = self.office_anchor.astimezone(UTC) + position * _TICK
        return at.astimezone(self.office_anchor.tzinfo)


def _open_time_before(moment: datetime, calendar: WorkingCalendar) -> int:
    day = calendar.local_date(moment)
    whole_days = calendar.ordinal(day) * _open_time_of_a_day(calendar)
    if not calendar.is_working_day(day):
        return whole_days
    since_opening = (moment - calendar.opening(day)) // _TICK
    return whole_days + min(max(since_opening, 0), _open_time_of_a_day(calendar))


def _after_open_time(position: int, calendar: WorkingCalendar) -> datetime:
    days, rest = divmod(position, _open_time_of_a_day(calendar))
    return calendar.opening(calendar.nth(days)) + rest * _TICK


def _open_time_of_a_day(calendar: WorkingCalendar) -> int:
    any_day = calendar.nth(0)
    return (calendar.closing(any_day) - calendar.opening(any_day)) // _TICK
