"""Section 6 for the inspectors: who goes where and with whom is as chance has it (scenario 37), and dealing in turn fails."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import combinations, permutations, product

import pytest

from inspector.domain.dealing import deal
from inspector.domain.frame import Ban, InspectorRow, ObjectRow
from inspector.domain.suite import Suite
from tests.statistics.chance import refused
from tests.statistics.contestants import Dealer, Prescribed, engine_deals, first_come, keys, round_robin
from tests.statistics.measures import company, exchangeable, seats

KEY = "0123456789abcdef" * 2
Arrangement = tuple[frozenset[str], ...]


def assignment(dealer: Dealer, deals: int) -> dict[str, float]:
    """Twelve equals, thirty visits of two."""
    dealt = [dealer(key, 30, 12) for key in keys("assignment", deals)]
    assert all(set(Counter(who for team in one for who in team).values()) == {5} for one in dealt), "loads are equal"
    return {"seats": seats(dealt, 12), "company": company(dealt, 12)}


@pytest.mark.slow
def test_scenario_37_equals_go_everywhere_and_with_everybody_equally_often() -> None:
    assert refused(assignment(engine_deals, 1200)) == []


@pytest.mark.slow
def test_scenario_37_over_twenty_thousand_dealings() -> None:
    assert refused(assignment(engine_deals, 20_000)) == []


@pytest.mark.slow
@pytest.mark.parametrize(("dealer", "fails"), [(round_robin, ["company"]), (first_come, ["seats", "company"])])
def test_dealing_in_turn_fails_those_very_tests(dealer: Dealer, fails: list[str]) -> None:
    assert set(fails) <= set(refused(assignment(dealer, 1200)))


def test_the_few_with_a_qualification_share_its_visits_equally() -> None:
    objects = [ObjectRow(id=f"o{n:02d}", stratum="A", pool="P", qual="Q" if n < 14 else "", salt="") for n in range(20)]
    staff = [InspectorRow(id=f"Z{n:02d}", pools=("P",), quals=("Q",) * (n < 4), cap=99, salt="") for n in range(12)]
    firsts: list[list[float]] = []
    for key in keys("qualified", 1500):
        teams = deal(Suite(), key, 2, objects, staff, []).teams
        counts = Counter(teams[row.id][0] for row in objects[:14])
        firsts.append([counts[row.id] for row in staff[:4]])
    assert refused({"qualified": exchangeable(firsts)}) == []


def everything(visits: int, staff: int, team: int, bans: list[tuple[int, int]]) -> Counter[Arrangement]:
    """The dealing for every order of visits and every order of the cards at each load: each as often as it comes out."""
    objects = [ObjectRow(id=f"o{n}", stratum="A", pool="P", salt="") for n in range(visits)]
    people = [InspectorRow(id=f"Z{n}", pools=("P",), cap=99, salt="") for n in range(staff)]
    barred = [Ban(object=f"o{visit}", inspector=f"Z{one}", reason="recusal", salt="") for visit, one in bans]
    found: Counter[Arrangement] = Counter()
    for order, *decks in product(permutations(range(visits)), permutations(range(staff)), permutations(range(staff))):
        table = {f"{KEY}v\to{n}": rank for n, rank in enumerate(order)}
        for load in range(5):  # beyond the second deck nothing is dealt with a choice in these cases
            table |= {f"{KEY}c\t{load}\tZ{n}": rank for n, rank in enumerate(decks[min(load, 1)])}
        table |= {f"{KEY}i\tZ{n}": n for n in range(staff)}
        teams = deal(Prescribed(order=table), KEY, team, objects, people, barred).teams
        found[tuple(frozenset(who for who in teams[row.id] if who) for row in objects)] += 1
    return found


def marginals(found: Counter[Arrangement]) -> dict[tuple[int, str], Fraction]:
    """How often each inspector goes to each visit, exactly."""
    counts = Counter[tuple[int, str]]()
    for teams, times in found.items():
        for visit, members in enumerate(teams):
            counts.update(dict.fromkeys(((visit, who) for who in members), times))
    return {one: Fraction(times, found.total()) for one, times in counts.items()}


def test_over_all_orders_of_cards_equals_go_to_every_visit_and_with_everybody_exactly_equally_often() -> None:
    found = everything(3, 4, 2, [])
    assert set(marginals(found).values()) == {Fraction(1, 2)}
    together = Counter[tuple[str, ...]]()
    for teams, times in found.items():
        together.update(dict.fromkeys((tuple(sorted(members)) for members in teams), 0))
        for members in teams:
            together[tuple(sorted(members))] += times
    assert set(together) == set(combinations(["Z0", "Z1", "Z2", "Z3"], 2))
    assert len(set(together.values())) == 1


def level(visits: int, staff: int, bans: list[tuple[int, int]]) -> set[Arrangement]:
    """Every way to send pairs that keeps to the bans, with loads no more than one apart."""
    allowed = [
        [frozenset(f"Z{n}" for n in some) for some in combinations(range(staff), 2) if not any((v, n) in bans for n in some)]
        for v in range(visits)
    ]
    ways = set()
    for teams in product(*allowed):
        loads = Counter(who for members in teams for who in members)
        if len(loads) == staff and max(loads.values()) - min(loads.values()) <= 1:
            ways.add(teams)
    return ways


@pytest.mark.parametrize(
    ("bans", "levelled", "apart"),
    [([], 1, 0), ([(0, 0)], 1, Fraction(1, 24)), ([(0, 0), (1, 0)], Fraction(5, 6), Fraction(1, 6))],
)
def test_every_level_arrangement_is_reached_and_how_far_bans_move_the_chances_is_known(
    bans: list[tuple[int, int]], levelled: Fraction, apart: Fraction
) -> None:
    """Against an equal choice among the level arrangements. Who is barred from two visits of three may miss the third."""
    found, ways = everything(3, 4, 2, bans), level(3, 4, bans)
    assert ways <= found.keys()
    assert Fraction(sum(times for teams, times in found.items() if teams in ways), found.total()) == levelled
    even, told = marginals(Counter(ways)), marginals(found)
    assert max(abs(told.get(one, 0) - even[one]) for one in even) == apart
    alike = [f"Z{n}" for n in range(4) if not any(n == barred for _, barred in bans)]
    assert all(len({told[visit, who] for who in alike}) == 1 for visit in range(3)), "equals have equal chances, exactly"
