"""What chance allows: the chi-square and Kolmogorov distributions by the standard library, and one level for the whole suite."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

LEVEL = 0.001
FAMILY = 2000
"""Not fewer than all p-values of tests/statistics, the slow part included (its 1,770 pairs of N and k, and some sixty others).

Holm's procedure at LEVEL refuses nothing if and only if no p-value is at most LEVEL / FAMILY: its first step decides. So each test
takes that step by itself, wherever it runs, and the whole suite errs once in a thousand keys. The keys are fixed: it never flakes.
"""


def refused(p_values: Mapping[str, float]) -> list[str]:
    """The names of those that chance does not allow."""
    return [name for name, p in p_values.items() if not p > LEVEL / FAMILY]


def chi_square(statistic: float, df: int) -> float:
    """The probability of a larger chi-square: the regularised upper gamma function Q(df/2, statistic/2)."""
    a, x = df / 2, statistic / 2
    if x <= 0:
        return 1.0
    scale = math.exp(a * math.log(x) - x - math.lgamma(a))
    return 1 - scale * _series(a, x) if x < a + 1 else scale * _fraction(a, x)


def _series(a: float, x: float) -> float:
    """The lower function, by its power series."""
    term = total = 1 / a
    while term > total * 1e-17:
        a += 1
        term *= x / a
        total += term
    return total


def _fraction(a: float, x: float) -> float:
    """The upper function, by Lentz's continued fraction."""
    b = x + 1 - a
    c, d = math.inf, 1 / b
    value, change, n = d, 0.0, 0
    while abs(change - 1) > 1e-15:
        n += 1
        b += 2
        d = 1 / (b - n * (n - a) * d)
        c = b - n * (n - a) / c
        change = c * d
        value *= change
    return value


def normal(z: float) -> float:
    """The probability of a normal deviate at least as far from 0, on either side."""
    return math.erfc(abs(z) / math.sqrt(2))


def kolmogorov(values: Sequence[float]) -> float:
    """The probability that uniform values on 0..1 stray farther from the diagonal than these do; for hundreds of them or more."""
    held, n = sorted(values), len(values)
    apart = max(max((i + 1) / n - value, value - i / n) for i, value in enumerate(held))
    x = (math.sqrt(n) + 0.12 + 0.11 / math.sqrt(n)) * apart
    if x < 0.3:
        return 1.0  # 0.99999 and more, where the series needs many terms
    return 2 * math.fsum(math.copysign(math.exp(-2 * j * j * x * x), j % 2 - 0.5) for j in range(1, 101))
