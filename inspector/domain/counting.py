"""A counted date taken apart again: every day that was counted or passed over with its reason, and the same count by a newer calendar.

What a date was counted by is kept with it (`Counting`), so the proof needs no calendar and stays what it was when a notice changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from inspector.domain.calendar import Counting, Unit


class DayKind(StrEnum):
    """Why a day counts or does not. `ROLLED` is the working day that a last day off moves to (Civil Code art. 203)."""

    COUNTED = "COUNTED"
    MADE_UP = "MADE_UP"
    WEEKEND = "WEEKEND"
    HOLIDAY = "HOLIDAY"
    ROLLED = "ROLLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tallied:
    """A day of a count: its number where it was counted, the kind of day, and the holiday's name where it has one."""

    day: date
    number: int | None
    kind: DayKind
    name: str = ""


def tally(told: Counting) -> tuple[Tallied, ...]:
    """Each day from the first to the last in order; nothing for hours, which run at once.

    Of months and years the days between are not told one by one: the term ends on the same-numbered day, and from there on each day is.
    """
    match told.term.unit:
        case Unit.WORKING_DAY:
            return tuple(_numbered(told))
        case Unit.DAY:
            return tuple(_each(told)) + tuple(_rolled(told))
        case Unit.MONTH | Unit.YEAR:
            nominal = () if told.nominal != told.last else (Tallied(day=told.last, number=None, kind=DayKind.COUNTED),)
            return (*_off(told), *nominal, *_reached(told))
        case Unit.HOUR | Unit.MINUTE:
            return ()


def _numbered(told: Counting) -> Iterator[Tallied]:
    """Working days with their numbers, days off without."""
    off = {named.day: named.name for named in told.skipped}
    made_up = {named.day: named.name for named in told.made_up}
    number = 0
    for day in _days(told.after + timedelta(days=1), told.last):
        if day in off:
            yield _passed(day, off[day])
            continue
        number += 1
        kind = DayKind.MADE_UP if day in made_up else DayKind.COUNTED
        yield Tallied(day=day, number=number, kind=kind, name=made_up.get(day, ""))


def _each(told: Counting) -> Iterator[Tallied]:
    """Calendar days: every one counts, whatever day it is."""
    for number, day in enumerate(_days(told.after + timedelta(days=1), told.nominal), 1):
        yield Tallied(day=day, number=number, kind=DayKind.COUNTED)


def _rolled(told: Counting) -> Iterator[Tallied]:
    """What follows a last day off: further days off, and the working day it ends on."""
    yield from (one for one in _off(told) if one.day > told.nominal)
    yield from _reached(told)


def _off(told: Counting) -> Iterator[Tallied]:
    return (_passed(named.day, named.name) for named in told.skipped)


def _reached(told: Counting) -> Iterator[Tallied]:
    if told.last != told.nominal:
        yield Tallied(day=told.last, number=None, kind=DayKind.ROLLED)


def _passed(day: date, name: str) -> Tallied:
    return Tallied(day=day, number=None, kind=DayKind.HOLIDAY if name else DayKind.WEEKEND, name=name)


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
