"""What a pack says about how many are drawn and how often one object may be visited: every number a row with its basis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil

from inspector.domain.calendar import Term
from inspector.domain.inspection import Authority, CheckType

FULL = "full"
"""The stratum of visits that a case needs, whatever the draw says: full coverage, never mixed with the random part."""
POOL = "pool-"
"""Strata of daily supervision, one for each level: exempt items and the certificate route alike (the plan, item 7)."""
MUST = "must"
"""The stratum of objects whose required coverage falls due: full coverage too, and no part of the random statistics."""


class Window(StrEnum):
    """The stretch of the calendar over which a number holds. `draw`: each draw for itself."""

    DRAW = "draw"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def start(self, day: date) -> date:
        """The first day of the window that a day lies in; that of `draw` is the day itself."""
        match self:
            case Window.DRAW:
                return day
            case Window.MONTH:
                return day.replace(day=1)
            case Window.QUARTER:
                return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
            case Window.YEAR:
                return day.replace(month=1, day=1)

    def so_far(self, day: date) -> tuple[date, date]:
        """From the first of January until before the window that a day lies in; in the first of a year, that of the whole last year."""
        until = self.start(day)
        return Window.YEAR.start(until - timedelta(days=1)), until

    def left(self, day: date) -> int | None:
        """How many windows begin or go on from this day to the end of its year; None for `draw`, which no calendar bounds."""
        match self:
            case Window.DRAW:
                return None
            case Window.MONTH:
                return 13 - day.month
            case Window.QUARTER:
                return 4 - (day.month - 1) // 3
            case Window.YEAR:
                return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MinimumRow:
    """At least so many cases of each of these `items` in a window, or all there are; `levels` are taken together (none: all levels).

    Their cases have strata of their own (`parted`), or chance might draw nobody of an item among many.
    """

    row: str
    items: tuple[str, ...]
    levels: frozenset[str] = frozenset()
    least: int
    per: Window
    basis: str

    def about(self, item: str, level: str) -> bool:
        """Whether it speaks of an item at a level."""
        return item in self.items and (not self.levels or level in self.levels)


def parted(stratum: str, item: str) -> str:
    """The stratum of an item's own cases within one."""
    return f"{stratum}/{item}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingRow:
    """How many of a stratum are drawn: `min(N, max(minimum, ceil(ratio × N)))` over the window `per`.

    `each`: the size goes by officers instead, so many for each (then `ratio` is 0). `rolling`: the stratum is an intake, whose
    draws round down and which the window's last draw makes up for. `key`: a key item, which no ceiling binds (handbook 1.2.5).
    `most`: random draws take at most this share of the stratum in a calendar year, rounded down (handbook 1.2.14), beyond what its
    minimum asks. `level` is None for visits that are owed in any case.

    A stratum of which `items` are drawn apart comes as several rows of one number in the pack: its own, and for each item one with
    `part_of`, the `item` and what is `owed` of it; their minimum is one for all of them together (`shared`).
    """

    row: str
    stratum: str
    level: str | None = None
    ratio: Fraction
    each: Fraction | None = None
    minimum: int
    per: Window = Window.DRAW
    rolling: bool = False
    key: bool = False
    most: Fraction | None = None
    basis: str
    part_of: str = ""
    item: str = ""
    owed: tuple[MinimumRow, ...] = ()
    shared: bool = False

    @property
    def family(self) -> str:
        """The stratum that the pack names, of which this may be a part."""
        return self.part_of or self.stratum

    @property
    def register(self) -> bool:
        """Daily supervision: its objects stand in every frame, drawn before or not. Any other stratum is one of cases."""
        return self.stratum.startswith(POOL)

    @property
    def whole(self) -> bool:
        """Full coverage: nothing is left to chance but the order (handbook 1.1.8, 1.2.5)."""
        return self.ratio == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorRow:
    """At least this share of the pool in a calendar year, checked after the strata and topped up level by level in `order`."""

    row: str
    ratio: Fraction
    order: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CeilingRow:
    """Random draws of general items take at most this share of their objects in a calendar year."""

    row: str
    ratio: Fraction
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffRow:
    """Random draws take at most so many objects for each officer in a window; an officer's own cap counts over the same window."""

    row: str
    each: Fraction
    per: Window
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeRow:
    """A rule for registers of more than `over` and at most `up_to` objects (None: any number): draw `least`, or `ratio` of them."""

    row: str
    over: int
    up_to: int | None
    least: int
    ratio: Fraction
    basis: str

    def asked(self, n: int) -> int | None:
        """How many of a register of n must be drawn in a year; None where the rule does not speak of such a register."""
        if n <= self.over or (self.up_to is not None and n > self.up_to):
            return None
        return min(n, max(self.least, ceil(self.ratio * n)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequencyRow:
    """How often an object of a level may and must be visited.

    `cap`: planned visits of one agency in a calendar year. `warn`, `stop`: those of the `together` authorities. `cool_down`: after a
    completed planned draw. `coverage`: it must be seen `times` in this time. Each is None where the pack has no such rule.
    `spread_basis`: on what it rests that several times are spread evenly over it.
    """

    row: str
    level: str
    cap: int | None
    warn: int | None
    stop: int | None
    together: frozenset[Authority] = frozenset(Authority)
    cool_down: Term | None
    coverage: Term | None
    times: int = 1
    spread_basis: str = ""
    basis: str

    @property
    def pace(self) -> Term | None:
        """After how long the next required visit falls due: the coverage, spread evenly over its times (proven to go into it)."""
        return None if self.coverage is None else Term(amount=self.coverage.amount // self.times, unit=self.coverage.unit)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """Whether a type of check uses up the cap; `nobody`: also where nobody was found (handbook scenario 42)."""

    row: str
    check: CheckType
    counts: bool
    basis: str
    nobody: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionRow:
    """A check that another one makes superfluous: `within` a term after it, or (None) in the same calendar year.

    `code` is the exclusion it leads to; `same_items`: only where it covered the items in question; `routine`: only checks of daily
    supervision are superfluous, the verification of a case is not.
    """

    row: str
    code: str
    checks: frozenset[CheckType]
    authority: Authority
    within: Term | None
    same_items: bool
    routine: bool
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What holds for a draw as a whole. `order`: levels from the first to be topped up to the last; cuts go the other way."""

    order: tuple[str, ...]
    floor: FloorRow | None = None
    ceiling: CeilingRow | None = None
    staff: StaffRow | None = None
    sizes: tuple[SizeRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often one object may be visited, and what counts as a visit."""

    frequencies: Mapping[str, FrequencyRow]
    checks: Mapping[CheckType, CheckRow]
    suppressions: tuple[SuppressionRow, ...]

    @property
    def counted(self) -> frozenset[CheckType]:
        """The types of check that use up the cap."""
        return frozenset(check for check, row in self.checks.items() if row.counts)
