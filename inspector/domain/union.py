"""How likely an object of several lists is visited: the lists share its ticket, so their chances are not independent.

An object is visited if its ticket is among the k smallest of any of its strata. All tickets are alike and independent, but the object
has one ticket, and a neighbour that stands in two strata has one too. Let the tickets be cards in a shuffled row: the object is drawn
in a list if fewer than k of its rivals there lie before it. So the probability is a count of orders, in whole numbers: for x rivals
before it, of N in all, every set of x is as likely as any other, and x itself is as likely as any other from 0 to N.

`1 - (1-p)(1-q)` would be too high: who has a small ticket has it in every list. (By Harris' inequality it is a bound, for being drawn
only gets less likely, in each list, as the object's ticket grows and as a rival's falls; the other bound is the largest of them.)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb, prod

from inspector.domain.frame import ELIGIBLE, Frame
from inspector.domain.selection import Stratum

STEPS = 200_000
"""So many steps of counting at most; where more would be needed the bounds are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """The probability lies from `least` to `most`; where both are one number, it is that, exactly."""

    least: Fraction
    most: Fraction

    @property
    def exact(self) -> bool:
        """Whether it is known to the last digit."""
        return self.least == self.most

    @property
    def told(self) -> str:
        """As a receipt tells it: one number, or from … to …."""
        return str(self.least) if self.exact else f"{self.least} … {self.most}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Union:
    """Objects that could be drawn in the same strata of several lists (`LIST: STRATUM`), and how likely each of them is visited."""

    strata: tuple[str, ...]
    objects: int
    chance: Chance


def unions(lists: Mapping[str, tuple[Frame, Mapping[str, Stratum]]], name: str) -> tuple[Union, ...]:
    """Of the objects that could be drawn in a list, those that could be in another as well, class by class."""
    places: dict[str, list[tuple[str, str]]] = {}
    for listed, (frame, _) in lists.items():
        for row in frame.objects:
            if row.status == ELIGIBLE:
                places.setdefault(row.id, []).append((listed, row.stratum))
    able: dict[tuple[str, str], set[str]] = {}
    groups: Counter[tuple[tuple[str, str], ...]] = Counter()
    for one, told in places.items():
        for place in told:
            able.setdefault(place, set()).add(one)
        groups[tuple(told)] += len(told) > 1 and name in {listed for listed, _ in told}
    return tuple(
        Union(
            strata=tuple(f"{listed}: {code}" for listed, code in group),
            objects=count,
            chance=chance([(able[listed, code], lists[listed][1][code].k) for listed, code in group]),
        )
        for group, count in sorted(groups.items())
        if count
    )


def chance(strata: Sequence[tuple[Collection[str], int]], steps: int = STEPS) -> Chance:
    """The probability that an object is drawn in at least one of its strata: for each the eligible objects, itself among them, and k.

    Of two strata with the same objects the larger k decides alone. Raises nothing; without a stratum it is 0.
    """
    largest: dict[frozenset[str], int] = {}
    for objects, k in strata:
        held = frozenset(objects)
        largest[held] = max(k, largest.get(held, 0))
    able = [(held, k) for held, k in largest.items() if k]
    if any(k >= len(held) for held, k in able):
        return Chance(least=Fraction(1), most=Fraction(1))
    each = [Fraction(k, len(held)) for held, k in able]
    rivals: Counter[frozenset[int]] = Counter()
    for name in frozenset[str]().union(*(held for held, _ in able)):
        rivals[frozenset(place for place, (held, _) in enumerate(able) if name in held)] += 1
    if able:
        rivals[frozenset(range(len(able)))] -= 1  # the object itself
    total, left = Fraction(0), steps
    for size in range(1, len(able) + 1):
        for chosen in combinations(range(len(able)), size):
            told = each[chosen[0]] if size == 1 else _all(chosen, {place: able[place][1] for place in chosen}, rivals, left)
            if told is None:
                return Chance(least=max(each), most=1 - prod((1 - one for one in each), start=Fraction(1)))
            total += told if size % 2 else -told
    return Chance(least=total, most=total)


def _all(chosen: Sequence[int], k: Mapping[int, int], rivals: Mapping[frozenset[int], int], steps: int) -> Fraction | None:
    """The probability to be drawn in all of some strata: fewer than k rivals before it in each. None beyond so many steps."""
    cells: Counter[tuple[int, ...]] = Counter()
    for places, count in rivals.items():
        if held := tuple(place for place in chosen if place in places):
            cells[held] += count
    order = sorted(cells, key=lambda held: (-len(held), held))
    # How many sets of x rivals leave so many in each stratum: by the numbers in the strata, and x.
    ways: Counter[tuple[tuple[int, ...], int]] = Counter({((0,) * len(chosen), 0): 1})
    for held in order:
        after: Counter[tuple[tuple[int, ...], int]] = Counter()
        for (numbers, x), count in ways.items():
            room = min(k[place] - 1 - numbers[at] for at, place in enumerate(chosen) if place in held)
            steps -= room + 1
            if steps < 0:
                return None
            for more in range(min(room, cells[held]) + 1):
                reached = tuple(number + more * (chosen[at] in held) for at, number in enumerate(numbers))
                after[_seen(reached, held, order, chosen), x + more] += count * comb(cells[held], more)
        ways = after
    n = sum(cells.values())
    by_x: Counter[int] = Counter()
    for (_, x), count in ways.items():
        by_x[x] += count
    return sum((Fraction(count, comb(n, x)) for x, count in by_x.items()), Fraction(0)) / (n + 1)


def _seen(
    numbers: tuple[int, ...], held: tuple[int, ...], order: Sequence[tuple[int, ...]], chosen: Sequence[int]
) -> tuple[int, ...]:
    """The numbers that later cells still ask for; those of strata that no later cell is part of need not be told apart."""
    later = {place for cell in order[order.index(held) + 1 :] for place in cell}
    return tuple(number if place in later else 0 for number, place in zip(numbers, chosen, strict=True))
