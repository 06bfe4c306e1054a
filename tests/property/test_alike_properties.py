"""Whoever committed and whoever did not stand in strata of one level and one share: no bound of the whole register tells them apart."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.quota import Count, quota
from inspector.domain.sampling import Bounds
from inspector.policybook import Policybook
from tests.packs import POLICIES
from tests.property.test_quota_properties import unhurried
from tests.unit.test_quota import CEILING, FLOOR, ORDER, SMALL, STAFF, drawn, row

STEPS = 4
"""Small register, floor, ceiling, officers: each may leave one object that does not divide."""


@unhurried
@given(
    st.integers(0, 300),
    st.integers(0, 3000),
    st.fractions(min_value=Fraction(1, 100), max_value=Fraction(99, 100), max_denominator=100),
    st.integers(0, 6),
    st.integers(0, 60),
    st.sets(st.sampled_from(["floor", "ceiling", "staff", "sizes"])),
)
def test_as_many_of_either_route_are_drawn_where_as_many_stand_there(
    n: int, others: int, ratio: Fraction, minimum: int, officers: int, bounds: set[str]
) -> None:
    rows = [row("high-D", str(ratio), minimum), row("pool-D", str(ratio), minimum), row("pool-A", "1/100", 1)]
    counts = {"high-D": Count(rows=n, able=n), "pool-D": Count(rows=n, able=n), "pool-A": Count(rows=others, able=others)}
    held = {"floor": FLOOR, "ceiling": CEILING, "staff": STAFF, "sizes": (SMALL,)}
    told = drawn(quota(rows, Bounds(order=ORDER, **{name: held[name] for name in bounds}), counts, officers=officers))  # type: ignore[arg-type]
    assert 0 <= told["pool-D"] - told["high-D"] <= STEPS, "what does not divide falls on nobody for having committed"


@unhurried
@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 40))
def test_each_route_is_met_by_how_many_stand_there(n: int, more: int, officers: int) -> None:
    rows = [row("high-D", "1/2"), row("pool-D", "1/2")]
    counts = {"high-D": Count(rows=n, able=n), "pool-D": Count(rows=more, able=more)}
    told = drawn(quota(rows, Bounds(order=ORDER, ceiling=CEILING, staff=STAFF), counts, officers=officers))
    share = Fraction(sum(told.values()), n + more)
    assert all(abs(told[code] - share * count.able) <= STEPS for code, count in counts.items())


@pytest.mark.parametrize("label", ["maoji@2026.1", "demo@1"])
@pytest.mark.parametrize("level", ["A", "B", "U", "C", "D"])
def test_the_ceiling_of_a_shipped_pack_meets_committers_and_others_of_a_level_alike(label: str, level: str) -> None:
    pack = Policybook.load(POLICIES).get(label)
    counts = {stratum: Count(rows=1000, able=1000) for stratum in (f"high-{level}", f"normal-{level}", f"pool-{level}")}
    told = drawn(quota(pack.samplings, pack.bounds, counts, officers=10_000))
    assert len(set(told.values())) == 1, told


def test_what_the_floor_adds_to_a_level_does_not_go_by_a_stratum_s_name() -> None:
    rows = [row("high-D", "1/100"), row("pool-D", "1/100")]
    counts = {code: Count(rows=1000, able=1000) for code in ("high-D", "pool-D")}
    told = quota(rows, Bounds(order=ORDER, floor=FLOOR), counts, officers=10_000)
    assert drawn(told) == {"high-D": 30, "pool-D": 30}
