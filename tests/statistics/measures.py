"""Tests that a sceptical statistician runs on many draws or dealings of one register (draw-protocol section 6). Each gives a p-value.

Counts of a draw without replacement vary less than independent ones and depend on each other. The statistics are scaled so that
they are chi-square all the same: whoever is exchangeable has one variance on each space that no exchange of names can split.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations, pairwise

from tests.statistics.chance import chi_square

Draws = Sequence[Sequence[int]]
"""Each draw as positions in the register."""


def inclusion(draws: Draws, n: int) -> float:
    """Everybody equally often: k of n, each draw."""
    return included(Counter(one for drawn in draws for one in drawn), len(draws), n, len(draws[0]))


def included(counts: Mapping[int, int], draws: int, n: int, k: int) -> float:
    """The same from the counts: scaled by (n - 1)/n, for one of n counts follows from the others."""
    p = k / n
    apart = sum((counts[one] - draws * p) ** 2 for one in range(n))
    return chi_square(apart / (draws * p * (1 - p)) * (n - 1) / n, n - 1)


def pairs(draws: Draws, n: int) -> float:
    """Every two together equally often, beyond what follows from each one's own count."""
    k, together = len(draws[0]), _together(draws)
    of = [sum(together[min(one, other), max(one, other)] for other in range(n) if other != one) for one in range(n)]
    total = sum(of) / 2
    apart = sum(
        (together[pair] - (of[pair[0]] + of[pair[1]]) / (n - 2) + 2 * total / ((n - 1) * (n - 2))) ** 2
        for pair in combinations(range(n), 2)
    )
    two, three, four = (math.perm(k, size) / math.perm(n, size) for size in (2, 3, 4))
    return chi_square(apart / (len(draws) * (two - 2 * three + four)), n * (n - 3) // 2)


def overlap(draws: Draws, n: int) -> float:
    """A draw says nothing about the next: how many both hold is hypergeometric."""
    k = len(draws[0])
    counts = Counter(len({*one} & {*other}) for one, other in pairwise(draws))
    expected = {m: (len(draws) - 1) * math.comb(k, m) * math.comb(n - k, k - m) / math.comb(n, k) for m in range(k + 1)}
    return fits(counts, expected)


def fits(counts: Mapping[int, int], expected: Mapping[int, float]) -> float:
    """Counts against what is expected; neighbours are taken together until at least five are expected."""
    bins: list[list[float]] = [[0, 0]]
    for value, wanted in sorted(expected.items()):
        if bins[-1][1] >= 5:
            bins.append([0, 0])
        bins[-1] = [bins[-1][0] + counts.get(value, 0), bins[-1][1] + wanted]
    if len(bins) > 1 and bins[-1][1] < 5:
        last = bins.pop()
        bins[-1] = [bins[-1][0] + last[0], bins[-1][1] + last[1]]
    return chi_square(sum((seen - wanted) ** 2 / wanted for seen, wanted in bins), len(bins) - 1)


def groups(draws: Draws, label: Sequence[str]) -> float:
    """Every group of the register in proportion to its size; `label` names the group of each row."""
    n, k, m = len(label), len(draws[0]), len(draws)
    seen, sizes = Counter(label[one] for drawn in draws for one in drawn), Counter(label)
    expected = {name: m * k * size / n for name, size in sizes.items()}
    apart = sum((seen[name] - wanted) ** 2 / wanted for name, wanted in expected.items())
    return chi_square(apart * (n - 1) / (n - k), len(sizes) - 1)


def seats(deals: Sequence[Draws], staff: int) -> float:
    """Everybody at every visit equally often, where all carry the same load: each deal is one team for each visit."""
    visits, team = len(deals[0]), len(deals[0][0])
    counts = Counter((visit, one) for dealt in deals for visit, members in enumerate(dealt) for one in members)
    p = team / staff
    apart = sum((counts[visit, one] - len(deals) * p) ** 2 for visit in range(visits) for one in range(staff))
    scale = (visits - 1) * (staff - 1) / (visits * staff)
    return chi_square(apart / (len(deals) * p * (1 - p)) * scale, (visits - 1) * (staff - 1))


def company(deals: Sequence[Draws], staff: int) -> float:
    """Every two inspectors in one team equally often, where all carry the same load."""
    every = list(combinations(range(staff), 2))
    held = [_together(dealt) for dealt in deals]
    return exchangeable([[one[pair] for pair in every] for one in held], staff * (staff - 3) // 2)


def exchangeable(rows: Sequence[Sequence[float]], df: int | None = None) -> float:
    """Columns alike, where every row has one sum: by the variance that the rows themselves show."""
    width, mean = len(rows[0]), sum(rows[0]) / len(rows[0])
    df = df or width - 1
    variance = sum((value - mean) ** 2 for row in rows for value in row) / df
    apart = sum((sum(column) - len(rows) * mean) ** 2 for column in zip(*rows, strict=True))
    return chi_square(apart / variance, df) if variance else 1.0


def _together(teams: Iterable[Sequence[int]]) -> Counter[tuple[int, int]]:
    return Counter(pair for team in teams for pair in combinations(sorted(team), 2))
