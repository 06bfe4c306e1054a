"""What is contested is used for nothing adverse: not in its own case, nor in another one of its subject (handbook 2.7, scenario 62)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import ConsequenceState, Stage
from inspector.domain.errors import Refusal
from inspector.domain.objection import ObjectionState
from inspector.domain.proposal import Proposal
from inspector.flows import annulling, review
from inspector.flows.consequences import RESTAGED
from inspector.store.store import Store
from inspector.web.stages import offered
from tests.edge import serving
from tests.house import Hand, settle
from tests.integration.test_forms import logged_in
from tests.proceedings import decided

pytestmark = pytest.mark.alike


def test_nobody_fails_at_an_order_and_nothing_is_proposed_while_an_objection_is_open(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    objection = case.object(order.id, "命令不当")
    hand.on(days=30)
    with pytest.raises(Refusal, match="consequence_objected"):
        case.look(order, good=False)
    with pytest.raises(Refusal, match="objection_holds"):
        case.propose(Proposal.PENALTY)
    assert {one.proposal for one in case.all()} == {Proposal.ORDER_RECTIFY, Proposal.RECORD_CREDIT}
    suspicion = case.propose(Proposal.TRANSFER_JUDICIAL)
    assert suspicion.stage is Stage.REPORT, "a suspicion does not wait"
    case.drop(suspicion, "陈局长")
    case.answer(objection, case.by("周八"), upheld=False)
    assert case.propose(Proposal.PENALTY).stage is Stage.GIVE
    assert case.look(order, good=False).state is ConsequenceState.FAILED


@pytest.mark.parametrize("ends", ["rejected", "upheld", "annulled"])
def test_what_is_proposed_in_the_place_of_a_termination_waits_for_an_open_objection(store: Store, hand: Hand, ends: str) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE, concluded=False)
    end = case.the(Proposal.TERMINATE)
    suspend = case.impose(case.propose(Proposal.SUSPEND))
    objection = case.object(suspend.id, "不应中止")
    before = case.all()
    with store.begin() as tx:
        review.conclude(case.office, tx, case.case, "hall", hand())
    assert case.all() == before, "the matter is concluded, and nothing new is proposed meanwhile (scenario 62)"
    with pytest.raises(Refusal, match="consequence_objected"):
        case.give(end)
    if ends == "annulled":
        case.annul(suspend)
    else:
        case.answer(objection, case.by("周八"), upheld=ends == "upheld")
    order = case.the(Proposal.ORDER_RECTIFY)
    assert (order.stage, order.origin) == (Stage.GIVE, RESTAGED)
    assert case.the(Proposal.TERMINATE).state is ConsequenceState.DROPPED
    assert [one["consequence"] for one in case.events("consequence.proposed")].count(order.id) == 1


@pytest.mark.slow
def test_a_case_that_is_open_again_is_not_decided_against_its_subject_while_an_objection_is_open(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    objection = case.object(order.id, "命令不当")
    case.speaks_for()
    before = case.all()
    with pytest.raises(Refusal, match="objection_holds"):
        case.decide(Outcome.UNTRUE_INCURABLE)
    assert case.all() == before
    with serving(case.office) as edge, edge.client() as browser:
        logged_in(edge, browser)
        assert f"/credit/objections/{objection.id}" in browser.get(f"/review/{case.case}").text, "and the page says why"
    case.answer(objection, case.by("周八"), upheld=False)
    case.decide(Outcome.UNTRUE_INCURABLE)
    assert len(case.all()) > len(before)


def test_a_case_that_is_open_again_is_decided_for_its_subject_while_an_objection_is_open(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    case.object(case.impose(case.the(Proposal.ORDER_RECTIFY)).id, "命令不当")
    case.speaks_for()
    case.decide(Outcome.DATA_ERROR)
    with store.read() as tx:
        assert tx.cases.get(case.case).outcome is Outcome.DATA_ERROR


def test_a_contradiction_of_what_was_found_untrue_joins_its_file_and_ends_no_objection(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    objection = case.object(entry)
    before = case.all()
    with serving(case.office) as edge, edge.as_("officer", name="李四") as officer, store.read() as tx:
        told = {"agency": "bureau", "number": "1", "case_id": case.case, "claim": tx.cases.get(case.case).claims[0].claim.key}
        told |= {"verdict": "mismatch", "value": "注销", "on": hand().date().isoformat(), "system": "巡查"}
        done = [officer.post("/v1/findings", json=told).json() for _ in range(2)]
    assert [(one["new"], one["state"]) for one in done] == [(True, "CLOSED"), (False, "CLOSED")]
    assert case.all() == before
    with store.read() as tx:
        held = tx.cases.get(case.case)
        (piece,) = (one for one in tx.cases.evidence(case.case) if one.owner == "巡查")
    assert (held.outcome, held.entry, held.claims[0].denied) == (Outcome.UNTRUE_INCURABLE, entry, True)
    assert case.objection(objection).state is ObjectionState.OPEN
    assert [(one["case"], one["evidence"]) for one in case.matters("finding_joined")] == [(case.case, piece.id)], (
        "who decides is told"
    )
    case.speaks_for()
    assert case.matters("finding_joined") == [], "whoever reviews the case has its whole file"


def test_an_objection_to_what_fell_by_opening_the_case_again_waits_for_another_officer(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.the(Proposal.RECORD_CREDIT)
    revoke = case.impose(case.the(Proposal.REVOKE))
    objection = case.object(case.impose(held).entry)
    case.speaks_for()
    with pytest.raises(Refusal, match="objection_holds"):
        case.decide(Outcome.UNTRUE_INCURABLE)
    for one in sorted({one.by for one in case.the(Proposal.RECORD_CREDIT).deciders}):
        with pytest.raises(Refusal, match="objection_same_officer"):
            case.answer(objection, case.by(one), upheld=False)
    case.annul(revoke)
    assert case.objection(objection).state is ObjectionState.OPEN, "no other annulment ends it either"
    assert case.answer(objection, case.by("周八"), upheld=False).state is ObjectionState.REJECTED
    with pytest.raises(Refusal, match="consequence_overruled"):
        case.decide(Outcome.UNTRUE_INCURABLE)
    case.decide(Outcome.UNTRUE_INCURABLE, "钱七")
    assert case.the(Proposal.RECORD_CREDIT).id != held.id


@pytest.mark.parametrize("proposal", [Proposal.REVOKE, Proposal.RECORD_CREDIT])
@pytest.mark.parametrize("why", [Annulled.CORRECTION, Annulled.COURT])
def test_who_has_decided_does_not_end_an_objection_by_annulling_and_deciding_the_same_again(
    store: Store, hand: Hand, proposal: Proposal, why: Annulled
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.impose(case.the(proposal))
    objection = case.object(held.entry or held.id)
    case.act(lambda tx: annulling.consequence(case.office, tx, held.id, why, "自行更正", "李四", hand()))
    assert case.the(proposal).state is ConsequenceState.ANNULLED
    assert case.objection(objection).state is ObjectionState.OPEN
    with pytest.raises(Refusal, match="objection_holds"):
        case.propose(proposal)
    with pytest.raises(Refusal, match="objection_same_officer"):
        case.answer(objection, case.by("李四"), upheld=False)
    assert case.answer(objection, case.by("周八"), upheld=False).state is ObjectionState.REJECTED
    assert case.propose(proposal, "钱七").stage is Stage.GIVE


def test_an_entry_annulled_under_its_own_name_by_who_has_decided_ends_no_objection(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.impose(case.the(Proposal.RECORD_CREDIT))
    objection = case.object(held.entry)
    with store.begin() as tx:
        annulling.entry(case.office, tx, held.entry, Annulled.CORRECTION, "自行更正", "李四", hand())
    assert case.objection(objection).state is ObjectionState.OPEN


@pytest.mark.parametrize("ends", ["another", "favour"])
def test_what_another_officer_annuls_is_upheld_and_a_case_decided_for_its_subject_ends_the_objection(
    store: Store, hand: Hand, ends: str
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.impose(case.the(Proposal.REVOKE))
    objection = case.object(held.id)
    by = "钱七" if ends == "another" else "李四"
    case.act(lambda tx: annulling.consequence(case.office, tx, held.id, Annulled.CORRECTION, "更正", by, hand()))
    if ends == "favour":
        case.speaks_for()
        assert case.objection(objection).state is ObjectionState.OPEN
        case.decide(Outcome.TRUE)
    assert case.objection(objection).state is (ObjectionState.UPHELD if ends == "another" else ObjectionState.ENDED)


def test_what_is_good_for_its_subject_is_entered_while_an_objection_is_open(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    case.object(order.id, "命令不当")
    assert case.look(order, good=True, on=hand().date()).state is ConsequenceState.RECTIFIED


def test_a_contested_finding_is_left_out_of_a_later_case_and_put_before_an_officer_once_the_objection_is_rejected(
    store: Store, hand: Hand
) -> None:
    one = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    entry = one.impose(one.the(Proposal.RECORD_CREDIT)).entry
    settle(one.office)
    objection = one.object(entry)
    two = decided(store, hand, Outcome.UNTRUE_CURABLE, office=one.office, reference="R-2222")
    assert {(held.grading.earlier, held.grading.contested) for held in two.all()} == {(0, 1)}
    assert two.matters("consequence_regrade") == []
    one.answer(objection, one.by("周八"), upheld=False)
    told = {(str(matter["case"]), str(matter["earlier"])) for matter in two.matters("consequence_regrade")}
    assert told == {(two.case, one.case)}
    three = decided(store, hand, Outcome.UNTRUE_CURABLE, office=one.office, reference="R-3333")
    assert {(held.grading.earlier, held.grading.contested) for held in three.all()} == {(1, 0)}, (
        "of the second no decision has come"
    )


def test_what_an_upheld_objection_has_annulled_comes_back_to_nobody(store: Store, hand: Hand) -> None:
    one = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    objection = one.object(one.impose(one.the(Proposal.RECORD_CREDIT)).entry)
    two = decided(store, hand, Outcome.UNTRUE_CURABLE, office=one.office, reference="R-2222")
    one.answer(objection, one.by("周八"), upheld=True)
    assert two.matters("consequence_regrade") == []


def test_a_suspension_goes_on_with_reasons_and_is_looked_at_again(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)
    held = case.impose(case.propose(Proposal.SUSPEND))
    hand.on(days=30)
    settle(case.office)
    assert {one["step"] for one in case.matters("consequence_due") if one["overdue"] and one["proposal"] == "SUSPEND"} == {"LOOK"}
    assert offered(held)[0] == "keep"
    with serving(case.office) as edge, edge.as_("officer", name="李四") as officer:
        path = f"/v1/consequences/{held.id}/continuation"
        assert officer.post(path, json={"reasons": " "}).status_code == 422
        assert officer.post(path, json={"reasons": "仍待调查结果"}).status_code == 200
    again = case.the(Proposal.SUSPEND)
    assert (again.state, again.stage) == (ConsequenceState.IMPOSED, Stage.LOOK)
    assert again.due_at is not None
    assert again.due_at > hand() + timedelta(days=1)
    assert [one for one in case.matters("consequence_due") if one["proposal"] == "SUSPEND"] == []
