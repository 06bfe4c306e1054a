"""Section 6: the engine's draws pass what a sceptical statistician asks, and draws as offices have made them fail the same tests."""

from __future__ import annotations

import hashlib
from collections import Counter
from itertools import combinations, pairwise, permutations

import pytest

from inspector.domain.commitment import Rules, Share
from inspector.domain.frame import ObjectRow
from inspector.domain.selection import quotas, select, ticket
from inspector.domain.suite import Suite
from tests.statistics.chance import chi_square, kolmogorov, normal, refused
from tests.statistics.contestants import RIVALS, Drawer, Prescribed, engine, exactly, keys, offset, register, skip_count
from tests.statistics.measures import groups, included, inclusion, overlap, pairs

LETTERS = "abcdefgh"
IDS = [f"91330100MA{row:08d}" for row in range(40)]
KEY = "0123456789abcdef" * 2


def laid_out(order: tuple[str, ...], k: int, reserve: int = 0) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Selected and reserve when the tickets are in that order, whatever that of the register."""
    suite = Prescribed(order={name: rank for rank, name in enumerate(order)})
    held = select(exactly(k, reserve), register(tuple(sorted(order))), suite, KEY, KEY)["A"]
    return held.selected, held.reserve


def every_subset_equally_often(n: int, k: int) -> None:
    """Over all n! orders of the tickets: each of the subsets k!(n - k)! times, exactly."""
    counts = Counter(frozenset(laid_out(order, k)[0]) for order in permutations(LETTERS[:n]))
    assert counts.keys() == {frozenset(some) for some in combinations(LETTERS[:n], k)}
    assert len(set(counts.values())) == 1


@pytest.mark.parametrize("n", range(1, 7))
def test_over_all_orders_of_tickets_every_subset_is_drawn_equally_often(n: int) -> None:
    for k in range(n + 1):
        every_subset_equally_often(n, k)


@pytest.mark.parametrize("n", [7, 8])
@pytest.mark.slow
def test_the_drawn_and_the_reserve_are_the_order_of_the_tickets_itself(n: int) -> None:
    """So each order is met once, and with it, for every k, each subset equally often."""
    for order in permutations(LETTERS[:n]):
        selected, reserve = laid_out(order, n // 2, n)
        assert selected + reserve == order


@pytest.mark.slow
@pytest.mark.parametrize(("n", "k"), [(n, k) for n in (7, 8) for k in range(n + 1)])
def test_over_all_orders_of_seven_and_eight_tickets_too(n: int, k: int) -> None:
    every_subset_equally_often(n, k)


def closed_form(n: int, draws: int) -> dict[str, float]:
    """k/E for every k, each against so many draws; a draw of k is the first k of a draw of n (nesting is a test of its own)."""
    ids = [f"o{row:02d}" for row in range(n)]
    places = zip(*(engine(key, ids, n) for key in keys(f"closed form {n}", draws)), strict=True)
    told, counts = {}, Counter[int]()
    for k, place in enumerate(places, 1):
        counts.update(place)
        if k < n:
            told[f"{k} of {n}"] = included(counts, draws, n, k)
    assert set(counts.values()) == {draws}, "all of them is all of them"
    return told


@pytest.mark.parametrize("n", [5, 13])
@pytest.mark.slow
def test_every_object_is_drawn_with_probability_k_of_n(n: int) -> None:
    assert refused(closed_form(n, 20_000)) == []


@pytest.mark.slow
@pytest.mark.parametrize("n", range(2, 61))
def test_every_object_is_drawn_with_probability_k_of_n_for_all_registers_up_to_sixty(n: int) -> None:
    assert refused(closed_form(n, 20_000)) == []


def battery(drawer: Drawer, draws: int) -> dict[str, float]:
    """Eight of forty, again and again."""
    drawn = [drawer(key, IDS, 8) for key in keys("battery", draws)]
    return {"inclusion": inclusion(drawn, 40), "pairs": pairs(drawn, 40), "overlap": overlap(drawn, 40)}


@pytest.mark.slow
def test_single_objects_pairs_and_successive_draws_are_as_chance_has_them() -> None:
    assert refused(battery(engine, 20_000)) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "fails"), [("skip count", ["pairs", "overlap"]), ("offset", ["pairs", "overlap"]), ("modulo", ["inclusion"])]
)
def test_draws_as_offices_have_made_them_fail_those_very_tests(name: str, fails: list[str]) -> None:
    assert set(fails) <= set(refused(battery(RIVALS[name], 20_000)))


@pytest.mark.slow
def test_pairs_of_sixty_objects_over_forty_thousand_draws() -> None:
    ids = [f"企业{row:02d}" for row in range(60)]
    drawn = [engine(key, ids, 12) for key in keys("pairs", 40_000)]
    assert refused({"inclusion": inclusion(drawn, 60), "pairs": pairs(drawn, 60), "overlap": overlap(drawn, 60)}) == []


def by_looks(drawer: Drawer, rows: int, draws: int) -> dict[str, float]:
    """One in twenty of a large register, looked at by last digits, by district and by place in the register."""
    ids = [f"91330100MA{row:08d}" for row in range(rows)]
    drawn = [drawer(key, ids, rows // 20) for key in keys("looks", draws)]
    looks = {
        "last digit": [name[-1] for name in ids],
        "second last digit": [name[-2] for name in ids],
        "district": [str(hash_of(name) % 90) for name in ids],
        "tenth of the register": [str(row * 10 // rows) for row in range(rows)],
    }
    return {look: groups(drawn, label) for look, label in looks.items()}


def hash_of(name: str) -> int:
    return int.from_bytes(hashlib.sha256(f"district {name}".encode()).digest()[:8])


def test_no_digit_district_or_part_of_the_register_is_preferred() -> None:
    assert refused(by_looks(engine, 20_000, 10)) == []


@pytest.mark.parametrize(("rival", "look"), [(skip_count, "last digit"), (offset, "tenth of the register")])
def test_equal_steps_through_a_register_prefer_some(rival: Drawer, look: str) -> None:
    assert look in refused(by_looks(rival, 20_000, 1))


def tickets(rows: int) -> dict[str, float]:
    """Tickets as fractions of their range: spread evenly, and a neighbour says nothing about the next."""
    told = [int(ticket(Suite(), KEY, f"91330100MA{row:08d}")[:12], 16) / 16**12 for row in range(rows)]
    bins = Counter(int(one * 256) for one in told)
    lag = sum((one - 0.5) * (other - 0.5) for one, other in pairwise(told)) * 12 / rows
    return {
        "evenly": kolmogorov(told),
        "bins": chi_square(sum((bins[one] - rows / 256) ** 2 for one in range(256)) * 256 / rows, 255),
        "neighbours": normal(lag * rows**0.5),
    }


def test_tickets_are_uniform_and_independent_along_the_register() -> None:
    assert refused(tickets(100_000)) == []


@pytest.mark.slow
def test_tickets_of_a_million_rows_and_a_register_of_a_million_drawn_by_looks() -> None:
    assert refused(tickets(1_000_000)) == []
    assert refused(by_looks(engine, 1_000_000, 1)) == []


COUNTS = {"a": 21, "b": 3, "c": 60, "d": 205, "e": 100, "f": 6, "g": 19}
SYSTEMATIC = Rules(base="all", rounding="systematic", reserve=0, team=2, strata=dict.fromkeys(COUNTS, Share(ppm=10_000)))


def test_systematic_rounding_is_unbiased_over_its_starts() -> None:
    draws, totals = 20_000, Counter[str]()
    for key in keys("rounding", draws):
        told = {
            code: k for code, (_, k) in quotas(SYSTEMATIC, {code: (n, n) for code, n in COUNTS.items()}, Suite(), key).items()
        }
        assert sum(told.values()) in {4, 5}, "4.14 are due"
        totals.update(told)
    chance = {}
    for code, n in COUNTS.items():
        part = n / 100 % 1
        if part:
            chance[code] = normal((totals[code] - draws * n / 100) / (draws * part * (1 - part)) ** 0.5)
    assert totals["e"] == draws
    assert refused(chance) == []


def test_systematic_rounding_gives_every_stratum_exactly_its_share_over_all_starts() -> None:
    """Nothing changes between two multiples of 10,000 here, so these hundred starts stand for all million."""
    totals = Counter[str]()
    for start in range(100):
        suite = Start(start=start * 10_000)
        totals.update(
            {code: k for code, (_, k) in quotas(SYSTEMATIC, {c: (n, n) for c, n in COUNTS.items()}, suite, KEY).items()}
        )
    assert totals == COUNTS


class Start(Suite):
    """H replaced by one whose first 48 bits are the start itself."""

    def __init__(self, *, start: int) -> None:
        super().__init__()
        object.__setattr__(self, "_start", start)

    def digest(self, content: bytes) -> bytes:
        start: int = getattr(self, "_start")  # noqa: B009
        return start.to_bytes(6) + bytes(26)


# What needs no statistics: one draw compared with another.


def moved(drawer: Drawer) -> set[str]:
    """Which promises a drawer breaks: the order of the register says nothing, more are a superset, a new name moves nobody else."""
    broken = set()
    for key in keys("moved", 30):
        told = [IDS[row] for row in drawer(key, IDS, 8)]
        turned = IDS[::-1]
        if sorted(told) != sorted(turned[row] for row in drawer(key, turned, 8)):
            broken.add("order")
        if told != [IDS[row] for row in drawer(key, IDS, 10)][:8]:
            broken.add("nesting")
        undrawn = next(name for name in IDS if name not in told)
        renamed = [f"9{name}" if name == undrawn else name for name in IDS]
        again = [renamed[row] for row in drawer(key, renamed, 8)]
        if [name for name in again if name != f"9{undrawn}"] != told[: 8 - (f"9{undrawn}" in again)]:
            broken.add("renaming")
        fewer = [name for name in IDS if name != undrawn]
        if told != [fewer[row] for row in drawer(key, fewer, 8)]:
            broken.add("leaving")
    return broken


def test_order_nesting_renaming_and_leaving_move_nobody_else() -> None:
    assert moved(engine) == set()


@pytest.mark.parametrize("name", RIVALS)
def test_every_draw_by_rows_is_steered_by_the_order_of_the_register(name: str) -> None:
    assert {"order", "leaving"} <= moved(RIVALS[name])


def test_one_more_object_puts_out_at_most_one_of_those_drawn() -> None:
    out = Counter[int]()
    for key in keys("one more", 200):
        before = {IDS[row] for row in engine(key, IDS, 8)}
        after = {[*IDS, "9"][row] for row in engine(key, [*IDS, "9"], 8)}
        assert after - before <= {"9"}
        out[len(before - after)] += 1
    assert set(out) == {0, 1}


def test_a_register_is_drawn_from_by_its_rows_not_by_the_order_they_came_in() -> None:
    rows: list[ObjectRow] = register(tuple(IDS))
    assert select(exactly(8, 3), rows[::-1], Suite(), KEY, KEY) == select(exactly(8, 3), rows, Suite(), KEY, KEY)
