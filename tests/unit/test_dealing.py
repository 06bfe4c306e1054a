"""Who goes where: least loaded first, nobody twice, repair when a cap blocks, and the reason when a seat stays empty (section 4)."""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

import pytest

from inspector.domain.dealing import Deal, Shortage, card, deal, substitute, visit_order
from inspector.domain.frame import ELIGIBLE, Ban, Frame, InspectorRow, ObjectRow
from inspector.domain.suite import Suite
from tests.bundles import QUAL, barred, person, random_frame, thing, tight_frame
from tests.dealer import PlainDealer, may_sit, most_filled

KEY = "0123456789abcdef" * 2


def dealt(objects: list[ObjectRow], staff: list[InspectorRow], bans: list[Ban] | None = None, team: int = 2) -> Deal:
    return deal(Suite(), KEY, team, objects, staff, bans or [])


def of_frame(frame: Frame, team: int) -> Deal:
    drawn = [row for row in frame.objects if row.status == ELIGIBLE]
    return deal(Suite(), KEY, team, drawn, frame.inspectors, frame.bans)


def things(count: int, **changes: str) -> list[ObjectRow]:
    return [thing(f"o{k:03d}", **changes) for k in range(count)]


def instance(number: int) -> tuple[Frame, int]:
    """A frame and a size of teams: hopeless, tight or ample."""
    chance = random.Random(number)
    team = chance.choice([1, 2, 3])
    return (tight_frame(chance, team) if number % 2 else random_frame(chance, objects=40, staff=10)), team


@pytest.mark.parametrize("number", range(200))
def test_the_fast_form_deals_exactly_as_the_plain_one(number: int) -> None:
    frame, team = instance(number)
    fast, plain = of_frame(frame, team), PlainDealer(KEY, team, frame)
    assert dict(fast.teams) == plain.teams
    assert [(one.object, one.seat) for one in fast.shortages] == list(plain.halls)
    for one in fast.shortages:
        assert plain.halls[one.object, one.seat] == set(one.seats)


@pytest.mark.slow
def test_that_comparison_is_about_repairs_that_succeed_and_repairs_that_cannot() -> None:
    plain = [PlainDealer(KEY, team, frame) for frame, team in map(instance, range(200))]
    assert sum(held.shifts for held in plain) >= 30
    assert sum(len(held.halls) for held in plain) >= 1000


def test_visits_and_cards_are_hashes_that_anybody_can_make() -> None:
    order = [row.id for row in visit_order(Suite(), KEY, things(20))]
    assert order == sorted(order, key=lambda name: hashlib.sha256(f"{KEY}v\t{name}".encode()).hexdigest())
    assert card(Suite(), KEY, 10, "甲") == hashlib.sha256(f"{KEY}c\t10\t甲".encode()).hexdigest()


def test_equals_are_loaded_equally() -> None:
    loads = Counter(who for team in dealt(things(30), [person(f"Z{k}") for k in range(12)]).teams.values() for who in team)
    assert set(loads.values()) == {5}


def test_the_first_seat_holds_the_qualification_and_the_others_need_none() -> None:
    staff = [person("Z1", quals=(QUAL,)), person("Z2"), person("Z3"), person("Z4", quals=("other",))]
    teams = dealt(things(6, qual=QUAL), staff).teams
    assert {team[0] for team in teams.values()} == {"Z1"}
    assert None not in {team[1] for team in teams.values()}


def test_only_inspectors_of_the_pool_who_are_present_and_not_banned_are_dealt() -> None:
    staff = [person("Z1"), person("Z2", pools=("other",)), person("Z3", status="leave"), person("Z4"), person("Z5", cap=0)]
    told = dealt([thing("a"), thing("b")], staff, [barred("a", "Z4")])
    assert told.teams["a"] == ("Z1", None)
    assert set(told.teams["b"]) == {"Z1", "Z4"}


def test_an_inspector_in_several_pools_is_dealt_by_the_load_of_all_of_them() -> None:
    objects = [thing(f"a{k}", pool="A") for k in range(10)] + [thing(f"b{k}", pool="B") for k in range(10)]
    staff = [person("both", pools=("A", "B")), person("a", pools=("A",)), person("b", pools=("B",))]
    loads = Counter(who for team in dealt(objects, staff, team=1).teams.values() for who in team)
    assert sorted(loads.values()) == [6, 7, 7]


def test_a_cap_that_blocks_is_repaired_by_moving_somebody() -> None:
    objects = [thing("a", pool="A"), thing("b", pool="B")]
    staff = [person("both", pools=("A", "B"), cap=1), person("a", pools=("A",), cap=1)]
    for number in range(20):  # whatever the order of dealing, only one arrangement fills both seats
        told = deal(Suite(), f"{number:032d}", 1, objects, staff, [])
        assert told.teams == {"a": ("a",), "b": ("both",)}


def test_an_empty_register_of_inspectors_leaves_every_seat_empty_and_says_so() -> None:
    told = dealt([thing("a")], [])
    assert told.teams == {"a": (None, None)}
    assert told.shortages == tuple(Shortage(object="a", seat=seat, others=(), inspectors=()) for seat in (0, 1))


def test_one_person_is_no_team_and_counts_once_for_a_visit_however_high_the_cap() -> None:
    (short,) = dealt([thing("a")], [person("Z", cap=99)]).shortages
    assert (short.seat, short.seats, short.inspectors, short.capacity) == (1, (("a", 1), ("a", 0)), ("Z",), 1)


def test_each_empty_seat_is_explained_by_itself_and_the_seats_that_are_held_not_by_the_other_empty_ones() -> None:
    told = dealt(things(5), [person("Z1", cap=3), person("Z2", cap=3)])
    empty = {(one.object, one.seat) for one in told.shortages}
    assert len(empty) == 4
    assert {(len(one.seats), one.inspectors, one.capacity) for one in told.shortages} == {(7, ("Z1", "Z2"), 6)}
    assert all(empty & {*one.seats} == {(one.object, one.seat)} for one in told.shortages)


def test_a_seat_missing_for_its_own_reason_is_explained_on_its_own() -> None:
    objects = [thing("a", pool="A"), thing("b", pool="B", qual=QUAL)]
    told = dealt(objects, [person("Z1", pools=("A",)), person("Z2", pools=("B",)), person("Z3", pools=("B",))])
    assert {(one.object, one.seats, one.inspectors) for one in told.shortages} == {
        ("a", (("a", 1), ("a", 0)), ("Z1",)),
        ("b", (("b", 0),), ()),
    }


def violated(frame: Frame, seats: Iterable[tuple[str, int]]) -> bool:
    """Hall's condition by counting: these seats are more than the inspectors who may sit there can take."""
    held, rows = list(seats), {row.id: row for row in frame.objects}
    bans = {(ban.object, ban.inspector) for ban in frame.bans}
    capacity = 0
    for row in frame.inspectors:
        visits = {name for name, seat in held if may_sit(row, rows[name], seat, bans)}
        capacity += min(len(visits), row.cap)
    return capacity < len(held)


@pytest.mark.parametrize("number", range(60))
def test_a_hall_set_is_violated_and_no_smaller_one_within_it_is(number: int) -> None:
    frame = random_frame(random.Random(number), objects=12, staff=6)
    for one in of_frame(frame, 2).shortages:
        assert one.capacity == len(one.seats) - 1 == most_filled(frame, one.seats)
        assert violated(frame, one.seats)
        for left in one.seats:
            fewer = [seat for seat in one.seats if seat != left]
            assert len(fewer) == most_filled(frame, fewer), "every part of it can be filled"


def put_in(
    out: tuple[str, ...], loads: dict[str, int], staff: list[InspectorRow], seat: int = 1, team: tuple[str, ...] = ("Z1",)
) -> str | None:
    return substitute(Suite(), KEY, thing("a", qual=QUAL), seat, team, out, loads, staff, [barred("a", "Z2"), barred("b", "Z3")])


def test_a_substitute_is_the_least_loaded_of_those_allowed_and_never_somebody_who_was_out_before() -> None:
    staff = [person(f"Z{k}") for k in range(1, 7)]
    assert put_in(("Z6",), {"Z3": 2, "Z4": 1, "Z5": 2}, staff) == "Z4"
    assert put_in(("Z6", "Z4"), {"Z3": 2, "Z4": 1, "Z5": 3}, staff) == "Z3"
    first = min(("Z3", "Z5"), key=lambda name: card(Suite(), KEY, 2, name))
    assert put_in(("Z6", "Z4"), {"Z3": 2, "Z5": 2}, staff) == first


def test_a_substitute_has_room_the_pool_and_for_the_first_seat_the_qualification() -> None:
    staff = [person("Z3", cap=1), person("Z4", pools=("other",)), person("Z5", status="leave"), person("Z6")]
    assert put_in((), {"Z3": 1, "Z6": 9}, staff) == "Z6"
    assert put_in((), {}, staff, seat=0) is None
    assert put_in((), {"Z7": 5}, [*staff, person("Z7", quals=(QUAL,))], seat=0) == "Z7"
    assert put_in(("Z3", "Z6"), {}, staff) is None


def test_dealing_does_not_depend_on_the_order_of_the_registers() -> None:
    frame = random_frame(random.Random(5), objects=40, staff=10)
    straight = of_frame(frame, 2)
    turned = replace(frame, objects=frame.objects[::-1], inspectors=frame.inspectors[::-1], bans=frame.bans[::-1])
    assert of_frame(turned, 2) == straight
