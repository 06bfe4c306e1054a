"""The probability over a draw and its extension, against every way the two can fall out."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import combinations, permutations

import pytest

from inspector.domain.frame import Frame, freeze
from inspector.domain.inclusion import Turn, joint
from inspector.domain.selection import Stratum
from tests.bundles import thing

NAMES = ("a", "b", "c", "d", "e", "f")


def frame(status: Mapping[str, str]) -> Frame:
    return freeze([thing(name, status=status.get(name, "1")) for name in NAMES], [], [])


def stratum(held: Frame, selected: tuple[str, ...]) -> Stratum:
    able = sum(row.status == "1" for row in held.objects)
    return Stratum(
        n=len(held.objects), eligible=able, k=len(selected), wanted=len(selected), selected=selected, reserve=(), limit=None
    )


def test_the_stated_probability_is_the_share_of_all_outcomes_in_which_an_object_is_drawn() -> None:
    first = frame({"e": "cap", "f": "cap"})
    counts = dict.fromkeys(NAMES, Fraction(0))
    told = set()
    ways = [(one, (other,)) for one in combinations("abcd", 2) for other in sorted({*"abcde"} - {*one})]
    for one, other in ways:
        second = frame({**dict.fromkeys(one, "drawn"), "f": "cap"})  # e may be visited again
        turns = [
            Turn(draw="1", frame=first, strata={"A": stratum(first, one)}, taken=frozenset()),
            Turn(draw="2", frame=second, strata={"A": stratum(second, other)}, taken=frozenset(one)),
        ]
        told.add(joint(turns))
        for name in (*one, *other):
            counts[name] += Fraction(1, len(ways))
    (rows,) = told
    by = {tuple(name for name, _, _ in one.turns): (one.objects, one.probability) for one in rows}
    assert by == {("1", "2"): (4, counts["a"]), ("2",): (1, counts["e"]), (): (1, counts["f"])}
    assert counts["a"] == counts["d"] == 1 - Fraction(2, 4) * Fraction(2, 3)
    assert sum(counts.values()) == 3, "three are drawn, however it falls out"


def test_who_is_barred_meanwhile_could_be_drawn_by_the_first_draw_alone() -> None:
    first, second = frame({}), frame({"a": "drawn", "f": "open"})
    turns = [
        Turn(draw="1", frame=first, strata={"A": stratum(first, ("a",))}, taken=frozenset()),
        Turn(draw="2", frame=second, strata={"A": stratum(second, ("b",))}, taken=frozenset({"a"})),
    ]
    told = {one.turns: (one.objects, one.probability) for one in joint(turns)}
    assert told == {(("1", 1, 6),): (1, Fraction(1, 6)), (("1", 1, 6), ("2", 1, 4)): (5, 1 - Fraction(5, 6) * Fraction(3, 4))}


def test_over_three_draws_of_one_frame_everybody_alike_has_the_share_that_is_drawn_in_all() -> None:
    turns: list[Turn] = []
    taken: tuple[str, ...] = ()
    for number, selected in enumerate((("a", "b"), ("c",), ("d", "e")), 1):
        held = frame(dict.fromkeys(taken, "drawn"))
        turns.append(Turn(draw=str(number), frame=held, strata={"A": stratum(held, selected)}, taken=frozenset(taken)))
        taken = (*taken, *selected)
    (one,) = joint(turns)
    assert (one.objects, one.probability) == (6, Fraction(5, 6))
    assert one.turns == (("1", 2, 6), ("2", 1, 4), ("3", 2, 3))


def test_an_object_that_none_of_them_could_draw_and_a_code_of_another_draw_count_for_nothing() -> None:
    first = frame({"a": "cap", "b": "cap"})
    second = frame({"a": "cap", "b": "drawn", "c": "drawn"})
    turns = [
        Turn(draw="1", frame=first, strata={"A": stratum(first, ("c",))}, taken=frozenset()),
        Turn(draw="2", frame=second, strata={"A": stratum(second, ("d",))}, taken=frozenset({"c"})),
    ]
    told = {one.turns: (one.objects, one.probability) for one in joint(turns)}
    assert told[()] == (2, Fraction(0)), "b was drawn by another draw of the period, and could not be by these"
    assert told[("1", 1, 4), ("2", 1, 3)] == (4, Fraction(1, 2))


def test_one_replaced_from_the_reserve_and_then_an_extension_draws_ten_of_twenty() -> None:
    names = [f"n{number:02d}" for number in range(20)]
    first = freeze([thing(name) for name in names], [], [])
    gone = names[:6]  # five were drawn, the sixth came in
    second = freeze([thing(name, status="drawn" if name in gone else "1") for name in names], [], [])
    turns = [
        Turn(draw="1", frame=first, strata={"A": stratum(first, (*names[:5],))}, taken=frozenset(), came={names[5]}),
        Turn(draw="2", frame=second, strata={"A": stratum(second, (*names[6:11],))}, taken={*gone}),
    ]
    (one,) = joint(turns)
    assert (one.objects, one.turns, one.probability) == (20, (("1", 5, 20), ("2", 5, 14)), Fraction(1, 2))


@pytest.mark.parametrize(
    ("sizes", "came", "late"),
    [
        ((2, 1), (1,), ""),
        ((1, 2), (2,), ""),
        ((1, 1), (1,), "f"),
        ((2, 1), (1,), "ef"),
        ((1, 1, 1), (1, 1), ""),
        ((1, 1, 1), (0, 1), "f"),
    ],
)
def test_with_reserves_too_the_stated_probability_is_the_share_of_all_outcomes(
    sizes: tuple[int, ...], came: tuple[int, ...], late: str
) -> None:
    """All orders of the tickets, of each draw anew; who comes in is the next of the newest draw. `late` could not be drawn first."""
    counts, ways, told = dict.fromkeys(NAMES, Fraction(0)), 0, set()
    for outcome in _outcomes(sizes, came, late):
        ways += 1
        told.add(joint(outcome))
        for turn in outcome:
            for name in turn.strata["A"].selected:
                counts[name] += 1
    (rows,) = told
    by = {tuple(name for name, _, _ in one.turns): one for one in rows}
    every = tuple(str(number) for number in range(1, len(sizes) + 1))
    assert {by[every].probability} == {counts[name] / ways for name in NAMES if name not in late}
    assert {one.probability for turns, one in by.items() if turns == every[1:]} == {counts[name] / ways for name in late}
    assert sum(one.objects * one.probability for one in rows) == sum(sizes), "so many are drawn, however it falls out"


def _outcomes(sizes: tuple[int, ...], came: tuple[int, ...], late: str) -> list[list[Turn]]:
    found: list[list[Turn]] = [[]]
    for place, size in enumerate(sizes):
        following = []
        for before in found:
            taken = frozenset(name for one in before for name in (*one.strata["A"].selected, *one.came))
            held = frame(dict.fromkeys(taken, "drawn") | dict.fromkeys(late if not place else "", "cap"))
            able = [row.id for row in held.objects if row.status == "1"]
            reserve = came[place] if place < len(came) else 0
            for order in permutations(able, size + reserve):
                drawn = stratum(held, order[:size])
                one = Turn(draw=str(place + 1), frame=held, strata={"A": drawn}, taken=taken, came=frozenset(order[size:]))
                following.append([*before, one])
        found = following
    return found
