"""A firm is one firm in a draw, whichever code of its organisation a register, a record or a conflict has (decision 170)."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.inspection import Authority
from inspector.domain.plan import Draw, DrawState
from inspector.domain.roster import Recusal, RosterObject
from inspector.domain.visit import VisitState
from inspector.flows import watching
from inspector.flows.draw import announce_now
from inspector.flows.lists import find
from inspector.flows.members import members_of
from inspector.flows.office import Office, Plan
from inspector.flows.recall import call_off_visit
from inspector.flows.remainder import remainder
from inspector.flows.reporting import report
from inspector.flows.reportwords import markdown, tell
from inspector.flows.review import withdraw
from inspector.store.store import Store
from inspector.store.tables import visit
from tests.drawn import announced, carried_out, drawing, visits
from tests.house import ZONE, Hand, application, closing, post, settle
from tests.integration.test_caps import FIRE, MARKET, matters, neighbours
from tests.integration.test_draw_doors import SHOPS, derived, past, tells
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_joint import stored
from tests.integration.test_own_lists import departments, verified
from tests.operator import Operator, on_both, one_database, settled, table

pytestmark = [pytest.mark.alike, on_both]

database_url = one_database

CREDIT, BARE, ELSEWHERE = "91000000MA0000001R", "MA0000001", "91330106MA0000001X"
"""One organisation: its credit code, the organisation code alone, and a credit code of another district."""


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def stands(office: Office, *codes: str, agency: str = "bureau") -> None:
    with office.store.begin() as tx:
        tx.rosters.put_objects(
            [
                RosterObject(agency=agency, kind=SubjectKind.FIRM, code=one, original=one, name="某店", pool=agency)
                for one in codes
            ]
        )


def status(store: Store, held: Draw, code: str) -> str:
    with store.read() as tx:
        row = find(tx, held, held.lists[0], code)
    assert row is not None
    return row.status


def words(office: Office, held: Draw) -> str:
    with office.store.read() as tx:
        return markdown(tell(report(office, tx, held.number), "en"))


@pytest.mark.parametrize("told", [BARE, ELSEWHERE])
def test_a_past_check_counts_for_the_firm_under_whichever_code_it_is_told(store: Store, hand: Hand, told: str) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    stands(office, CREDIT)
    before = past(hand, "bureau", 1, code=told, authority=Authority.OWN, inspectors=("Z001", "Z002", "Z003"))
    tells(office, hand, before)
    tells(office, hand, past(hand, "county", 1, code=told, authority=Authority.OWN))
    held = announce(office, hand, "weekly")
    settle(office)
    assert status(store, held, CREDIT) == "upper"
    with store.read() as tx:
        bans = [line.split("\t")[:2] for line in tx.draws.file(held.number, "bans.tsv").decode().splitlines()]
    assert [staff for name, staff in bans if name == CREDIT] == ["Z001", "Z002", "Z003"], "whoever went does not go again"


@pytest.mark.slow
def test_two_rows_of_one_firm_are_counted_told_to_the_head_and_have_one_cap(store: Store, hand: Hand) -> None:
    office = neighbours(store, hand)
    stands(office, CREDIT, BARE, ELSEWHERE)
    with store.begin() as tx:
        held = announce_now(office, tx, MARKET, "clerk", hand())
    assert held is not None
    settle(office)
    assert derived(store, held.number)["same_organisation"] == 2
    (matter,) = matters(office, watching.TWICE)
    assert (matter["agency"], json.loads(matter["body"])["count"]) == (MARKET, 2)
    assert carried_out(office, hand, held.number).state is DrawState.DRAWN
    states = Counter(one.state for one in visits(office, held.number) if one.object_id in {CREDIT, BARE, ELSEWHERE})
    assert states == {VisitState.ASSIGNED: 1, VisitState.CANCELLED: 2}, "three tickets, one visit"
    assert len(matters(office, "cap_reached")) == 2
    assert "more than one ticket: 2;" in words(office, held)


def test_what_was_done_about_one_row_bars_the_other_in_the_next_frame(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    stands(office, CREDIT, BARE)
    tells(office, hand, past(hand, "bureau", 1, code=BARE))
    held = announce(office, hand, "weekly")
    settle(office)
    assert {status(store, held, code) for code in (CREDIT, BARE)} == {"upper"}


def test_a_register_without_twins_says_nothing_of_them(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    stands(office, CREDIT)
    held = announce(office, hand, "weekly")
    settle(office)
    assert "same_organisation" not in derived(store, held.number)
    assert matters(office, watching.TWICE) == []


@pytest.mark.slow
def test_what_was_let_in_at_the_command_line_is_in_the_commitment(operator: Operator) -> None:
    hand = Hand(datetime.now(ZONE))
    with closing(operator.store()) as store:
        office, _, _ = drawing(store, hand)
        office = pooled(office, "weekly")
        file = operator.file("shops.csv", table(SHOPS, [CREDIT, "某店", "bureau", ""], [BARE, "某店一", "bureau", ""]))
        said = operator.say("roster", "import", "objects", file, "--agency", "bureau", "--keep", "--yes")
        assert said.code == 2
        importing = (
            "roster",
            "import",
            "objects",
            file,
            "--agency",
            "bureau",
            "--keep",
            "--yes",
            "--same-organisation",
            "--note",
            "分号",
        )
        operator.well(*importing)
        operator.another.well(*importing)
        hand.now = max(hand.now, datetime.now(ZONE))
        held = announce(office, hand, "weekly")
        settle(office)
        assert derived(store, held.number)["same_organisation"] == 1
        assert len(matters(office, watching.TWICE)) == 1


def test_an_import_of_past_checks_says_by_which_code_the_firm_stands_or_that_it_stands_nowhere(operator: Operator) -> None:
    with closing(operator.store()) as store, store.begin() as tx:
        tx.rosters.put_objects(
            [RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=CREDIT, original=CREDIT, name="某店", pool="bureau")]
        )
    rows = [[code, "2025-01-0" + str(at), "PLANNED"] for at, code in enumerate((CREDIT, BARE, "TEST1"), 1)]
    file = operator.file("past.csv", table(["code", "on", "check"], *rows))
    said = operator.well("roster", "import", "inspections", file, "--agency", "bureau", "--json", "--dry-run")
    told = [(one["row"], one["code"], one["what"]) for one in said.json["warnings"] if one["code"].startswith("organisation_")]
    assert [one[:2] for one in told] == [(3, "organisation_otherwise"), (4, "organisation_nowhere")]
    assert CREDIT in told[0][2]


@pytest.mark.slow
def test_a_firm_of_two_registers_under_two_codes_is_one_object_of_a_joint_draw(store: Store, hand: Hand, tmp_path: Path) -> None:
    office, _ = departments(store, hand, share="1/1")
    stands(office, CREDIT, agency=MARKET)
    stands(office, BARE, agency=FIRE)
    with store.begin() as tx:
        held = announce_now(office, tx, "joint", "clerk", hand())
    assert held is not None
    settle(office)
    done = carried_out(office, hand, held.number)
    result = json.loads(stored(office, done)["result.json"])
    told = {one["name"]: {name for row in one["strata"].values() for name in row["selected"]} for one in result["lists"]}
    assert told == {MARKET: {CREDIT}, FIRE: {CREDIT}}
    (visit,) = visits(office, held.number)
    assert visit.agencies == (MARKET, FIRE)
    verified(tmp_path, stored(office, done))


def test_conflicts_that_leave_a_team_are_told_with_who_declared_them_and_stand_in_the_report(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand, staff=12)
    office = pooled(office, "weekly")
    stands(office, CREDIT)
    with store.begin() as tx:
        for number in range(1, 11):
            tx.rosters.declare("bureau", BARE, f"Z{number:03d}", Recusal.RELATION, "os:friend" if number > 1 else "os:other")
    held = announce(office, hand, "weekly")
    settle(office)
    (matter,) = matters(office, watching.FEW)
    told = json.loads(matter["body"])
    assert (told["count"], told["declared"]) == (1, {"os:friend": 9, "os:other": 1})
    assert "Z00" not in matter["body"], "who is in conflict stays where it is"
    carried_out(office, hand, held.number)
    assert "left out): 1." in words(office, held)


def test_an_extension_draws_no_other_row_of_a_firm_that_was_drawn(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = replace(office, plans={"weekly": Plan(name="weekly", agency="bureau", trigger="every 7d", pool=True)})
    stands(office, CREDIT, BARE)
    held = announce(office, hand, "weekly")
    settle(office)
    first = carried_out(office, hand, held.number)
    with (
        store.begin() as tx
    ):  # of two rows one had no luck, and the visit to the other one will not be made: nothing else bars the firm
        tx.connection.execute(sa.delete(visit).where(visit.c.object_id == BARE))
        for one in tx.visits.of_draw(first.number):
            if one.state.open:
                call_off_visit(office, tx, one, "withdrawn", first.pack, hand())
    with store.read() as tx:
        left = remainder(office, tx, first, office.policy("bureau", hand().date()), "number", hand())
    (part,) = left.parts
    assert {row.id: row.status for row in part.objects} == {CREDIT: "drawn", BARE: "drawn"}


def test_a_row_whose_case_was_withdrawn_leaves_the_frame_though_the_firm_was_drawn_by_another(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    stands(office, CREDIT, BARE)
    facts = {"registration-status": "存续"}
    cases = {
        code: post(office, application(number, "business-licence", facts, subject_code=code))
        for number, code in enumerate((CREDIT, BARE), 1)
    }
    settle(office)
    _, held = announced(office, hand, cases=0)
    first = carried_out(office, hand, held.number)
    with store.begin() as tx:
        tx.connection.execute(sa.delete(visit).where(visit.c.object_id == BARE))
        withdraw(office, tx, cases[BARE], "不再办理", "hall", hand())
    with store.read() as tx:
        assert set(members_of(tx, first.number)) == {CREDIT, BARE}
        (part,) = remainder(office, tx, first, office.policy("bureau", hand().date()), "number", hand()).parts
    assert ([row.id for row in part.objects], part.gone) == ([CREDIT], 1)
