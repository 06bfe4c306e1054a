"""Whether like ones were treated alike: the exact conditional test over strata, and what it would have found.

Within a stratum who belongs to which of two groups is given, and so is how many of both were hit. Where chance hits all alike, how many
of the first group were hit is hypergeometric; of several strata the sum is asked about, whose distribution is the convolution of theirs
(the exact form of the Cochran-Mantel-Haenszel test; Agresti, *Categorical Data Analysis*, 7.3.5). With an odds ratio other than 1 it is
Fisher's noncentral one: by that the power is told. Nothing is approximated by a normal curve, so small strata are right as well; what is
cut off in the far tails is less than 1e-18 of the whole.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from operator import mul

_NOTHING = 1e-22


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Like ones in two groups, `first` and `second` by number, and how many of each were hit."""

    first: int
    second: int
    first_hit: int
    second_hit: int

    def __post_init__(self) -> None:
        if not (0 <= self.first_hit <= self.first and 0 <= self.second_hit <= self.second):
            raise ValueError(f"{self.first_hit} of {self.first}, {self.second_hit} of {self.second}")

    @property
    def speaks(self) -> bool:
        """Whether it can tell the groups apart: both are there, and neither all nor nobody was hit."""
        return bool(self.first and self.second) and 0 < self.first_hit + self.second_hit < self.first + self.second


@dataclass(frozen=True, slots=True)
class Law:
    """The distribution of a whole number: `chances` from `least` on."""

    least: int
    chances: tuple[float, ...]

    def upto(self, number: int) -> float:
        """The chance of so many or fewer."""
        return min(1.0, sum(self.chances[: max(0, number - self.least + 1)]))

    def beyond(self, number: int) -> float:
        """The chance of so many or more."""
        return min(1.0, sum(self.chances[max(0, number - self.least) :]))


def law(splits: Iterable[Split], odds: float = 1.0) -> Law:
    """How many of the first group are hit in all strata together, where its odds are so many times those of the second."""
    held = [(len(one.chances), place, one) for place, one in enumerate(_one(split, odds) for split in splits)]
    heapq.heapify(held)
    place = len(held)
    while len(held) > 1:  # the shortest first: what is long is folded few times
        _, _, one = heapq.heappop(held)
        _, _, two = heapq.heappop(held)
        both = _sum(one, two)
        heapq.heappush(held, (len(both.chances), place, both))
        place += 1
    return held[0][2] if held else Law(0, (1.0,))


@dataclass(frozen=True)
class Trial:
    """The test of some strata: made once, asked several times."""

    splits: tuple[Split, ...]

    @property
    def seen(self) -> int:
        """How many of the first group were hit, in strata that speak."""
        return sum(one.first_hit for one in self._speaking)

    @cached_property
    def _speaking(self) -> tuple[Split, ...]:
        return tuple(one for one in self.splits if one.speaks)

    @cached_property
    def _fair(self) -> Law:
        return law(self._speaking)

    @cached_property
    def chance(self) -> float:
        """How likely chance alone shows what was seen, or what is as rare on either side: twice the smaller tail, at most 1."""
        return min(1.0, 2 * min(self._fair.upto(self.seen), self._fair.beyond(self.seen)))

    def power(self, odds: Fraction, alpha: Fraction) -> float:
        """How likely the test says so at `alpha` where the odds of one group are `odds` times the other's: the less likely of both ways."""
        return min(self._found(float(odds), float(alpha)), self._found(1 / float(odds), float(alpha)))

    def _found(self, odds: float, alpha: float) -> float:
        found, (low, high) = law(self._speaking, odds), self._bounds(alpha / 2)
        return min(1.0, found.upto(low) + found.beyond(high))

    def _bounds(self, tail: float) -> tuple[int, int]:
        """The greatest number that is rarely few, and the least that is rarely many."""
        fair = self._fair
        low, seen = fair.least - 1, 0.0
        for number, chance in enumerate(fair.chances, fair.least):
            seen += chance
            if seen > tail:
                break
            low = number
        high, seen = fair.least + len(fair.chances), 0.0
        for number in range(high - 1, fair.least - 1, -1):
            seen += fair.chances[number - fair.least]
            if seen > tail:
                break
            high = number
        return low, high

    @property
    def odds(self) -> Fraction | None:
        """The common odds ratio as Mantel and Haenszel estimate it; None where nothing speaks against one that is endless."""
        over = under = Fraction(0)
        for one in self._speaking:
            n = one.first + one.second
            over += Fraction(one.first_hit * (one.second - one.second_hit), n)
            under += Fraction(one.second_hit * (one.first - one.first_hit), n)
        return over / under if under else None


def holm(chances: Mapping[str, float], family: int) -> dict[str, float]:
    """Each chance as it counts among so many tests (Holm 1979): at most alpha means that it holds with all of them together."""
    told: dict[str, float] = {}
    last = 0.0
    for place, (name, chance) in enumerate(sorted(chances.items(), key=lambda one: (one[1], one[0]))):
        last = max(last, min(1.0, chance * (family - place)))
        told[name] = last
    return told


def _one(split: Split, odds: float) -> Law:
    """Fisher's noncentral hypergeometric distribution, outwards from its likeliest number, so that nothing overflows."""
    n, m, k = split.first, split.second, split.first_hit + split.second_hit
    least, most = max(0, k - m), min(n, k)

    def step(x: int) -> float:
        """The chance of x + 1 by that of x; it falls as x grows."""
        return (n - x) * (k - x) / ((x + 1) * (m - k + x + 1)) * odds

    low, high = least, most
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if step(middle) >= 1 else (low, middle)
    likeliest, below, above = low, list[float](), list[float]()
    weight = 1.0
    for x in range(likeliest - 1, least - 1, -1):
        weight /= step(x)
        if weight < _NOTHING:
            break
        below.append(weight)
    weight = 1.0
    for x in range(likeliest, most):
        weight *= step(x)
        if weight < _NOTHING:
            break
        above.append(weight)
    return _whole(likeliest - len(below), [*reversed(below), 1.0, *above])


def _sum(one: Law, two: Law) -> Law:
    short, long = sorted((one.chances, two.chances), key=len)
    back, last = long[::-1], len(long) - 1
    told = []
    for total in range(len(short) + last):
        first, end = max(0, total - last), min(total + 1, len(short))
        told.append(sum(map(mul, short[first:end], back[last - total + first :])))
    return _whole(one.least + two.least, told)


def _whole(least: int, weights: Sequence[float]) -> Law:
    """Weights as chances that add up to 1, without the far tails."""
    total = sum(weights)
    first = next(place for place, weight in enumerate(weights) if weight >= _NOTHING * total)
    last = next(place for place in range(len(weights) - 1, -1, -1) if weights[place] >= _NOTHING * total)
    return Law(least + first, tuple(weight / total for weight in weights[first : last + 1]))
