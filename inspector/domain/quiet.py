"""Quiet windows (安静期): days on which nobody goes to a firm, and what that makes of a visit's date (handbook 1.4.21, 1.4.22).

Invariants: where a visit's last day or what lies before it is closed, the date is pulled forward to an open working day; never put
off, never left inside in silence. Where there is no open day left, a person decides (`CONFLICT`), and the date stays what the term says.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import IntEnum

from inspector.domain.calendar import Due, WorkingCalendar
from inspector.domain.case import SubjectKind
from inspector.domain.inspection import CheckType
from inspector.domain.stop import Pulled, Shut


class Weekday(IntEnum):
    """Days of the week as packs write them."""

    MON = 0
    TUE = 1
    WED = 2
    THU = 3
    FRI = 4
    SAT = 5
    SUN = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Whom:
    """To whom a visit is, as far as windows ask: the kind of subject, the type of check, and the district that the register names."""

    kind: SubjectKind
    check: CheckType
    pool: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietRow:
    """A window that comes again: days of each month, or days of the week; exactly one of the two is not empty.

    It closes the premises of these kinds of `subjects`, in these `pools` (districts of the register of objects; none named: everywhere),
    to every type of check but those `excepted`.
    """

    row: str
    days: frozenset[int] = frozenset()
    weekdays: frozenset[Weekday] = frozenset()
    subjects: frozenset[SubjectKind]
    excepted: frozenset[CheckType]
    pools: frozenset[str] = frozenset()
    basis: str

    def holds(self, kind: SubjectKind, check: CheckType) -> bool:
        """Whether it closes the premises of such subjects to such a check at all."""
        return kind in self.subjects and check not in self.excepted

    def covers(self, pool: str) -> bool:
        """Whether it holds in a district."""
        return not self.pools or pool in self.pools

    def shuts(self, day: date) -> bool:
        """Whether a day lies in it."""
        return day.day in self.days or day.weekday() in self.weekdays

    def closes(self, day: date, whom: Whom) -> bool:
        """Whether nobody may go there on a day."""
        return self.holds(whom.kind, whom.check) and self.covers(whom.pool) and self.shuts(day)


def windows(rows: Iterable[QuietRow], first: date, last: date, whom: Whom) -> tuple[Shut, ...]:
    """The closed days from `first` to `last`, as spans of each row, in order of time."""
    found: list[Shut] = []
    for row in rows:
        day, begun = first, None
        while day <= last + timedelta(days=1):
            shut = day <= last and row.closes(day, whom)
            if shut and begun is None:
                begun = day
            elif not shut and begun is not None:
                found.append(Shut(row=row.row, first=begun, last=day - timedelta(days=1)))
                begun = None
            day += timedelta(days=1)
    return tuple(sorted(found, key=lambda one: (one.first, one.last, one.row)))


def without(spans: Iterable[Shut], day: date) -> tuple[Shut, ...]:
    """Closed days but one, on which somebody goes all the same."""
    one = timedelta(days=1)
    parts = (
        part
        for span in spans
        for part in (
            (replace(span, last=min(span.last, day - one)), replace(span, first=max(span.first, day + one)))
            if span.first <= day <= span.last
            else (span,)
        )
    )
    return tuple(part for part in parts if part.first <= part.last)


def inside(rows: Iterable[QuietRow], day: date, whom: Whom) -> tuple[str, ...]:
    """The rows that close a day; none where somebody may go."""
    return tuple(row.row for row in rows if row.closes(day, whom))


def pull(told: Due, given: datetime, rows: Iterable[QuietRow], whom: Whom, calendar: WorkingCalendar) -> Due:
    """A visit's date with the windows kept: its last open working day after the day it was given, never later than the term says.

    Where that is the last day itself, nothing changes. Where there is none, the date stays and says so (`conflict`).
    """
    rows, first, last = tuple(rows), calendar.local_date(given), calendar.local_date(told.at)
    if not inside(rows, last, whom):
        return told
    day = last
    while day > first and (inside(rows, day, whom) or not calendar.is_working_day(day)):
        day -= timedelta(days=1)
    met = day > first
    pulled = Pulled(nominal=last, shut=windows(rows, (day if met else first) + timedelta(days=1), last, whom), met=met)
    if not met:
        return Due(at=told.at, counted=replace(told.counted, pulled=pulled))
    return Due(at=calendar.closing(day), counted=replace(told.counted, last=day, pulled=pulled))


def conflict(told: Due) -> bool:
    """Whether there is no day on which the visit may be made in time."""
    return told.counted.pulled is not None and not told.counted.pulled.met
