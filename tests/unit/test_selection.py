"""How many objects are drawn and which: exact rounding, bounds, reserves and limits (scenarios 17 and 18; ruling 5)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import pytest

from inspector.domain.commitment import Share
from inspector.domain.errors import Invalid
from inspector.domain.selection import Stratum, quotas, select, ticket
from inspector.domain.suite import Suite
from tests.bundles import rules, thing

KEY, START = "0123456789abcdef" * 2, "fedcba9876543210" * 2


def drawn(count: int, share: Share, *, excluded: int = 0, **changes: Any) -> Stratum:
    """Stratum A of that many rows, the first of them excluded."""
    rows = [thing(f"o{k:04d}", status="cap" if k < excluded else "1") for k in range(count)]
    return select(rules({"A": share}, **changes), rows, Suite(), KEY, START)["A"]


def by_hand(names: list[str]) -> list[str]:
    """The order that anybody can make with a hash command and a sort."""
    return sorted(names, key=lambda name: (hashlib.sha256((KEY + name).encode()).hexdigest(), name.encode()))


@pytest.mark.parametrize(
    ("rows", "ppm", "expected"),
    [(100, 70_000, 7), (25, 280_000, 7), (340, 30_000, 11), (1, 1, 1), (10, 100_000, 1), (11, 100_000, 2), (1_000_000, 1, 1)],
)
def test_seven_percent_of_a_hundred_is_seven(rows: int, ppm: int, expected: int) -> None:
    assert quotas(rules(ppm), {"A": (rows, rows)}, Suite(), START) == {"A": (expected, expected)}


def test_nothing_is_drawn_from_nothing_and_that_is_no_error() -> None:
    none = drawn(0, Share(ppm=500_000, least=1))
    assert (none.n, none.eligible, none.wanted, none.k, none.selected, none.reserve, none.limit) == (0, 0, 1, 0, (), (), None)


def test_a_minimum_above_the_register_draws_all_and_says_what_was_wanted() -> None:
    few = drawn(3, Share(ppm=0, least=5))
    assert (few.wanted, few.k, sorted(few.selected)) == (5, 3, ["o0000", "o0001", "o0002"])


def test_a_ratio_of_a_hundred_percent_is_full_coverage() -> None:
    every = drawn(40, Share(ppm=1_000_000))
    assert (every.k, every.eligible, len(set(every.selected))) == (40, 40, 40)


def test_without_a_quota_nobody_is_selected_there_is_no_limit_and_reserves_stand_in_order() -> None:
    none = drawn(9, Share(ppm=0), reserve=2)
    order = by_hand([f"o{k:04d}" for k in range(9)])
    assert (none.k, none.selected, none.limit, list(none.reserve)) == (0, (), None, order[:2])


def test_the_smallest_tickets_are_drawn_the_next_are_the_reserve_and_the_limit_is_the_last_one_drawn() -> None:
    held = drawn(3000, Share(ppm=100_000), reserve=7)
    order = by_hand([f"o{k:04d}" for k in range(3000)])
    assert (list(held.selected), list(held.reserve)) == (order[:300], order[300:307])
    assert held.limit == ticket(Suite(), KEY, order[299]) == hashlib.sha256((KEY + order[299]).encode()).hexdigest()


def test_a_large_list_with_a_small_quota_forgets_no_winner() -> None:
    held = drawn(9000, Share(ppm=0, least=3), reserve=1)
    assert [*held.selected, *held.reserve] == by_hand([f"o{k:04d}" for k in range(9000)])[:4]


def test_a_reserve_longer_than_the_list_is_the_rest_of_the_list() -> None:
    held = drawn(4, Share(ppm=500_000), reserve=9)
    assert (len(held.selected), len(held.reserve)) == (2, 2)


def test_excluding_objects_does_not_shrink_the_quota_unless_the_base_is_the_eligible() -> None:
    assert drawn(100, Share(ppm=100_000), excluded=50).k == 10
    assert drawn(100, Share(ppm=100_000), excluded=50, base="eligible").k == 5
    assert drawn(100, Share(ppm=100_000), excluded=95).k == 5


def test_excluded_objects_are_counted_and_never_drawn() -> None:
    held = drawn(10, Share(ppm=1_000_000), excluded=4, reserve=5)
    assert (held.n, held.eligible, sorted(held.selected)) == (10, 6, [f"o{k:04d}" for k in range(4, 10)])


def test_a_declared_stratum_may_have_no_rows_and_an_undeclared_one_is_refused() -> None:
    declared = {"A": Share(ppm=500_000), "empty": Share(ppm=500_000)}
    held = select(rules(declared, reserve=3), [thing("a")], Suite(), KEY, START)
    assert held["empty"] == Stratum(n=0, eligible=0, wanted=0, k=0, selected=(), reserve=(), limit=None)
    with pytest.raises(Invalid, match=r"draw_stratum_undeclared\(row='a', stratum='C'"):
        select(rules(declared), [thing("a", stratum="C")], Suite(), KEY, START)


def test_a_status_outside_the_declared_codes_is_refused_and_without_codes_any_excludes() -> None:
    rows = [thing("a"), thing("b", status="on-holiday")]
    assert select(rules(), rows, Suite(), KEY, START)["A"].selected == ("a",)
    with pytest.raises(Invalid, match=r"draw_code_undeclared\(row='b', status='on-holiday'"):
        select(rules(codes=frozenset({"cap"})), rows, Suite(), KEY, START)


SHARES = {"S3": 1_000_000, "S2": 50_000, "S10": 600_000, "S1": 30_000, "S0": 210_000}


def systematic(start: str, counts: Mapping[str, int]) -> dict[str, int]:
    shares = {code: Share(ppm=ppm) for code, ppm in SHARES.items()}
    told = quotas(rules(shares, rounding="systematic"), {code: (n, n) for code, n in counts.items()}, Suite(), start)
    return {code: k for code, (_, k) in told.items()}


def test_systematic_rounding_gives_the_floor_or_the_ceiling_and_the_right_total_on_every_start() -> None:
    counts = {"S0": 1, "S1": 1, "S10": 1, "S2": 41, "S3": 1}
    targets = {code: counts[code] * ppm / 1_000_000 for code, ppm in SHARES.items()}
    for number in range(300):
        told = systematic(hashlib.sha256(str(number).encode()).hexdigest()[:32], counts)
        assert all(int(targets[code]) <= k <= int(targets[code]) + 1 for code, k in told.items())
        assert sum(told.values()) in {3, 4}, sum(targets.values())


def test_systematic_rounding_runs_through_the_strata_in_byte_order_whatever_order_they_are_declared_in() -> None:
    for number in range(20):
        start = f"{number:032d}"
        u = int(hashlib.sha256(start.encode()).hexdigest()[:12], 16) % 1_000_000
        total, expected = 0, {}
        for code in ("S0", "S1", "S10", "S2", "S3"):
            before, total = total, total + 7 * SHARES[code]
            expected[code] = (total + u) // 1_000_000 - (before + u) // 1_000_000
        assert systematic(start, dict.fromkeys(SHARES, 7)) == expected
