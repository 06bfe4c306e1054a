"""Periodic returns to the justice bureau (司法局统计; handbook T.6): cases by item, level, method, outcome and time. Counts, and nobody.

What came in is counted in the period in which it came, what ended in that in which it ended: so what a period says rests on what has
happened in it, and is the same whenever it is asked for, as long as nobody changes an outcome afterwards. The digest of the rows shows
whether two returns are the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.scoreboard import middle


class Per(StrEnum):
    """How long a period of a return is."""

    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"

    def name_of(self, day: date) -> str:
        """The period in which a day lies: `2026-03`, `2026-Q1`, `2026`."""
        match self:
            case Per.MONTH:
                return f"{day.year:04d}-{day.month:02d}"
            case Per.QUARTER:
                return f"{day.year:04d}-Q{(day.month + 2) // 3}"
            case Per.YEAR:
                return f"{day.year:04d}"


class Counted(StrEnum):
    """What a row counts. `CAME`: cases that came in. `ENDED`: cases whose verification ended."""

    CAME = "CAME"
    ENDED = "ENDED"


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Like:
    """What the cases of a row have in common.

    Of those that came in: period, agency and item. `methods`: the ways by which they were verified, joined by `+`; `outcome`: what came
    of it, or the state in which it ended without one.
    """

    period: str
    counted: Counted
    agency: str
    item: str
    level: str = ""
    methods: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One case as it is counted. `days`: working days from its coming in to its end; `in_time`: by its legal date, None: it has none."""

    like: Like
    days: int | None = None
    in_time: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a return: how many, in time or late by their legal dates, and how long they took (the median is the lower of two)."""

    like: Like
    cases: int
    in_time: int
    late: int
    days_median: int | None
    days_most: int | None


def lines(cases: Iterable[Seen]) -> tuple[Line, ...]:
    """The rows in the order of what they are about."""
    held: defaultdict[Like, list[Seen]] = defaultdict(list)
    for one in cases:
        held[one.like].append(one)
    return tuple(_line(like, held[like]) for like in sorted(held))


def _line(like: Like, some: list[Seen]) -> Line:
    days = [one.days for one in some if one.days is not None]
    return Line(
        like=like,
        cases=len(some),
        in_time=sum(one.in_time is True for one in some),
        late=sum(one.in_time is False for one in some),
        days_median=middle(days),
        days_most=max(days, default=None),
    )
