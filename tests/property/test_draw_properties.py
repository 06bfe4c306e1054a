"""What holds for every draw: order says nothing, ratios nest, removals touch nobody else, seats are as full as they can be."""

from __future__ import annotations

import random
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.commitment import Listing, Rules, Share
from inspector.domain.dealing import Deal, deal
from inspector.domain.draw import carry_out
from inspector.domain.frame import ELIGIBLE, Frame, InspectorRow, ObjectRow, content, freeze, lines, read
from inspector.domain.selection import select
from inspector.domain.suite import Suite, included, path, root
from tests.bundles import barred, committed, person, reveal, rules, thing
from tests.dealer import may_sit, most_filled

NAMES = st.text(st.characters(codec="utf-8", categories=("L", "N", "So")), min_size=1, max_size=6).filter(
    lambda name: unicodedata.is_normalized("NFC", name)
)
KEYS = st.text("0123456789abcdef", min_size=32, max_size=32)
POOLS, QUALS = ("P0", "P1", "P2"), ("Q0", "Q1")
unhurried = settings(deadline=None, max_examples=60)


@st.composite
def registers(draw: st.DrawFn) -> list[ObjectRow]:
    """Objects of two strata, some excluded."""
    names = draw(st.lists(NAMES, unique=True, max_size=25))
    strata, codes = st.sampled_from("AB"), st.sampled_from(["1", "1", "1", "cap"])
    return [thing(name, stratum=draw(strata), status=draw(codes)) for name in names]


@st.composite
def frames(draw: st.DrawFn) -> Frame:
    """A few visits and fewer inspectors, with bans, qualifications, caps and absences that often leave seats empty."""
    staff = [
        person(
            f"Z{k}",
            pools=tuple(draw(st.lists(st.sampled_from(POOLS), unique=True))),
            quals=tuple(draw(st.lists(st.sampled_from(QUALS), unique=True))),
            cap=draw(st.integers(0, 4)),
            status=draw(st.sampled_from(["1", "1", "1", "leave"])),
        )
        for k in range(draw(st.integers(0, 6)))
    ]
    pools, quals = st.sampled_from(POOLS), st.sampled_from(["", "", *QUALS])
    rows = [thing(f"o{k}", pool=draw(pools), qual=draw(quals)) for k in range(draw(st.integers(0, 7)))]
    pairs = (
        draw(st.sets(st.tuples(st.sampled_from([r.id for r in rows]), st.sampled_from([r.id for r in staff]))))
        if rows and staff
        else ()
    )
    return freeze(rows, staff, [barred(*pair) for pair in pairs])


@st.composite
def shares(draw: st.DrawFn) -> Rules:
    """Any rules for strata A and B."""
    share = st.builds(Share, ppm=st.integers(0, 1_000_000), least=st.integers(0, 30))
    return rules(
        {"A": draw(share), "B": draw(share)},
        base=draw(st.sampled_from(["all", "eligible"])),
        rounding=draw(st.sampled_from(["ceil", "systematic"])),
        reserve=draw(st.integers(0, 4)),
    )


def dealt(frame: Frame, key: str, team: int) -> Deal:
    return deal(Suite(), key, team, frame.objects, frame.inspectors, frame.bans)


@unhurried
@given(registers(), shares(), KEYS, st.randoms(use_true_random=False))
def test_the_order_of_the_register_says_nothing(rows: list[ObjectRow], held: Rules, key: str, chance: random.Random) -> None:
    shuffled = list(rows)
    chance.shuffle(shuffled)
    assert freeze(shuffled, [], []) == freeze(rows, [], [])
    assert select(held, shuffled, Suite(), key, key) == select(held, rows, Suite(), key, key)


@unhurried
@given(registers(), shares(), KEYS)
def test_quota_selection_reserve_and_limit_fit_together(rows: list[ObjectRow], held: Rules, key: str) -> None:
    able = {code: {row.id for row in rows if row.stratum == code and row.status == ELIGIBLE} for code in "AB"}
    for code, told in select(held, rows, Suite(), key, key).items():
        order = [*told.selected, *told.reserve]
        assert told.k == len(told.selected) == min(told.wanted, told.eligible)
        assert told.eligible == len(able[code]) <= told.n
        assert len(told.reserve) == min(held.reserve, told.eligible - told.k)
        assert len(set(order)) == len(order)
        assert {*order} <= able[code]
        tickets = {name: Suite().hex(key + name) for name in able[code]}
        if told.limit is not None:
            assert {name for name, ticket in tickets.items() if ticket <= told.limit} == {*told.selected}
        if held.rounding == "ceil":
            base = told.n if held.base == "all" else told.eligible
            assert told.wanted * 1_000_000 >= base * held.strata[code].ppm, "never below the legal ratio"


@unhurried
@given(registers(), KEYS, st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_a_higher_ratio_selects_a_superset(rows: list[ObjectRow], key: str, one: int, other: int) -> None:
    low, high = (
        select(rules({"A": Share(ppm=ppm), "B": Share(ppm=ppm)}), rows, Suite(), key, key) for ppm in sorted((one, other))
    )
    for code in "AB":
        assert low[code].selected == high[code].selected[: low[code].k]


@unhurried
@given(registers(), KEYS, st.integers(0, 12), st.data())
def test_removing_an_object_that_was_not_drawn_touches_nobody_else(
    rows: list[ObjectRow], key: str, count: int, data: st.DataObject
) -> None:
    held = rules({"A": Share(ppm=0, least=count), "B": Share(ppm=0, least=count)})
    before = select(held, rows, Suite(), key, key)
    drawn = {name for told in before.values() for name in told.selected}
    undrawn = [row for row in rows if row.id not in drawn]
    if undrawn:
        gone = data.draw(st.sampled_from(undrawn))
        after = select(held, [row for row in rows if row != gone], Suite(), key, key)
        assert {code: told.selected for code, told in after.items()} == {code: told.selected for code, told in before.items()}


@unhurried
@given(registers(), st.integers(0, 1_000_000), st.integers(0, 1_000_000))
def test_an_object_has_the_same_ticket_in_every_list_of_a_draw(rows: list[ObjectRow], one: int, other: int) -> None:
    frame = freeze([replace(row, stratum="A") for row in rows], [], [])
    named = {"one": frame, "other": frame}
    pairs = zip(named, (one, other), strict=True)
    made = committed([Listing(name=name, frame=frame, rules=rules(ppm), deals=False) for name, ppm in pairs])
    shorter, longer = sorted((held.selected for held in carry_out(made, named, [reveal("one")]).lists), key=len)
    assert shorter == longer[: len(shorter)]


@unhurried
@given(frames(), KEYS, st.integers(1, 3))
def test_a_team_is_distinct_allowed_qualified_in_its_first_seat_and_within_every_cap(frame: Frame, key: str, team: int) -> None:
    told = dealt(frame, key, team)
    staff, bans = {row.id: row for row in frame.inspectors}, {(ban.object, ban.inspector) for ban in frame.bans}
    visits = {row.id: row for row in frame.objects}
    assert told.teams.keys() == visits.keys()
    loads: Counter[str] = Counter()
    for name, seats in told.teams.items():
        seated = [who for who in seats if who is not None]
        assert len(seats) == team
        assert len(set(seated)) == len(seated)
        assert all(may_sit(staff[who], visits[name], seat, bans) for seat, who in enumerate(seats) if who is not None)
        loads.update(seated)
    assert all(load <= staff[who].cap for who, load in loads.items())


@unhurried
@given(frames(), KEYS, st.integers(1, 3))
def test_no_arrangement_fills_more_seats(frame: Frame, key: str, team: int) -> None:
    told = dealt(frame, key, team)
    filled = sum(who is not None for seats in told.teams.values() for who in seats)
    assert filled == most_filled(frame, [(row.id, seat) for row in frame.objects for seat in range(team)])


@unhurried
@given(frames(), KEYS, st.integers(1, 3))
def test_every_empty_seat_has_an_inclusion_minimal_hall_set(frame: Frame, key: str, team: int) -> None:
    told = dealt(frame, key, team)
    bans = {(ban.object, ban.inspector) for ban in frame.bans}
    visits = {row.id: row for row in frame.objects}
    empty = [(name, seat) for name, seats in told.teams.items() for seat, who in enumerate(seats) if who is None]
    assert [(one.object, one.seat) for one in told.shortages] == empty

    def able(name: str, seat: int) -> set[str]:
        return {row.id for row in frame.inspectors if may_sit(row, visits[name], seat, bans)}

    def capacity(seats: Sequence[tuple[str, int]]) -> int:
        """Of these seats: one of a visit for each person, and no more than the cap."""
        times = Counter(
            who for name in {name for name, _ in seats} for who in set().union(*(able(*one) for one in seats if one[0] == name))
        )
        return sum(min(times[row.id], row.cap) for row in frame.inspectors)

    for one in told.shortages:
        assert (one.object, one.seat) in one.seats
        assert one.capacity == capacity(one.seats) == len(one.seats) - 1, "it is violated"
        assert set().union(*(able(*seat) for seat in one.seats)) == {*one.inspectors}, "nobody else could help"
        if len(one.seats) <= 9:  # every one of its parts, by brute force
            parts = (part for size in range(len(one.seats)) for part in combinations(one.seats, size))
            assert all(capacity(part) >= len(part) for part in parts), "no part of it is violated"


@unhurried
@given(registers(), st.integers(0, 24))
def test_a_frozen_file_reads_back_and_every_row_proves_its_place(rows: list[ObjectRow], index: int) -> None:
    frame = freeze(rows, [], [])
    assert read(content(frame.objects), b"", b"") == frame
    held = list(lines(frame.objects))
    if index < len(held):
        assert included(Suite(), held[index], index, len(held), path(Suite(), held, index), root(Suite(), held))


def seeds(count: int) -> list[str]:
    """Keys of that many draws, the same ones every time."""
    return [Suite().hex(f"exchangeable {number}")[:32] for number in range(count)]


def test_equal_objects_are_drawn_equally_often() -> None:
    rows, draws = [thing(f"o{k:02d}") for k in range(20)], 1500
    counts = Counter(name for key in seeds(draws) for name in select(rules(200_000), rows, Suite(), key, key)["A"].selected)
    # df 19 after the factor for sampling without replacement; beyond 43.8 once in a thousand.
    expected = draws * 4 / 20
    assert sum((counts[row.id] - expected) ** 2 / expected for row in rows) * 19 / 16 < 43.8


def test_equal_inspectors_go_equally_often_wherever_there_is_something_to_choose() -> None:
    objects = [thing(f"o{k}") for k in range(3)]
    staff: list[InspectorRow] = [person(f"Z{k}") for k in range(8)]
    draws = 800
    pairs: Counter[tuple[str, str | None]] = Counter()
    for key in seeds(draws):
        told = deal(Suite(), key, 2, objects, staff, [])
        assert Counter(who for team in told.teams.values() for who in team).most_common(1)[0][1] == 1
        pairs.update((name, who) for name, team in told.teams.items() for who in team)
    # df 7 for one visit, two of eight seats each; beyond 24.3 once in a thousand, and three visits are looked at.
    expected = draws * 2 / 8
    for row in objects:
        assert sum((pairs[row.id, one.id] - expected) ** 2 / expected for one in staff) * 7 / 6 < 27.0
