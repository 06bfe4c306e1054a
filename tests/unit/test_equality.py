"""Scenario 5 measured: like subjects by both routes are treated alike, and chance is not taken for bias, nor bias for chance."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction
from itertools import product
from math import comb, erfc
from pathlib import Path

import pytest

from inspector.domain.case import Route
from inspector.domain.contingency import Split, Trial, holm, law
from inspector.domain.equality import Compared, EqualityRow, EqualityVerdict, Measure, Place, Waiting, compare, waits
from inspector.domain.spending import Spending
from inspector.policybook import PacksInvalid, Policybook
from tests.packs import SHIPPED as PACK
from tests.packs import write

RULE = EqualityRow(
    row="equality",
    alpha=Fraction(1, 20),
    spending=Spending.OBRIEN_FLEMING,
    effect=Fraction(2),
    power=Fraction(4, 5),
    basis="S0:7",
)
ODDS = Fraction(2)


def split(first_hit: int, first: int, second_hit: int, second: int) -> Split:
    """A stratum as it is read: so many of so many, and so many of so many."""
    return Split(first=first, first_hit=first_hit, second=second, second_hit=second_hit)


def ways(splits: Iterable[Split], odds: Fraction) -> dict[int, Fraction]:
    """The distribution by going through every table, in whole numbers: the slow way, and independent of the other."""
    told: dict[int, Fraction] = {0: Fraction(1)}
    for one in splits:
        k = one.first_hit + one.second_hit
        weights = {
            x: comb(one.first, x) * comb(one.second, k - x) * odds**x
            for x in range(max(0, k - one.second), min(one.first, k) + 1)
        }
        whole, before = sum(weights.values()), told
        told = {}
        for (seen, chance), (x, weight) in product(before.items(), weights.items()):
            told[seen + x] = told.get(seen + x, Fraction(0)) + chance * weight / whole
    return told


def test_the_published_examples_have_their_published_chances() -> None:
    """Mantel's rabbits (as in R's `mantelhaen.test(Rabbits, exact = TRUE)`: 0.03994) and Fisher's tea (0.4857)."""
    rabbits = [(0, 6, 0, 5), (3, 6, 0, 6), (6, 6, 2, 6), (5, 6, 6, 6), (2, 2, 5, 5)]
    assert Trial(tuple(split(*one) for one in rabbits)).chance == pytest.approx(0.03994, abs=5e-6)
    tea = Trial((split(3, 4, 1, 4),))
    assert tea.chance == pytest.approx(34 / 70)
    assert tea.odds == 9


@pytest.mark.parametrize("odds", [Fraction(1), Fraction(2), Fraction(1, 3)])
def test_the_distribution_is_the_one_that_going_through_every_table_gives(odds: Fraction) -> None:
    chance = random.Random(7)
    for _ in range(8):
        splits = []
        for _ in range(chance.randint(1, 4)):
            first, second = chance.randint(1, 12), chance.randint(1, 12)
            splits.append(split(chance.randint(0, first), first, chance.randint(0, second), second))
        slow, fast = ways(splits, odds), law(splits, float(odds))
        assert [float(slow[number]) for number in sorted(slow)] == pytest.approx(fast.chances, rel=1e-12)
        assert fast.least == min(slow)


def test_the_power_is_the_chance_of_what_the_test_would_call_unequal_and_the_less_likely_way_counts() -> None:
    splits = (split(4, 20, 9, 30), split(6, 15, 3, 12))
    alpha, told = Fraction(1, 20), []
    for odds in (ODDS, 1 / ODDS):
        fair, biased = ways(splits, Fraction(1)), ways(splits, odds)
        called = [
            seen
            for seen in fair
            if 2 * min(sum(fair[x] for x in fair if x <= seen), sum(fair[x] for x in fair if x >= seen)) <= alpha
        ]
        told.append(float(sum(biased[seen] for seen in called)))
    assert Trial(splits).power(ODDS, alpha) == pytest.approx(min(told))
    assert told[0] != pytest.approx(told[1])


def test_large_strata_neither_overflow_nor_lose_what_they_say() -> None:
    first, second, hit = 30_000, 100_000, 14_400
    held = Trial((split(3_400, first, hit - 3_400, second),))
    share = first / (first + second)
    spread = (hit * share * (1 - share) * (first + second - hit) / (first + second - 1)) ** 0.5
    curve = erfc((3_400 - 0.5 - hit * share) / spread / 2**0.5)
    assert held.chance == pytest.approx(curve, rel=0.01), "of so many the normal curve is near"
    assert held.power(Fraction(11, 10), Fraction(1, 80)) > 0.9


def test_several_tests_together_call_no_oftener_than_one() -> None:
    """Holm's own step-down, by hand."""
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}, 4) == pytest.approx({"d": 0.02, "a": 0.03, "c": 0.06, "b": 0.06})


def test_what_cannot_speak_is_insufficient_and_stays() -> None:
    counts = Counter({(place(), Route.COMMITMENT, True): 2, (place(), Route.CERTIFICATE, False): 1})
    compared, groups = compare(counts, RULE, RULE.alpha)
    assert [one.verdict for one in compared] == [EqualityVerdict.INSUFFICIENT] * len(Measure)
    (group,) = groups
    assert (group.committed, group.committed_hit, group.certified, group.certified_hit, group.enough) == (2, 2, 1, 0, False)


def test_levels_are_never_thrown_together() -> None:
    """Ten per cent and eighty, both routes alike within each: whoever adds them up sees a bias that is none (Simpson)."""
    counts: Counter[tuple[Place, Route, bool]] = Counter()
    for level, route, drawn, left in (
        ("A", Route.COMMITMENT, 20, 180),
        ("A", Route.CERTIFICATE, 2, 18),
        ("D", Route.COMMITMENT, 16, 4),
        ("D", Route.CERTIFICATE, 160, 40),
    ):
        counts[place(level=level), route, True] += drawn
        counts[place(level=level), route, False] += left
    assert first(counts).verdict is not EqualityVerdict.UNEQUAL
    thrown = Counter({(place(), route, hit): 0 for route in Route for hit in (True, False)})
    for (_, route, hit), count in counts.items():
        thrown[place(), route, hit] += count
    assert first(thrown).verdict is EqualityVerdict.UNEQUAL


def test_what_an_article_permits_is_told_with_it_and_calls_nobody() -> None:
    """Handbook 1.3.11: a sector's rule puts those who committed on the key list."""
    for lawful, verdict in (("", EqualityVerdict.UNEQUAL), ("sample-D: S9:16", EqualityVerdict.INSUFFICIENT)):
        counts = Counter(
            {
                (place(lawful=lawful), Route.COMMITMENT, True): 90,
                (place(lawful=lawful), Route.COMMITMENT, False): 10,
                (place(lawful=lawful), Route.CERTIFICATE, True): 10,
                (place(lawful=lawful), Route.CERTIFICATE, False): 90,
            }
        )
        compared, (group,) = compare(counts, RULE, RULE.alpha)
        assert (compared[0].verdict, group.lawful, group.committed_hit) == (verdict, lawful, 90)


def test_a_visit_that_is_overdue_took_longer_than_any_and_the_middle_is_that_of_like_visits() -> None:
    days = [(Route.COMMITMENT, 9), (Route.COMMITMENT, None), (Route.CERTIFICATE, 4), (Route.CERTIFICATE, 3)]
    held = [
        Waiting(item="licence", level="B", within="1", route=route, took=None if day is None else timedelta(days=day))
        for route, day in days
    ]
    told = {(route, longer): count for (_, route, longer), count in waits(held).items()}
    assert told == {(Route.COMMITMENT, True): 2, (Route.CERTIFICATE, False): 2}


@pytest.mark.parametrize("rounds", [40, pytest.param(1_000, marks=pytest.mark.slow)])
def test_a_planted_bias_is_found_as_often_as_stated_and_a_fair_office_calls_no_oftener_than_stated(rounds: int) -> None:
    """The bounds lie four standard deviations off what is stated: a wrong tail, or a power told too high, fails."""
    chance, alpha = random.Random(20260301), RULE.alpha / len(Measure)
    called, stated = Counter[Fraction](), 0.0
    for odds in (Fraction(1), ODDS):
        for _ in range(rounds):
            held = Trial(tuple(office(chance, odds)))
            called[odds] += held.chance <= alpha
            stated += held.power(ODDS, alpha) / rounds if odds == ODDS else 0
    assert 0.75 < stated < 0.95, "an office neither so small nor so large that nothing is tested"
    assert called[ODDS] / rounds >= stated - 4 * (stated * (1 - stated) / rounds) ** 0.5
    assert called[Fraction(1)] / rounds <= float(alpha) + 4 * (float(alpha) * (1 - float(alpha)) / rounds) ** 0.5


@pytest.mark.slow
def test_over_all_measures_a_fair_office_calls_no_oftener_than_stated() -> None:
    """In each office all measures are fair: at most one office in twenty calls for any of them, and some do."""
    rounds, called, chance = 1_000, 0, random.Random(5)
    for _ in range(rounds):
        tried = {measure.value: Trial(tuple(office(chance, Fraction(1)))).chance for measure in Measure}
        called += min(holm(tried, len(Measure)).values()) <= RULE.alpha
    assert called > 0
    assert called / rounds <= 0.05 + 3 * (0.05 * 0.95 / rounds) ** 0.5


def test_a_pack_that_would_find_no_difference_at_all_is_refused(tmp_path: Path) -> None:
    row = '[equality]\nid = "alike"\nalpha = "5%"\nspending = "POCOCK"\neffect = "{effect}"\npower = "80%"\nbasis = "P:2.3"\n'
    write(tmp_path, PACK + "\n" + row.format(effect="1"))
    with pytest.raises(PacksInvalid) as refused:
        Policybook.load(tmp_path)
    assert [flaw.code for flaw in refused.value.flaws] == ["effect_none"]
    write(tmp_path, PACK + "\n" + row.format(effect="3/2"))
    (pack,) = Policybook.load(tmp_path).packs
    assert pack.equality is not None
    assert (pack.equality.effect, pack.equality.alpha) == (Fraction(3, 2), Fraction(1, 20))
    assert pack.equality.spending is Spending.POCOCK
    write(tmp_path, PACK + "\n" + row.format(effect="3/2").replace('spending = "POCOCK"\n', ""))
    (before,) = Policybook.load(tmp_path).packs
    assert before.equality is not None
    assert before.equality.spending is Spending.EVEN, "a pack that something was decided by can be read for ever"


def place(measure: Measure = Measure.DRAWN, level: str = "B", lawful: str = "", within: str = "1") -> Place:
    """Where like ones stand."""
    return Place(measure=measure, item="licence", level=level, within=within, lawful=lawful)


def first(counts: Counter[tuple[Place, Route, bool]]) -> Compared:
    """What is said of the drawing."""
    return compare(counts, RULE, RULE.alpha)[0][0]


def office(chance: random.Random, odds: Fraction) -> Iterable[Split]:
    """A year of an office: levels of very different shares, in which who committed has `odds` times the odds of the others."""
    for share, committed, certified in ((0.1, 180, 140), (0.3, 130, 120), (0.8, 90, 60)):
        other = share / (1 - share)
        mine = other * float(odds) / (1 + other * float(odds))
        yield split(
            sum(chance.random() < mine for _ in range(committed)),
            committed,
            sum(chance.random() < share for _ in range(certified)),
            certified,
        )
