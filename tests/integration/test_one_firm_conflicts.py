"""A declared conflict is with a firm, by whichever code of its organisation it was declared, looked for and ended (decision 170)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from inspector.domain.challenge import Applicant, Challenge, ChallengeState
from inspector.domain.errors import Invalid, Missing
from inspector.domain.roster import Recusal
from inspector.domain.visit import Visit
from inspector.flows import coverage, recusing
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import carried_out, drawing, visits
from tests.house import Hand, settle
from tests.integration.test_draw_rivals import announce, pooled
from tests.integration.test_one_firm import BARE, CREDIT, ELSEWHERE, stands
from tests.integration.test_relief import team
from tests.operator import Operator, on_both, one_database, settled, table

pytestmark = [pytest.mark.alike, on_both]

database_url = one_database


@pytest.fixture
def operator(database_url: str, tmp_path: Path) -> Operator:
    return settled(database_url, tmp_path)


def one_visit(store: Store, hand: Hand) -> tuple[Office, Visit]:
    """The firm alone stands in the register, and is drawn."""
    office, _, _ = drawing(store, hand, staff=6)
    office = pooled(office, "weekly")
    with store.begin() as tx:
        tx.rosters.remove_objects("bureau", [(one.kind.value, one.code) for one in tx.rosters.objects("bureau")], hand())
    stands(office, CREDIT)
    held = announce(office, hand, "weekly")
    settle(office)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    return office, visit


def declare(office: Office, staff: str, code: str, evidence: str = "声明书") -> list[Challenge]:
    with office.store.begin() as tx:
        told = {"applicant": Applicant.COLLEAGUE, "by": "刘", "reason": "kin", "evidence": evidence, "now": office.now()}
        return recusing.declare(office, tx, "bureau", code, staff, **told)  # type: ignore[arg-type]


@pytest.mark.slow
@pytest.mark.parametrize("code", [CREDIT, BARE, ELSEWHERE])
def test_of_whoever_is_on_the_way_to_a_firm_the_head_decides_by_whichever_code_the_conflict_is_declared(
    store: Store, hand: Hand, code: str
) -> None:
    office, visit = one_visit(store, hand)
    first, _ = team(office, visit)
    (asked,) = declare(office, first.inspector, code)
    assert (asked.visit, asked.state) == (visit.id, ChallengeState.OPEN)
    with store.read() as tx:
        assert not tx.rosters.recused("bureau", CREDIT, first.inspector), "one person's word moves nobody from a seat"


def test_a_refusal_for_want_of_evidence_does_not_tell_who_is_drawn_and_whoever_is_told_is_in_the_ledger(
    store: Store, hand: Hand
) -> None:
    office, visit = one_visit(store, hand)
    sitting = [seat.inspector for seat in team(office, visit)]
    refused = set()
    for staff in (f"Z{number:03d}" for number in range(1, 7)):
        with pytest.raises(Invalid) as caught:
            declare(office, staff, CREDIT, evidence=" ")
        refused.add((caught.value.code, str(caught.value.facts)))
    assert len(refused) == 1, "alike of each of the six, of whom two go"
    told = [declare(office, sitting[0], CREDIT) for _ in range(2)]
    assert told[0] == told[1], "one that waits already stands for the new word, and is no refusal that leaves no entry"
    with store.read() as tx:
        read = [json.loads(row["body"])["facts"] for row in tx.ledger.about(visit.draw) if row["rule"] == "draw.read"]
    assert read == [{"by": "刘", "what": f"conflict:{sitting[0]}"}] * 2


def test_a_conflict_that_is_ended_bars_nobody_by_another_code_of_the_firm(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    stands(office, CREDIT)
    with store.begin() as tx:
        for code in (CREDIT, BARE):
            tx.rosters.declare("bureau", code, "Z001", Recusal.KIN, "刘")
        tx.rosters.declare("bureau", "TEST00000000000001", "Z001", Recusal.KIN, "刘")
        tx.rosters.declare("bureau", CREDIT, "Z002", Recusal.KIN, "刘")
        assert tx.rosters.recusal("bureau", ELSEWHERE, "Z001") == ("kin", "刘"), "who is seated by another code is asked about"
        ended = recusing.end(office, tx, "bureau", ELSEWHERE, "Z001", by="刘", now=hand())
        assert sorted(ended) == sorted([CREDIT, BARE])
        assert not tx.rosters.recused("bureau", CREDIT, "Z001")
        left = [(one.object, one.inspector) for one in tx.rosters.recusals("bureau")]
        assert left == [(CREDIT, "Z002"), ("TEST00000000000001", "Z001")], "another firm's, and another person's, stay"
        with pytest.raises(Missing, match="conflict_unknown"):
            recusing.end(office, tx, "bureau", CREDIT, "Z001", by="刘", now=hand())


@pytest.mark.slow
def test_the_command_names_every_code_by_which_it_was_ended(operator: Operator) -> None:
    staff = table(["id", "name", "certificate", "certificate_until"], ["Z001", "甲", "Z-1", "2099-01-01"])
    operator.well("roster", "import", "inspectors", operator.file("staff.csv", staff), "--agency", "bureau")
    shops = operator.file("shops.csv", table(["code", "name"], [CREDIT, "某店"], [BARE, "某店一"]))
    for one in (operator, operator.another):
        one.well("roster", "import", "objects", shops, "--agency", "bureau", "--yes", "--same-organisation", "--note", "分号")
    for code in (CREDIT, BARE):
        operator.well("roster", "conflict", "add", code, "Z001", "--agency", "bureau", "--evidence", "声明书")
    ending = ("roster", "conflict", "remove", BARE, "Z001", "--agency", "bureau", "--note", "shares sold")
    assert sorted(operator.well(*ending, "--json").json["ended"]) == sorted([CREDIT, BARE])
    assert operator.well("roster", "conflict", "list", "--agency", "bureau", "--json").json == []


def test_a_conflict_under_another_code_counts_where_too_few_officers_are_looked_for(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    stands(office, CREDIT)
    with store.begin() as tx:
        tx.rosters.declare("bureau", BARE, "Z001", Recusal.KIN, "刘")
        (found,) = coverage._conflicts(tx, "bureau")
    assert found == ("bureau", "", frozenset({"Z001"}))
