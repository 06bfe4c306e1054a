"""Credit levels that are stated for a moment around a draw: each change is written down, counted and, put back, a matter of the head's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.identity import IdentityKind, pseudonym
from inspector.domain.margin import beside
from inspector.domain.plan import Draw
from inspector.domain.report import Report
from inspector.domain.restated import Brought, Restated, changed, turned
from inspector.flows import restating
from inspector.flows.draw import prepare
from inspector.flows.office import Office
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.store.credit import Statement
from inspector.store.store import Store
from tests.house import Hand, closing, settle
from tests.integration.test_draw_leaves import only_a_head_closes
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import carried_out, drawing
from tests.operator import Operator, on_both, one_database, settled, table

pytestmark = pytest.mark.alike

database_url = one_database


def code(number: int) -> str:
    return f"TEST{number:014d}"


def stated(office: Office, hand: Hand, levels: Mapping[int, str], by: str = "os:keeper") -> None:
    """Somebody states levels of firms, as of now."""
    hand.on(minutes=5)
    said = [Statement(code=code(number), level=level, as_of=hand(), source="import") for number, level in levels.items()]
    with office.store.begin() as tx:
        tx.credit.take_turn(alone=True)
        restating.note(office, tx, tx.credit.take(said), Brought(by=by, source="import", digest="0" * 64), hand())
    hand.on(minutes=5)


def derivation(office: Office, held: Draw) -> Any:
    with office.store.read() as tx:
        return json.loads(tx.draws.file(held.number, "commit.json"))["lists"][0]["derivation"]


def told(office: Office, number: str) -> Report:
    with office.store.read() as tx:
        return report(office, tx, number)


def matters(office: Office) -> list[Any]:
    with office.store.read() as tx:
        return [one for one in tx.attention.of_kind(restating.UNDONE) if one.open]


def drawn(office: Office, hand: Hand) -> Draw:
    """The plan's next draw, carried out a fortnight after the one before."""
    hand.on(days=14)
    with office.store.begin() as tx:
        held = prepare(office, tx, "weekly", hand().isoformat(), hand(), by="clerk")
    assert held is not None
    settle(office)
    return carried_out(office, hand, held.number)


@on_both
@pytest.mark.slow
def test_levels_stated_for_a_draw_and_back_behind_it_are_counted_committed_and_told_to_the_head(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    stated(office, hand, dict.fromkeys(range(1, 9), "D"))
    stated(office, hand, {1: "A", 2: "A"})
    held = announce(office, hand, "weekly")
    settle(office)
    assert derivation(office, held)["levels"] == {"since": None, "levels_changed": 10, "levels_back": 0}
    hand.on(minutes=5)
    stated(office, hand, {3: "A"})
    assert matters(office) == [], "a level that changes counts from then on, and nobody looks"
    stated(office, hand, {1: "D"}, by="os:other")
    (matter,) = matters(office)
    assert (matter.agency, matter.facts["draw"], matter.facts["count"]) == ("bureau", held.number, 1)
    assert matter.facts["by"] == ["os:keeper", "os:other"]
    carried_out(office, hand, held.number)
    made = told(office, held.number)
    assert made.levels is not None
    assert (made.levels.changed, made.levels.back) == (10, 1)
    assert "| 10 | 1 |" in markdown(tell(made, "en"))
    assert "抽取前后变动的信用等级" in markdown(tell(made, "zh-Hans"))
    hand.on(days=14)
    with store.begin() as tx:
        following = prepare(office, tx, "weekly", hand().isoformat(), hand(), by="clerk")
    settle(office)
    assert following is not None
    assert derivation(office, following)["levels"] == {"since": held.number, "levels_changed": 2, "levels_back": 1}


@pytest.mark.slow
def test_a_level_that_stood_in_two_frames_and_is_put_back_then_is_counted_as_changed_twice_and_told_where_the_first_is_open(
    store: Store, hand: Hand
) -> None:
    """What is said of it, and what is not: a level that holds over two draws is not told from one that has changed and changed again."""
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    stated(office, hand, {1: "D"})
    stated(office, hand, {1: "A"})
    first, second = drawn(office, hand), drawn(office, hand)
    stated(office, hand, {1: "D"}, by="os:other")
    assert [one.facts["draw"] for one in matters(office)] == [first.number], (
        "its visits are open, and the second has changed nothing"
    )
    third = drawn(office, hand)
    assert [derivation(office, one)["levels"]["levels_changed"] for one in (first, second, third)] == [2, 0, 1]
    assert [derivation(office, one)["levels"]["levels_back"] for one in (first, second, third)] == [0, 0, 0]
    made = [told(office, one.number).levels for one in (first, second)]
    assert [(one.changed, one.back) for one in made if one is not None] == [(2, 0), (0, 0)], "behind the next frame"


def test_a_head_without_a_hand_in_it_closes_the_matter_of_levels(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    stated(office, hand, {1: "D"})
    stated(office, hand, {1: "A"}, by="陈局长")
    held = announce(office, hand, "weekly")
    settle(office)
    stated(office, hand, {1: "D"}, by="os:other")
    only_a_head_closes(office, hand, f"{restating.UNDONE}:{held.number}:bureau", "陈局长", "os:other", "李科员")
    assert matters(office) == []


@pytest.mark.slow
def test_what_comes_behind_a_frame_within_the_hour_of_it_is_counted_once(store: Store, hand: Hand) -> None:
    """By seals and not by the hour: an entry has its hour from before it is written."""
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    held = announce(office, hand, "weekly")
    early = hand()
    settle(office)
    hand.on(minutes=5)
    with store.begin() as tx:
        said = [Statement(code=code(4), level="A", as_of=early - timedelta(hours=2), source="import")]
        restating.note(office, tx, tx.credit.take(said), Brought(by="os:keeper", source="import"), early - timedelta(hours=1))
    carried_out(office, hand, held.number)
    hand.on(days=14)
    with store.begin() as tx:
        following = prepare(office, tx, "weekly", hand().isoformat(), hand(), by="clerk")
    settle(office)
    assert following is not None
    assert [derivation(office, one)["levels"]["levels_changed"] for one in (held, following)] == [0, 1]


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def test_an_import_of_levels_writes_down_whose_level_changed_from_what_by_whom_and_by_which_file(operator: Operator) -> None:
    def imports(name: str, *rows: tuple[str, str, str]) -> None:
        file = operator.file(name, table(["code", "kind", "level", "as_of"], *([one, "FIRM", *rest] for one, *rest in rows)))
        assert operator.say("credit", "import", file).code == 0

    imports("a.csv", (code(1), "A", "2026-01-05"), (code(2), "B", "2026-01-05"))
    imports("a.csv", (code(1), "A", "2026-01-05"), (code(2), "B", "2026-01-05"))
    imports("b.csv", (code(1), "D", "2026-01-06"), (code(2), "B", "2026-01-06"))
    with closing(operator.store()) as store, store.read() as tx:
        rows = [json.loads(row["body"])["facts"] for row in tx.ledger.about(restating.ABOUT)]
    assert [(one["file"], one["changed"], len(one["levels"])) for one in rows] == [("a.csv", 2, 2), ("b.csv", 1, 1)]
    assert [one[1::2] for one in rows[1]["levels"]] == [["A", "D"]]
    assert code(1) not in json.dumps(rows)
    assert rows[1]["by"].startswith("os:")
    assert len(rows[1]["digest"]) == 64


def test_thousands_of_changed_levels_stand_in_entries_of_five_hundred(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    stated(office, hand, dict.fromkeys(range(1100), "A"))
    with store.read() as tx:
        rows = [json.loads(row["body"])["facts"] for row in tx.ledger.about(restating.ABOUT)]
    assert [(one["changed"], one["part"], len(one["levels"])) for one in rows] == [
        (1100, [1, 3], 500),
        (1100, [2, 3], 500),
        (1100, [3, 3], 100),
    ]
    who = pseudonym(office.secret, IdentityKind.USCC, code(1099))
    assert rows[2]["levels"][-1][0] == who


@on_both
def test_a_stale_level_that_is_stated_anew_with_the_same_letter_is_a_change_for_the_draw(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    stated(office, hand, {1: "A", 2: "A", 3: "A"})
    hand.on(days=30)
    stated(office, hand, {2: "A"})
    with store.read() as tx:
        assert len(tx.ledger.about(restating.ABOUT)) == 1, "what is confirmed while it counts is no change, and no entry"
    hand.on(days=30)  # the first one's statement and the third's are older than the pack takes them
    stated(office, hand, {1: "A", 2: "A", 3: "D"})
    held = announce(office, hand, "weekly")
    settle(office)
    assert derivation(office, held)["levels"]["levels_changed"] == 5, "three came, one is A again where it had become U, one D"
    with store.read() as tx:
        *_, last = (json.loads(row["body"])["facts"] for row in tx.ledger.about(restating.ABOUT))
    assert sorted(one[1::2] for one in last["levels"]) == [["A", "A"], ["A", "D"]]


def of(level: str | None, as_of: datetime | None, at: datetime) -> str:
    return level if level is not None and (as_of is None or at - as_of < timedelta(days=45)) else "U"


def one(who: str, old: str | None, new: str, day: int) -> Restated:
    at = datetime.fromisoformat(f"2026-01-{day:02}T00:00:00+08:00")
    return Restated(who=who, old=old, old_as_of=None, new=new, new_as_of=at, at=at)


def test_who_comes_back_is_who_stood_in_the_frame_with_another_level_than_before_it() -> None:
    before = [one("a", "D", "C", 1), one("a", "C", "A", 2), one("b", "D", "A", 1), one("c", "D", "A", 1), one("c", "A", "D", 2)]
    assert turned(before, [one("a", "A", "C", 5), one("b", "A", "B", 5), one("c", "D", "A", 5)], of) == {"a", "c"}
    assert turned(before, [one("a", "A", "D", 5), one("d", "A", "D", 5)], of) == {"a"}
    assert changed([one("a", None, "U", 1), one("b", None, "A", 1)], of) == [one("b", None, "A", 1)]
    told = one("a", "D", "C", 1)
    assert Restated.of(told.value(), told.at, "") == told
    stale = replace(told, old="C", old_as_of=told.at - timedelta(days=60))
    assert (changed([stale], of), changed([replace(stale, old_as_of=told.at - timedelta(days=9))], of)) == ([stale], [])
    assert turned([stale], [one("a", "C", "U", 5)], of) == {"a"}, "it stood as unrated before"


def test_a_frame_whose_classes_are_far_from_the_plan_is_told_though_its_sum_is_not() -> None:
    register, tenth = ("normal-A", "normal-D"), Fraction(1, 10)
    told_of = beside({"normal-A": 60, "normal-D": 40}, {"normal-A": 40, "normal-D": 60}, register, tenth, 1)
    assert (told_of.rows, told_of.planned_rows, told_of.off) == (100, 100, True)
    assert told_of.strata == {"normal-A": (60, 40), "normal-D": (40, 60)}
    near = beside({"normal-A": 42, "normal-D": 58}, {"normal-A": 40, "normal-D": 60}, register, tenth, 1)
    assert (near.off, near.strata) == (False, {})


def test_in_a_small_stratum_one_object_is_none_to_look_at_and_two_are() -> None:
    register, tenth = ("normal-A", "normal-D"), Fraction(1, 10)
    planned = {"normal-A": 5, "normal-D": 95}
    assert not beside({"normal-A": 6, "normal-D": 94}, planned, register, tenth, 1).off
    assert beside({"normal-A": 7, "normal-D": 93}, planned, register, tenth, 1).strata == {"normal-A": (7, 5)}
    assert not beside({"normal-A": 7, "normal-D": 92, "must": 1}, planned, (*register, "must"), tenth, 1).off, (
        "coverage has moved one"
    )
    assert beside({"normal-A": 4}, {"normal-A": 5}, register, tenth, 1).off, "all together the share alone counts"
