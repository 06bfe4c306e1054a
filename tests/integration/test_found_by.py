"""Whoever found a case untrue decides no objection to what came of it; what an officer has let go, or may not propose, no rule brings."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain import proceeding
from inspector.domain.case import Outcome
from inspector.domain.consequence import Agreement, Consequence, ConsequenceState, Look, Notice
from inspector.domain.errors import Refusal
from inspector.domain.objection import ObjectionState
from inspector.domain.proposal import Proposal
from inspector.domain.recompute import Again
from inspector.flows import proceedings, recompute, rectifying, review
from inspector.flows.shaken import setting, write
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def given(case: Proceeding, held: Consequence, name: str) -> None:
    """Another officer than the reviewer gives the notice, and it comes; its time is over."""
    rights = ("陈述、申辩，可以要求听证",)
    notice = Notice(given=case.by(name), facts=("不符",), reasons="与承诺不符", rights=rights, basis=())
    case.act(lambda tx: proceedings.give(case.office, tx, held.id, notice, held.grading, case.hand()))
    case.serve(held)
    case.hand.on(days=11)


def concluded(case: Proceeding) -> None:
    with case.office.store.begin() as tx:
        review.conclude(case.office, tx, case.case, "hall", case.hand())


def test_the_reviewer_decides_no_objection_to_a_revocation_that_came_of_an_order_nor_does_who_imposed_that(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)  # by 李四
    order = case.the(Proposal.ORDER_RECTIFY)
    given(case, order, "王五")
    case.rule(order, "王五", until=hand().date() + timedelta(days=5))
    hand.on(days=20)
    seen = Look(signed=case.by("赵六"), good=False, corrected_on=None, words="未改正", documents=("照片1",), evidence=())
    case.act(lambda tx: rectifying.look(case.office, tx, order.id, seen, hand()))
    revoked = case.the(Proposal.REVOKE)
    given(case, revoked, "孙七")
    case.rule(revoked, "孙七", public_interest="无")
    case.agree(revoked, Agreement.SECOND, "吴九")
    assert case.agree(revoked, Agreement.LEGAL, "郑十").state is ConsequenceState.IMPOSED
    objection = case.object(revoked.id)
    for own in ("李四", "王五", "赵六"):
        with pytest.raises(Refusal, match="objection_same_officer"):
            case.answer(objection, case.by(own), upheld=False)
    assert case.answer(objection, case.by("冯十一"), upheld=False).state is ObjectionState.REJECTED


def test_the_reviewer_decides_no_objection_to_an_entry_that_another_has_opened_and_decided(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_INCURABLE)  # by 李四
    case.drop(case.the(Proposal.RECORD_CREDIT), "王五")
    held = case.propose(Proposal.RECORD_CREDIT, "王五")
    given(case, held, "王五")
    entry = case.rule(held, "王五").entry
    assert entry
    objection = case.object(entry)
    with pytest.raises(Refusal, match="objection_same_officer"):
        case.answer(objection, case.by("李四"), upheld=False)
    assert case.answer(objection, case.by("赵六"), upheld=False).state is ObjectionState.REJECTED


def test_a_penalty_that_an_officer_let_go_does_not_come_back_when_the_matter_is_concluded(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    case.drop(case.the(Proposal.PENALTY), "王五")
    concluded(case)
    assert {one.proposal for one in case.all() if one.open} == {Proposal.REVOKE, Proposal.RECORD_CREDIT}
    assert [one.state for one in case.all() if one.proposal is Proposal.PENALTY] == [ConsequenceState.DROPPED]


def test_no_rule_proposes_a_penalty_beside_a_transfer_when_the_matter_is_concluded(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    case.propose(Proposal.TRANSFER_JUDICIAL)
    late = case.the(Proposal.PENALTY)
    with store.begin() as tx:  # by a rule, and by nobody's word
        held = tx.consequences.get(late.id, lock=True)
        ended = proceeding.supersede(held, "test", setting(case.office, held, hand()))
        write(case.office, tx, tx.cases.get(case.case), held, ended, hand())
    concluded(case)
    assert [one.proposal for one in case.all() if one.open and one.proposal is Proposal.PENALTY] == []


def test_a_review_proposes_no_penalty_beside_a_transfer_that_is_open(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case_id = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    case = Proceeding(office=office, hand=hand, case=case_id)
    case.propose(Proposal.TRANSFER_JUDICIAL)
    concluded(case)
    case.decide(Outcome.FALSE_KNOWING)
    assert {one.proposal for one in case.all()} == {Proposal.TRANSFER_JUDICIAL, Proposal.REVOKE, Proposal.RECORD_CREDIT}
    told = {one["proposal"] for one in case.events("consequence.proposed")}
    assert Proposal.PENALTY.value not in told, "nor does the approving system hear of one"
    with store.read() as tx:
        rules = "officer.review", "consequence.proposed"
        again = [one for entry, one in recompute.replay(office, tx, case_id) if entry.rule in rules]
    assert again.count(Again.SAME) == 3, "the review and what it proposed come to the same"
