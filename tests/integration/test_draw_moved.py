"""Rows taken out of a register for a draw and put back behind it: counted in its commitment, in its report and in the next one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from typing import Any

import pytest

from inspector.domain.annual import Consent
from inspector.domain.case import Route
from inspector.domain.decision import Because
from inspector.domain.plan import Draw
from inspector.domain.report import Moves
from inspector.domain.restated import Brought
from inspector.flows import edits, moved, planning, restating, review
from inspector.flows.draw import prepare
from inspector.flows.office import Office
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.store.credit import Statement
from inspector.store.store import Store
from inspector.store.tx import new_id
from tests.house import Hand, application, closing, open_office, post, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_draw_way import carried_out, drawing
from tests.operator import Operator, on_both, one_database, operated, settled, table

pytestmark = pytest.mark.alike

database_url = one_database


def codes(numbers: Sequence[int]) -> list[str]:
    return [f"TEST{number:014d}" for number in numbers]


def planned(office: Office, hand: Hand) -> Office:
    """The office with a published plan of its pool of twelve firms, which its pack asks for."""
    packs = tuple(replace(one, draw=replace(one.draw, plan=True)) for one in office.book.packs)
    office = replace(pooled(office, "weekly"), book=replace(office.book, packs=packs))
    with office.store.begin() as tx:
        planning.create(office, tx, "weekly", hand().year, by="李", now=hand())
        planning.approve(office, tx, "weekly", hand().year, Consent(by="张", document="〔2026〕1号"), hand())
        planning.publish(office, tx, "weekly", hand().year, by="王", reference="门户", on=None, now=hand())
    return office


def imported(office: Office, hand: Hand, *, removed: Sequence[int] = (), returned: Sequence[int] = ()) -> None:
    """What `roster import` writes of an agency's file."""
    hand.on(minutes=5)
    with office.store.begin() as tx:
        rows = {one.code: one for one in tx.rosters.objects("bureau")}
        tx.rosters.remove_objects("bureau", [("FIRM", one) for one in codes(removed)], hand())
        came = [replace(next(iter(rows.values())), code=one, original=one) for one in codes(returned)]
        tx.rosters.put_objects(came)
        facts = {"removed": len(removed), **({"returned": len(returned)} if returned else {})}
        tx.ledger.append(new_id(), "roster:bureau", Because(rule=moved.IMPORTED, basis=(), pack="", facts=facts), {}, hand())
    hand.on(minutes=5)


UNEDITED = {name: count for name, count in asdict(moved.Moved()).items() if name not in ("removed", "returned")}


def derivation(office: Office, held: Draw) -> Any:
    """What the commitment says of how its rules came about."""
    with office.store.read() as tx:
        return json.loads(tx.draws.file(held.number, "commit.json"))["lists"][0]["derivation"]


def moves(office: Office, held: Draw) -> Moves:
    with office.store.read() as tx:
        told = report(office, tx, held.number).moves
    assert told is not None
    return told


def matters(office: Office) -> list[Any]:
    with office.store.read() as tx:
        return [one for one in tx.attention.of_kind(moved.OFF) if one.open]


@pytest.mark.slow
def test_who_takes_rows_out_for_a_draw_and_puts_them_back_behind_it_finds_them_counted(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = planned(office, hand)
    imported(office, hand, removed=[1, 2])
    held = announce(office, hand, "weekly")
    settle(office)
    told = derivation(office, held)
    assert told["moved"] == {"since": None, "removed": 2, "returned": 0, **UNEDITED}
    assert (told["published_plan"]["n"], told["published_plan"]["planned"], told["published_plan"]["off"]) == (10, 12, True)
    (matter,) = matters(office)
    assert (matter.agency, matter.about, matter.facts["rows"], matter.facts["planned_rows"]) == ("bureau", held.number, 10, 12)
    carried_out(office, hand, held.number)
    imported(office, hand, returned=[1, 2])
    one = moves(office, held)
    assert (one.removed, one.returned, one.back, one.n) == (2, 0, 2, 10), "the report counts who came back behind the draw"
    with store.read() as tx:
        words = [markdown(tell(report(office, tx, held.number), lang)) for lang in ("en", "zh-Hans")]
    assert ("In the frame (n) | 10 (far from the plan)" in words[0], "与计划相差较大" in words[1]) == (True, True)
    assert "Come back behind it | 2" in words[0]
    hand.on(days=14)
    with store.begin() as tx:
        following = prepare(office, tx, "weekly", hand().isoformat(), hand(), by="clerk")
    settle(office)
    assert following is not None
    told = derivation(office, following)
    assert told["moved"] == {"since": held.number, "removed": 0, "returned": 2, **UNEDITED}, "and so does the next commitment"
    assert not told["published_plan"]["off"]
    imported(office, hand, removed=[3], returned=[3])
    assert moves(office, held).back == 2, "what comes back behind the next frame is that one's"


def test_a_register_that_changes_as_registers_do_calls_nobody(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = planned(office, hand)
    imported(office, hand, removed=[1])
    held = announce(office, hand, "weekly")
    assert matters(office) == [], "one of twelve is less than a tenth away"
    settle(office)
    assert derivation(office, held)["moved"]["removed"] == 1


def test_what_may_differ_is_a_row_of_the_pack(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    packs = tuple(replace(one, report=replace(one.report, margin=one.report.margin * 3)) for one in office.book.packs)
    office = planned(replace(office, book=replace(office.book, packs=packs)), hand)
    imported(office, hand, removed=[1, 2, 3])
    announce(office, hand, "weekly")
    assert matters(office) == [], "three of twelve are less than three tenths away"


@pytest.mark.slow
@on_both
def test_an_import_whose_hour_is_before_the_freeze_and_that_is_written_behind_it_is_counted_once(
    store: Store, hand: Hand
) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    before = hand()
    hand.on(seconds=5)
    held = announce(office, hand, "weekly")
    settle(office)
    with store.begin() as tx:  # its hour was read while the frame was frozen
        facts = {"removed": 2, "returned": 3}
        tx.ledger.append(new_id(), "roster:bureau", Because(rule=moved.IMPORTED, basis=(), pack="", facts=facts), {}, before)
    carried_out(office, hand, held.number)
    with store.read() as tx:
        assert moved.after(tx, held, "bureau").returned == 3
    hand.on(days=14)
    with store.begin() as tx:
        following = prepare(office, tx, "weekly", hand().isoformat(), hand(), by="clerk")
    settle(office)
    assert following is not None
    assert derivation(office, following)["moved"] == {"since": held.number, "removed": 2, "returned": 3, **UNEDITED}


def test_a_draw_without_a_published_plan_counts_its_moves_alone(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    held = announce(pooled(office, "weekly"), hand, "weekly")
    settle(office)
    assert "published_plan" not in derivation(office, held)
    assert derivation(office, held)["moved"] == {"since": None, "removed": 0, "returned": 0, **UNEDITED}


@on_both
def test_a_case_that_brings_a_row_back_is_counted_with_those_of_imports(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    with store.begin() as tx:
        case = application(1, "business-licence", {"registration-status": "存续"}, route=Route.CERTIFICATE)
    post(office, case)
    with store.begin() as tx:
        (row,) = tx.rosters.objects("bureau")
        tx.rosters.remove_objects("bureau", [(row.kind.value, row.code)], hand())
    post(office, replace(case, reference="again"))
    with store.read() as tx:
        assert moved.between(tx, "bureau", None) == moved.Moved(removed=0, returned=1)


@on_both
def test_a_case_that_brings_a_row_back_into_another_pool_has_edited_it(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    case = application(1, "business-licence", {"registration-status": "存续"}, route=Route.CERTIFICATE)
    post(office, case)
    with store.begin() as tx:
        (row,) = tx.rosters.objects("bureau")
        tx.rosters.put_objects([replace(row, pool="TOWN", qualification="fire")])
        tx.rosters.remove_objects("bureau", [(row.kind.value, row.code)], hand())
    hand.on(days=1)
    post(office, replace(case, reference="again"))
    with store.read() as tx:
        assert moved.between(tx, "bureau", None) == moved.Moved(returned=1, edited=3)
        ((_, facts),) = tx.ledger.facts((edits.RULE,), "roster:bureau")
    told = {aspect: (old, new) for _, aspect, old, new in facts["edits"]}
    days = row.since, hand().date()
    assert told == {"pool": ("TOWN", "bureau"), "qualification": ("fire", ""), "since": tuple(map(str, days))}
    assert facts["by"] == "hall"


@on_both
def test_a_case_that_is_withdrawn_around_a_draw_and_sent_anew_is_counted_out_and_in(store: Store, hand: Hand) -> None:
    office = open_office(store, hand)
    sent = application(1, "business-licence", {"registration-status": "存续"}, route=Route.CERTIFICATE)
    case = post(office, sent)
    with store.begin() as tx:
        review.withdraw(office, tx, case, "不再办理", "hall", hand())
    with store.read() as tx:
        assert tx.rosters.objects("bureau") == []
        assert moved.between(tx, "bureau", None) == moved.Moved(removed=1)
    post(office, replace(sent, reference="again"))
    with store.read() as tx:
        assert moved.between(tx, "bureau", None) == moved.Moved(removed=1, returned=1)


@pytest.fixture
def operator(database_url: str, tmp_path: Any) -> Operator:
    return settled(database_url, tmp_path)


@on_both
def test_an_import_says_how_many_rows_it_brings_back(operator: Operator, hand: Hand) -> None:
    def imports(name: str, *numbers: int) -> None:
        file = operator.file(name, table(["code", "name"], *([code, f"某店{code}"] for code in codes(numbers))))
        assert operator.say("roster", "import", "objects", file, "--agency", "bureau", "--remove", "--yes").code == 0

    imports("whole.csv", 1, 2, 3)
    imports("less.csv", 1)
    imports("more.csv", 1, 2, 3, 4)
    with closing(operator.store()) as store:
        told = [facts for rule, facts in operated(store) if rule == moved.IMPORTED]
        assert [(one["removed"], one.get("returned")) for one in told] == [(0, None), (2, None), (0, 2)]
        with store.read() as tx:
            assert moved.between(tx, "bureau", None) == moved.Moved(added=6, removed=2, returned=2)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_whoever_changes_a_register_waits_while_a_frame_is_frozen(operator: Operator) -> None:
    shop, staff = codes([1])[0], ["id", "name", "certificate", "certificate_until"]
    to = ("--agency", "bureau")
    files = {
        "objects": [["code", "name"], [shop, "某店"]],
        "inspectors": [staff, ["X1", "钱某", "A1", "2099-01-01"]],
        "inspections": [["code", "on", "check"], [shop, "2026-01-05", "PLANNED"]],
    }
    ways: list[tuple[str, ...]] = [
        ("roster", "import", what, operator.file(f"{what}.csv", table(*rows)), *to) for what, rows in files.items()
    ]
    ways += [("roster", "conflict", "add", shop, "X1", "--reason", "kin", "--evidence", "声明书", *to)]
    ways += [("roster", "conflict", "remove", shop, "X1", "--note", "调离", *to)]
    for way in ways:
        with ThreadPoolExecutor() as beside, closing(operator.store()) as store:
            with store.begin() as tx:
                tx.draws.take_turn("bureau")
                said = beside.submit(operator.say, *way)
                with pytest.raises(TimeoutError):
                    said.result(timeout=4)
            assert said.result(timeout=60).code == 0, (way, said.result().err)


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_an_import_of_levels_waits_while_a_frame_is_frozen_and_no_frame_is_while_it_writes(operator: Operator) -> None:
    file = operator.file("levels.csv", table(["code", "kind", "level", "as_of"], [*codes([1]), "FIRM", "A", "2026-01-05"]))
    with ThreadPoolExecutor() as beside, closing(operator.store()) as store:
        with store.begin() as tx, store.begin() as other:
            tx.credit.take_turn(alone=False)
            other.credit.take_turn(alone=False)  # two frames do not wait for each other
            said = beside.submit(operator.say, "credit", "import", file)
            with pytest.raises(TimeoutError):
                said.result(timeout=4)
        assert said.result(timeout=60).code == 0

        def frozen() -> None:
            with store.begin() as one:
                one.credit.take_turn(alone=False)

        with store.begin() as tx:
            tx.credit.take_turn(alone=True)
            held = beside.submit(frozen)
            with pytest.raises(TimeoutError):
                held.result(timeout=1)
        held.result(timeout=60)


def leveled(office: Office, hand: Hand, numbers: Sequence[int], level: str, by: str) -> None:
    """Levels as a platform states them, or somebody who brings them in with a file."""
    with office.store.begin() as tx:
        said = [Statement(code=one, level=level, as_of=hand(), source="platform") for one in codes(numbers)]
        restating.note(office, tx, tx.credit.take(said), Brought(by=by, source="platform"), hand())
    hand.on(minutes=5)


@pytest.mark.parametrize(
    ("by", "removed", "off"), [("platform", (), False), ("platform", (11, 12), True), ("os:keeper", (), True)]
)
def test_levels_that_a_platform_states_call_nobody_and_rows_that_are_taken_out_or_levels_brought_by_hand_do(
    store: Store, hand: Hand, by: str, removed: Sequence[int], off: bool
) -> None:
    office, _, _ = drawing(store, hand)
    office = planned(office, hand)
    hand.on(days=2)
    leveled(office, hand, [1, 2, 3, 4, 5], "A", by)
    if removed:
        imported(office, hand, removed=removed)
    held = announce(office, hand, "weekly")
    settle(office)
    told = derivation(office, held)["published_plan"]
    assert (told["rows"], told["planned_rows"], told["off"]) == (12 - len(removed), 12, off)
    assert [one.about for one in matters(office)] == [held.number] * off
