"""What a draw can show: the chance to meet a false case, and what its random cases say about the rest. Whole numbers only.

A sample without return from a register of known size is hypergeometric. So nothing here approximates: chances are ratios of
products of whole numbers (handbook 2.3), and the interval is the exact one of a finite register, not Clopper and Pearson's, which
takes the register for endless and is wider.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from math import comb, perm


def false_cases(n: int, rate: Fraction) -> int:
    """How many of n are false at a rate: rounded down, so that no chance is promised too high, but one where there is anybody."""
    return min(n, max(1, int(n * rate)))


def meets(n: int, false: int, k: int) -> tuple[int, int]:
    """The chance that k drawn of n meet at least one of the `false`: 1 - C(n-f, k) / C(n, k), as (numerator, denominator).

    Not reduced: of a large register these numbers have a million digits, and dividing them out would take longer than all else.
    """
    if not 0 <= false <= n or not 0 <= k <= n:
        raise ValueError(f"{false} and {k} of {n}")
    few, many = min(false, k), max(false, k)
    whole = perm(n, few)
    return whole - perm(n - many, few), whole


def needed(n: int, false: int, confidence: Fraction) -> int:
    """The smallest number to draw that meets at least one false case with that chance. With none false nothing is enough: ValueError."""
    if not 0 < false <= n or not 0 < confidence < 1:
        raise ValueError(f"{false} of {n} with {confidence}")

    def enough(k: int) -> bool:
        met, whole = meets(n, false, k)
        return met * confidence.denominator >= whole * confidence.numerator

    return _first(0, n, enough)


def rounded_down(numerator: int, denominator: int, places: int) -> str:
    """A share from 0 to 1 in per cent, cut off behind `places` digits: what is told is never above what is true."""
    scaled = numerator * 100 * 10**places // denominator
    whole, rest = divmod(scaled, 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


def rounded_up(numerator: int, denominator: int, places: int) -> str:
    """As `rounded_down`, and never below what is true."""
    missing = denominator - numerator
    scaled = 100 * 10**places - missing * 100 * 10**places // denominator
    whole, rest = divmod(scaled, 10**places)
    return f"{whole}.{rest:0{places}d}" if places else str(whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Of `n` that could have been drawn, `k` were drawn and judged, `found` of them false."""

    n: int
    k: int
    found: int

    def __post_init__(self) -> None:
        if not 0 <= self.found <= self.k <= self.n:
            raise ValueError(f"{self.found} of {self.k} of {self.n}")


def interval(held: Sample, confidence: Fraction) -> tuple[int, int]:
    """The least and the greatest number of false cases among all n that the sample does not contradict.

    The exact interval of the hypergeometric distribution with equal tails: a number is kept while both seeing so few and seeing
    so many has more than half of 1 - confidence. It covers the truth at least as often as it says.
    """
    n, k, found = held.n, held.k, held.found
    if k == n:
        return found, found
    tail, whole = (1 - confidence) / 2, comb(n, k)

    def more_than_tail(ways: int) -> bool:
        return ways * tail.denominator > whole * tail.numerator

    def not_too_few(false: int) -> bool:
        """Seeing `found` or more is not too rare."""
        return more_than_tail(whole - _ways_up_to(n, k, false, found - 1))

    def too_many(false: int) -> bool:
        """Seeing `found` or fewer is too rare."""
        return not more_than_tail(_ways_up_to(n, k, false, found))

    most = n - (k - found)
    return _first(found, most, not_too_few), _first(found, most + 1, too_many) - 1


def together(samples: tuple[Sample, ...], confidence: Fraction) -> tuple[Fraction, Fraction, Fraction] | None:
    """(estimate, least, greatest) of the false share over several strata, each with its own ratio; None while one lacks cases.

    The estimate weighs each stratum by its size. The bounds add those of the strata, each at so much more confidence that all
    hold at once (Bonferroni): wider than needed, never too narrow.
    """
    held = [one for one in samples if one.n]
    if not held or any(one.k == 0 for one in held):
        return None
    total, each = sum(one.n for one in held), 1 - (1 - confidence) / len(held)
    bounds = [interval(one, each) for one in held]
    estimate = sum((Fraction(one.found, one.k) * one.n for one in held), Fraction(0)) / total
    return estimate, Fraction(sum(least for least, _ in bounds), total), Fraction(sum(most for _, most in bounds), total)


def _ways_up_to(n: int, k: int, false: int, found: int) -> int:
    """In how many of the C(n, k) samples at most `found` are false; each term comes from the one before."""
    least, true = max(0, k - (n - false)), n - false
    most = min(found, k, false)
    if most < least:
        return 0
    term = total = comb(false, least) * comb(true, k - least)
    for seen in range(least, most):
        term = term * ((false - seen) * (k - seen)) // ((seen + 1) * (true - k + seen + 1))
        total += term
    return total


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The first number from `low` on from which a rising condition holds; `high` where none before it does."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
