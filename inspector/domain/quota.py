"""How many are drawn: per stratum, then the register as a whole. Pure and exact; out comes each number with the row it rests on.

Order of the steps: each stratum by its row, at most its own share of the year; what is owed of an item, or of a stratum that is drawn in
parts; small registers; the floor, topped up from the riskiest level down; the ceiling and the officers at hand, which cut from the other
end. Where they collide, what must be drawn stands: minimum counts, small registers and the floor are duties (handbook 1.2.9, 1.2.13),
while a ceiling (1.2.12) bounds what ratios ask beyond them, and a want of officers is no ground to check fewer than the law asks. The step
that could not cut says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from math import ceil, floor
from typing import Protocol

from inspector.domain.commitment import Share
from inspector.domain.sampling import FULL, Bounds, SamplingRow, Window

_MILLION = 1_000_000

Facts = Mapping[str, object]
"""Whole numbers, texts, and numbers by stratum."""


class Cited(Protocol):
    """A row of a pack."""

    @property
    def row(self) -> str:
        """Its id."""
        ...

    @property
    def basis(self) -> str:
        """What it rests on."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A stratum before a draw. `rows` stand in the frame, `able` of them may be drawn.

    `drawn` and `year_drawn` were drawn before in the row's window and in the calendar year; `year_rows` is what a rolling stratum
    has taken in over the year (of a register the rows themselves). `again`: so many of those drawn in the window stand in the frame of a
    register once more (None: all of them, as far as there are rows); who has left it was of the window all the same.
    """

    rows: int
    able: int
    drawn: int = 0
    year_drawn: int = 0
    year_rows: int = 0
    again: int | None = None

    @property
    def of_year(self) -> int:
        """N of the year."""
        return max(self.rows, self.year_rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the derivation: the rule, the pack's row and basis it rests on, and the numbers that went in and came out."""

    rule: str
    row: str
    basis: str
    facts: Facts

    def value(self) -> dict[str, object]:
        """For the commitment."""
        return {"rule": self.rule, "row": self.row, "basis": self.basis, **self.facts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """What a stratum gives. `wanted` may be more than the eligible: then `k` is all of them, and the result tells the shortage."""

    n: int
    able: int
    wanted: int
    k: int
    share: Share
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How many are drawn of each stratum, and why."""

    sizes: Mapping[str, Size]
    steps: tuple[Step, ...]

    @property
    def total(self) -> int:
        """Over all strata."""
        return sum(size.k for size in self.sizes.values())

    @property
    def whole(self) -> tuple[str, ...]:
        """The strata under full coverage: their order is drawn, not their objects."""
        return tuple(code for code, size in self.sizes.items() if size.whole)

    def value(self) -> dict[str, object]:
        """For the commitment: what a stranger needs to do the sums again."""
        strata = {code: [size.n, size.able, size.wanted, size.k] for code, size in self.sizes.items()}
        return {"quota": strata, "steps": [step.value() for step in self.steps], "full_coverage": list(self.whole)}


def quota(
    rows: Iterable[SamplingRow],
    bounds: Bounds,
    counts: Mapping[str, Count],
    *,
    officers: int,
    staff_drawn: int = 0,
    unfinished: Collection[Window] = (),
) -> Quota:
    """How many to draw of each counted stratum.

    `officers` may be dealt; `staff_drawn` were drawn at random before in the window of the officers' limit; `unfinished` are the
    windows that this draw does not end, whose rolling intake is rounded down and made up for by their last draw.
    """
    held = {row.stratum: row for row in rows}
    strata = [_stratum(held[code], counts[code], officers, unfinished) for code in sorted(counts)]
    steps = [_first(one, officers) for one in strata]
    _together(strata, bounds.order, steps)
    asked = _ask(strata, bounds, steps)
    _cut(strata, bounds, officers, staff_drawn, asked, steps)
    return Quota(sizes={one.row.stratum: _size(one) for one in strata}, steps=tuple(steps))


@dataclass(slots=True)
class _Stratum:
    row: SamplingRow
    count: Count
    open: bool
    wanted: int
    protected: int
    moved: bool = field(default=False)

    @property
    def k(self) -> int:
        return min(self.wanted, self.count.able)

    @property
    def most(self) -> int | None:
        """What the row's own share of the year leaves, but never less than must be drawn; None where it bounds nothing."""
        if self.row.most is None:
            return None
        return max(self.protected, floor(self.row.most * self.count.of_year) - self.count.year_drawn)

    @property
    def room(self) -> int:
        """How many more may be drawn here."""
        most = self.count.able if self.most is None else min(self.count.able, self.most)
        return max(0, most - self.k)

    def bounded(self) -> _Stratum:
        """Itself, within its row's own share."""
        if self.most is not None and self.most < self.wanted:
            self.wanted, self.moved = self.most, True
        return self

    @property
    def random(self) -> bool:
        """Whether chance decides who is drawn."""
        return not self.row.whole


def _stratum(row: SamplingRow, count: Count, officers: int, unfinished: Collection[Window]) -> _Stratum:
    if row.whole:
        return _Stratum(row, count, open=False, wanted=count.rows, protected=count.rows)
    if row.rolling and row.per in unfinished:
        return _Stratum(row, count, open=True, wanted=floor(row.ratio * count.rows), protected=0).bounded()
    n = _window_rows(row, count)
    share = ceil(row.ratio * n) if row.each is None else ceil(row.each * officers)
    minimum = 0 if row.shared else row.minimum
    wanted = max(0, min(n, max(minimum, share)) - _before(row, count))
    least = max(0, min(n, minimum) - _before(row, count))
    return _Stratum(row, count, open=False, wanted=min(count.rows, wanted), protected=min(count.rows, least)).bounded()


def _window_rows(row: SamplingRow, count: Count) -> int:
    """N of the window: those who stand here, and those drawn before in it who do not stand here again.

    A register is what it is, those drawn before among it; cases that were drawn have left, and an intake comes again without them.
    """
    if row.per is Window.DRAW:
        return count.rows
    if not row.register:
        return count.rows + count.drawn
    return count.rows + count.drawn - (min(count.rows, count.drawn) if count.again is None else count.again)


def _before(row: SamplingRow, count: Count) -> int:
    return 0 if row.per is Window.DRAW else count.drawn


def _first(one: _Stratum, officers: int) -> Step:
    row, count = one.row, one.count
    facts: dict[str, object] = {"stratum": row.stratum, "n": _window_rows(row, count), "eligible": count.able}
    if row.whole:
        return _step("quota.full_coverage", row, facts | {"k": one.k})
    facts |= {"ratio": str(row.ratio)} if row.each is None else {"each": str(row.each), "officers": officers}
    if one.most is not None:
        facts |= {"share": str(row.most), "most": one.most, "year_drawn": count.year_drawn}
    if one.open:
        return _step("quota.rolling", row, facts | {"n": count.rows, "k": one.k})
    facts |= {"window": row.per.value} if row.shared else {"minimum": row.minimum, "window": row.per.value}
    if row.per is not Window.DRAW:
        facts["drawn"] = count.drawn
    return _step("quota.made_up" if row.rolling else "quota.stratum", row, facts | {"k": one.k})


def _together(strata: Sequence[_Stratum], order: Sequence[str], steps: list[Step]) -> None:
    """What is owed of several strata together: the least number of an item over its levels, then that of a stratum over its parts.

    A number of an item has the window of its strata (proven when the pack is loaded), so that the draw that ends it has all its cases.
    """
    due = [one for one in strata if one.row.shared and not one.open]
    owed = dict.fromkeys((row, one.row.item) for one in due for row in one.row.owed)
    for row, item in owed:
        parts = [one for one in due if row in one.row.owed and one.row.item == item]
        facts, before = {"item": item, "window": row.per.value}, sum(_before(one.row, one.count) for one in parts)
        steps.append(_least("quota.item_minimum", row, facts, parts, order, row.least, before))
    for family in dict.fromkeys(one.row.family for one in due if one.random):
        parts = [one for one in due if one.row.family == family]
        first, before = parts[0].row, sum(_before(one.row, one.count) for one in parts)
        facts = {"stratum": family, "window": first.per.value}
        steps.append(_least("quota.minimum", first, facts, parts, order, first.minimum, before))


def _least(rule: str, row: Cited, facts: Facts, parts: Sequence[_Stratum], order: Sequence[str], least: int, before: int) -> Step:
    """Top up to what must be drawn, or to all there are, the riskiest level first, and keep it from being cut.

    All there are stand here: the parts are strata of cases, and whoever was drawn before has left them; a register is never parted.
    """
    asked = max(0, min(least - before, sum(one.count.rows for one in parts)))
    given, added, ranked = sum(one.k for one in parts), dict[str, int](), sorted(parts, key=_rank(order))
    missing, unguarded = max(0, asked - given), max(0, asked - sum(min(one.k, one.protected) for one in parts))
    for one in ranked:
        kept = min(unguarded, max(0, one.k - one.protected))
        one.protected, unguarded = one.protected + kept, unguarded - kept
    for one in ranked:
        if (more := min(missing, one.count.able - one.k)) > 0:
            one.wanted, one.moved, one.protected = one.k + more, True, one.k + more
            added[one.row.stratum], missing = more, missing - more
    told = {**facts, "minimum": least, "drawn": before, "asked": asked, "given": given, "added": added, "lacking": missing}
    return _step(rule, row, told)


def _ask(strata: Sequence[_Stratum], bounds: Bounds, steps: list[Step]) -> int:
    """What the register as a whole must give this year, topped up where the strata give less; the larger of the demands.

    Full coverage counts towards it, visits that cases need do not. An intake whose window is not over is not judged yet.
    """
    due = [one for one in strata if one.row.stratum != FULL and not one.open]
    n = sum(one.count.of_year for one in due)
    before = sum(one.count.year_drawn for one in due)
    demands = [(rule, asked) for rule in bounds.sizes if (asked := rule.asked(n)) is not None]
    for rule, asked in demands:
        facts: dict[str, object] = {"n": n, "over": rule.over, "drawn": before, "asked": asked}
        steps.append(_top_up("quota.small_register", rule, facts, due, bounds.order, asked - before))
    floored = 0
    if bounds.floor is not None:
        floored = ceil(bounds.floor.ratio * n)
        facts = {"n": n, "ratio": str(bounds.floor.ratio), "drawn": before, "asked": floored}
        steps.append(_top_up("quota.floor", bounds.floor, facts, due, bounds.order, floored - before))
    return max([floored, *(asked for _, asked in demands)]) - before


def _top_up(rule: str, row: Cited, facts: Facts, due: Sequence[_Stratum], order: Sequence[str], asked: int) -> Step:
    given = sum(one.k for one in due)
    missing = max(0, asked - given)
    added: dict[str, int] = {}
    for alike in _alike(filter(lambda held: held.random, due), order):
        for one, more in _spread(missing, [(one, one.room) for one in reversed(alike)]):
            one.wanted, one.moved = one.k + more, True
            added[one.row.stratum] = more
            missing -= more
    return _step(rule, row, {**facts, "given": given, "added": added, "lacking": missing})


def _cut(strata: Sequence[_Stratum], bounds: Bounds, officers: int, staff_drawn: int, asked: int, steps: list[Step]) -> None:
    """The ceiling of general items, then the officers at hand; neither goes below what must be drawn."""
    judged = {id(one) for one in strata if one.row.stratum != FULL and not one.open}
    spare = max(0, sum(one.k for one in strata if id(one) in judged) - max(0, asked))
    random = [one for one in strata if one.random]
    if bounds.ceiling is not None:
        general = [one for one in random if not one.row.key]
        most = floor(bounds.ceiling.ratio * sum(one.count.of_year for one in general))
        before = sum(one.count.year_drawn for one in general)
        facts: dict[str, object] = {"ratio": str(bounds.ceiling.ratio), "most": most, "drawn": before}
        spare = _take("quota.ceiling", bounds.ceiling, facts, general, bounds.order, most - before, spare, judged, steps)
    if bounds.staff is not None:
        most = floor(bounds.staff.each * officers)
        facts = {"officers": officers, "each": str(bounds.staff.each), "most": most, "drawn": staff_drawn}
        facts["window"] = bounds.staff.per.value
        _take("quota.staff", bounds.staff, facts, random, bounds.order, most - staff_drawn, spare, judged, steps)


def _take(  # noqa: PLR0913, PLR0917 - one limit in all its parts
    rule: str,
    row: Cited,
    facts: Facts,
    strata: Sequence[_Stratum],
    order: Sequence[str],
    allowed: int,
    spare: int,
    judged: Collection[int],
    steps: list[Step],
) -> int:
    """Cut the strata to what is allowed, the least risky first; what is left of the room above the whole register's duty."""
    given = sum(one.k for one in strata)
    excess = max(0, given - max(0, allowed))
    taken: dict[str, int] = {}
    for alike in reversed(_alike(strata, order)):
        rooms = [(one, one.k - min(one.k, one.protected)) for one in alike]
        cuts = _spread(excess, rooms)
        if sum(less for one, less in cuts if id(one) in judged) > spare:
            bound, free = ([held for held in rooms if (id(held[0]) in judged) is of] for of in (True, False))
            cuts = _spread(spare, bound) + _spread(excess - spare, free)
        for one, less in cuts:
            one.wanted, one.moved = one.k - less, True
            taken[one.row.stratum] = less
            excess -= less
            spare -= less if id(one) in judged else 0
    steps.append(_step(rule, row, {**facts, "given": given, "cut": taken, "above": excess}))
    return spare


def _alike(strata: Iterable[_Stratum], order: Sequence[str]) -> list[list[_Stratum]]:
    """The strata by rank, those of one level and one share together."""
    rank = _rank(order)
    return [list(group) for _, group in groupby(sorted(strata, key=rank), key=lambda one: rank(one)[:2])]


def _spread(amount: int, rooms: Sequence[tuple[_Stratum, int]]) -> list[tuple[_Stratum, int]]:
    """An amount over strata that are alike, by how many may be drawn in each and none beyond its room; what gets nothing is left out.

    So no code and no route decides whom a bound of the whole register meets (scenario 5). What does not divide goes to the
    largest remainders; of equal ones to the first.
    """
    given, left = dict.fromkeys(range(len(rooms)), 0), [at for at, (_, room) in enumerate(rooms) if room > 0]
    while amount > 0 and left:
        total = sum(rooms[at][0].count.able for at in left)
        parts = {at: divmod(amount * rooms[at][0].count.able, total) for at in left}
        full = [at for at in left if parts[at][0] >= rooms[at][1]]
        if full:
            given |= {at: rooms[at][1] for at in full}
            amount -= sum(rooms[at][1] for at in full)
            left = [at for at in left if at not in full]
            continue
        over = amount - sum(whole for whole, _ in parts.values())
        more = sorted(left, key=lambda at: -parts[at][1])[:over]
        given |= {at: parts[at][0] + (at in more) for at in left}
        break
    return [(rooms[at][0], count) for at, count in given.items() if count > 0]


def _rank(order: Sequence[str]) -> Callable[[_Stratum], tuple[int, Fraction, str]]:
    """Levels in their order; within one the higher ratio first, then by code: nobody's arrival decides."""
    places = {level: place for place, level in enumerate(order)}
    return lambda one: (places.get(one.row.level or "", len(places)), -one.row.ratio, one.row.stratum)


def _size(one: _Stratum) -> Size:
    row, count = one.row, one.count
    share = Share(ppm=0, least=one.wanted)
    ppm = row.ratio * _MILLION
    if not one.moved and ppm.denominator == 1:
        plain = Share(ppm=int(ppm), least=row.minimum if count.rows else 0)
        if min(count.rows, max(ceil(row.ratio * count.rows), plain.least)) == one.wanted:
            share = plain
    return Size(n=count.rows, able=count.able, wanted=one.wanted, k=one.k, share=share, whole=row.whole)


def _step(rule: str, row: Cited, facts: Facts) -> Step:
    return Step(rule=rule, row=row.row, basis=row.basis, facts=facts)
