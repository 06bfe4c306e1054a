"""A counted date taken apart again: every day that was counted or passed over with its reason, and the same count by a newer calendar.

What a date was counted by is kept with it (`Counting`), so the proof needs no calendar and stays what it was when a notice changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from inspector.domain.calendar import Counting, Unit


class DayKind(StrEnum):
    """Why a day counts or does not. `ROLLED` is the working day that a last day off moves to (Civil Code art. 203).

    `SUSPENDED`: the clock stood still on it. `SHUT`: nobody may go on it, and `PULLED` is the day before such days that the last
    one was moved to. `BOUNDED` is the last day of what it is for, with which it ends before its own term does.
    """

    COUNTED = "COUNTED"
    MADE_UP = "MADE_UP"
    WEEKEND = "WEEKEND"
    HOLIDAY = "HOLIDAY"
    ROLLED = "ROLLED"
    SUSPENDED = "SUSPENDED"
    PULLED = "PULLED"
    BOUNDED = "BOUNDED"
    SHUT = "SHUT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """A day of a count: its number where it was counted, the kind of day, and the holiday's name where it has one.

    The name of a day on which the clock stood still is the code of the reason; of one on which nobody may go, the pack's row.
    """

    day: date
    number: int | None
    kind: DayKind
    name: str = ""


def tally(told: Counting) -> tuple[Tallied, ...]:
    """Each day from the first to the last in order; nothing for hours, which run at once.

    Of months and years the days between are not told one by one: the term ends on the same-numbered day, and from there on each day is;
    but days on which the clock stood still are, for they put that day off. What lies behind a last day that was moved before closed
    days stands behind it.
    """
    return (*_counted(told), *_pulled(told))


def _counted(told: Counting) -> Iterator[Tallied]:
    """The days of the term itself."""
    if told.bounded is not None:
        yield from _cut(told, _end(told))
        return
    match told.term.unit:
        case Unit.WORKING_DAY:
            yield from _numbered(told)
        case Unit.DAY:
            yield from _each(told)
            yield from _rolled(told)
        case Unit.MONTH | Unit.YEAR:
            yield from sorted((*_stood(told), *_off(told)), key=lambda one: one.day)
            if told.nominal == _end(told):
                yield Tallied(day=told.nominal, number=None, kind=DayKind.COUNTED)
            yield from _reached(told)
        case Unit.HOUR | Unit.MINUTE:
            pass


def _cut(told: Counting, end: date) -> Iterator[Tallied]:
    """The days of the term alone as far as it goes, and the day on which it ends all the same."""
    alone = tuple(_counted(replace(told, last=told.bounded or end, bounded=None, pulled=None)))
    yield from (one for one in alone if one.day < end)
    number = next((one.number for one in alone if one.day == end), None)
    yield Tallied(day=end, number=number, kind=DayKind.BOUNDED)


def _numbered(told: Counting) -> Iterator[Tallied]:
    """Working days with their numbers, days off and suspended ones without."""
    off = {named.day: named.name for named in told.skipped}
    made_up = {named.day: named.name for named in told.made_up}
    number = 0
    for day in _days(told.after + timedelta(days=1), _end(told)):
        if (stood := _suspended(told, day)) is not None:
            yield stood
        elif day in off:
            yield _passed(day, off[day])
        else:
            number += 1
            kind = DayKind.MADE_UP if day in made_up else DayKind.COUNTED
            yield Tallied(day=day, number=number, kind=kind, name=made_up.get(day, ""))


def _each(told: Counting) -> Iterator[Tallied]:
    """Calendar days: every one counts, whatever day it is, but for those on which the clock stood still."""
    number = 0
    for day in _days(told.after + timedelta(days=1), told.nominal):
        if (stood := _suspended(told, day)) is not None:
            yield stood
        else:
            number += 1
            yield Tallied(day=day, number=number, kind=DayKind.COUNTED)


def _stood(told: Counting) -> Iterator[Tallied]:
    days = _days(told.after + timedelta(days=1), _end(told))
    return (stood for day in days if (stood := _suspended(told, day)) is not None)


def _suspended(told: Counting, day: date) -> Tallied | None:
    held = next((one for one in told.stops if one.holds(day)), None)
    return Tallied(day=day, number=None, kind=DayKind.SUSPENDED, name=held.reason) if held is not None else None


def _end(told: Counting) -> date:
    """The last day by the term alone."""
    return told.pulled.nominal if told.pulled is not None else told.last


def _pulled(told: Counting) -> Iterator[Tallied]:
    """The closed days for which a last day was moved, and the day it was moved to."""
    if told.pulled is None:
        return
    for one in told.pulled.shut:
        for day in _days(one.first, one.last):
            yield Tallied(day=day, number=None, kind=DayKind.SHUT, name=one.row)
    if told.pulled.met:
        yield Tallied(day=told.last, number=None, kind=DayKind.PULLED)


def _rolled(told: Counting) -> Iterator[Tallied]:
    """What follows a last day off: further days off, and the working day it ends on."""
    behind = [one for one in (*_off(told), *_stood(told)) if one.day > told.nominal]
    yield from sorted(behind, key=lambda one: one.day)
    yield from _reached(told)


def _off(told: Counting) -> Iterator[Tallied]:
    return (_passed(named.day, named.name) for named in told.skipped)


def _reached(told: Counting) -> Iterator[Tallied]:
    if _end(told) != told.nominal:
        yield Tallied(day=_end(told), number=None, kind=DayKind.ROLLED)


def _passed(day: date, name: str) -> Tallied:
    return Tallied(day=day, number=None, kind=DayKind.HOLIDAY if name else DayKind.WEEKEND, name=name)


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
