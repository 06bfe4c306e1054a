"""What holds of the quota whatever the numbers are."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.domain.commitment import Rules
from inspector.domain.quota import Count, quota
from inspector.domain.sampling import MUST, Bounds, MinimumRow, SamplingRow, Window
from inspector.domain.selection import quotas
from inspector.domain.suite import Suite
from tests.unit.test_quota import CEILING, FLOOR, ORDER, SMALL, STAFF, one, row

unhurried = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
"""A busy machine draws the numbers slowly; that says nothing about them."""

RATIOS = st.fractions(min_value=Fraction(1, 1000), max_value=1, max_denominator=1000)
SOME = st.integers(0, 400)
UNFINISHED = st.sets(st.sampled_from([Window.MONTH, Window.QUARTER, Window.YEAR]))


@st.composite
def strata(draw: st.DrawFn) -> tuple[list[SamplingRow], dict[str, Count]]:
    rows, counts = [], {}
    for stratum in draw(st.lists(st.sampled_from(["pool-A", "n-A", "n-B", "n-C", "n-D", "h-D", MUST]), unique=True, min_size=1)):
        n = draw(SOME)
        able = draw(st.integers(0, n))
        before = draw(st.integers(0, 50))
        rolling = draw(st.booleans()) and stratum != MUST and not stratum.startswith("pool")
        per = draw(st.sampled_from(Window)) if not rolling else draw(st.sampled_from([Window.MONTH, Window.QUARTER]))
        ratio = Fraction(1) if stratum == MUST else draw(RATIOS)
        rows.append(row(stratum, str(ratio), draw(st.integers(0, 6)), rolling=rolling, per=per, key=draw(st.booleans())))
        counts[stratum] = Count(
            rows=n, able=able, drawn=before, year_drawn=before + draw(st.integers(0, 50)), year_rows=n + before
        )
    return rows, counts


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    return Bounds(
        order=ORDER,
        floor=draw(st.none() | st.just(FLOOR)),
        ceiling=draw(st.none() | st.just(CEILING)),
        staff=draw(st.none() | st.just(STAFF)),
        sizes=draw(st.sampled_from([(), (SMALL,)])),
    )


@unhurried
@given(strata(), bounds(), st.integers(0, 60), st.integers(0, 200), UNFINISHED)
@pytest.mark.slow
def test_never_above_n_never_below_what_must_be_drawn(
    held: tuple[list[SamplingRow], dict[str, Count]], limits: Bounds, officers: int, staffed: int, open_ones: set[Window]
) -> None:
    rows, counts = held
    told = quota(rows, limits, counts, officers=officers, staff_drawn=staffed, unfinished=open_ones)
    due = [one for one in rows if not (one.rolling and one.per in open_ones and not one.whole)]
    for one_row in rows:
        size, count = told.sizes[one_row.stratum], counts[one_row.stratum]
        assert 0 <= size.k <= count.able <= count.rows
        assert size.wanted <= count.rows
        if one_row.whole:
            assert size.k == count.able
        elif one_row in due:
            before = 0 if one_row.per is Window.DRAW else count.drawn
            left = max(0, count.rows - before) if one_row.register else count.rows  # who was drawn stands in a register still
            assert size.k >= min(count.able, left, max(0, one_row.minimum - before))
    n, before = sum(counts[r.stratum].of_year for r in due), sum(counts[r.stratum].year_drawn for r in due)
    floored = ceil(limits.floor.ratio * n) if limits.floor else 0
    asked = max([floored, *(rule.asked(n) or 0 for rule in limits.sizes)]) - before
    assert sum(told.sizes[r.stratum].k for r in due) >= min(asked, sum(counts[r.stratum].able for r in due))


@st.composite
def parts(draw: st.DrawFn) -> tuple[list[SamplingRow], dict[str, Count]]:
    """Two strata of which an item is drawn apart, at one level or both, with numbers owed of it; some of them in the frame."""
    per = draw(st.sampled_from([Window.QUARTER, Window.YEAR, Window.DRAW]))
    rolling = draw(st.booleans()) and per is not Window.DRAW
    levels = draw(st.lists(st.sampled_from([frozenset("CD"), frozenset("D")]), max_size=2))
    owed = [
        MinimumRow(row=f"least-{n}", items=("x",), levels=some, least=draw(st.integers(1, 9)), per=per, basis="P:2.3")
        for n, some in enumerate(levels)
    ]
    rows = []
    for level in "CD":
        whole = row(f"n-{level}", str(draw(RATIOS)), draw(st.integers(0, 6)), rolling=rolling, per=per)
        about = tuple(one for one in owed if one.about("x", level))
        whole = replace(whole, level=level, shared=bool(about), most=draw(st.none() | st.just(Fraction(1, 50))))
        rows.append(whole)
        if about:
            rows.append(replace(whole, stratum=f"n-{level}/x", part_of=whole.stratum, item="x", owed=about))
    counts = {}
    for one_row in draw(st.lists(st.sampled_from(rows), unique=True, min_size=1)):
        n, before = draw(st.integers(0, 40)), 0 if per is Window.DRAW else draw(st.integers(0, 6))
        more = 0 if per is Window.YEAR else draw(st.integers(0, 6))
        counts[one_row.stratum] = Count(
            rows=n, able=draw(st.integers(0, n)), drawn=before, year_drawn=before + more, year_rows=n + before
        )
    return [one_row for one_row in rows if one_row.stratum in counts], counts


@pytest.mark.slow
@unhurried
@given(parts(), bounds(), st.integers(0, 9), st.integers(0, 9), st.sampled_from([set[Window](), {Window.QUARTER}, {Window.YEAR}]))
def test_what_is_owed_of_an_item_and_of_a_stratum_with_its_parts_is_drawn_whatever_would_cut_it(
    held: tuple[list[SamplingRow], dict[str, Count]], limits: Bounds, officers: int, staffed: int, open_ones: set[Window]
) -> None:
    rows, counts = held
    told = quota(rows, limits, counts, officers=officers, staff_drawn=staffed, unfinished=open_ones)
    due = [held_row for held_row in rows if held_row.whole or not (held_row.rolling and held_row.per in open_ones)]

    def met(some: list[SamplingRow], least: int, spent: list[int]) -> bool:
        """What lacks is owed of all who stand there: they are cases, and those drawn before have left them."""
        codes = [held_row.stratum for held_row in some]
        asked = max(0, min(least - sum(spent), sum(counts[code].rows for code in codes)))
        return sum(told.sizes[code].k for code in codes) >= min(asked, sum(counts[code].able for code in codes))

    assert all(0 <= told.sizes[held_row.stratum].k <= counts[held_row.stratum].able for held_row in rows)
    for owed in {owed for held_row in due for owed in held_row.owed}:
        some = [held_row for held_row in due if owed in held_row.owed]
        spent = [0 if held_row.per is Window.DRAW else counts[held_row.stratum].drawn for held_row in some]
        assert met(some, owed.least, spent)
    for family in {held_row.family for held_row in due}:
        some = [held_row for held_row in due if held_row.family == family]
        spent = [0 if held_row.per is Window.DRAW else counts[held_row.stratum].drawn for held_row in some]
        assert met(some, some[0].minimum, spent)


@unhurried
@given(strata(), bounds(), st.integers(0, 60), UNFINISHED, st.data())
@pytest.mark.slow
def test_a_higher_ratio_never_draws_fewer_of_its_stratum_nor_in_all(
    held: tuple[list[SamplingRow], dict[str, Count]], limits: Bounds, officers: int, open_ones: set[Window], data: st.DataObject
) -> None:
    rows, counts = held
    place = data.draw(st.integers(0, len(rows) - 1))
    lower = rows[place]
    higher = replace(lower, ratio=data.draw(st.fractions(lower.ratio, max(lower.ratio, Fraction(999, 1000)))))
    more = [*rows[:place], higher, *rows[place + 1 :]]
    before, after = (quota(some, limits, counts, officers=officers, unfinished=open_ones) for some in (rows, more))
    assert after.sizes[lower.stratum].k >= before.sizes[lower.stratum].k
    assert after.total >= before.total


@unhurried
@given(strata(), bounds(), st.integers(0, 60), st.randoms())
@pytest.mark.slow
def test_the_order_of_the_rows_says_nothing(
    held: tuple[list[SamplingRow], dict[str, Count]], limits: Bounds, officers: int, chance: object
) -> None:
    rows, counts = held
    turned = dict(reversed(counts.items()))
    assert quota(rows, limits, counts, officers=officers) == quota(rows[::-1], limits, turned, officers=officers)


@unhurried
@given(strata(), bounds(), st.integers(0, 60), UNFINISHED)
@pytest.mark.slow
def test_the_committed_rules_give_every_verifier_the_same_numbers(
    held: tuple[list[SamplingRow], dict[str, Count]], limits: Bounds, officers: int, open_ones: set[Window]
) -> None:
    rows, counts = held
    told = quota(rows, limits, counts, officers=officers, unfinished=open_ones)
    shares = {code: size.share for code, size in told.sizes.items()}
    rules = Rules(base="all", rounding="ceil", reserve=0, team=2, strata=shares)
    sizes = quotas(rules, {code: (count.rows, count.able) for code, count in counts.items()}, Suite(), "0" * 32)
    assert {code: k for code, (_, k) in sizes.items()} == {code: size.k for code, size in told.sizes.items()}


@given(RATIOS, SOME, st.integers(0, 9))
def test_a_stratum_alone_is_the_handbook_s_formula(ratio: Fraction, n: int, minimum: int) -> None:
    assert one(n, row("A", str(ratio), minimum)).k == min(n, max(minimum, ceil(ratio * n)))
    assert floor(ratio * n) <= one(n, row("A", str(ratio))).k
