"""A late answer that settles a claim, or on which an officer decides, counts as any other, and its agency hears so."""

from __future__ import annotations

from functools import partial

import pytest

from inspector.domain import late, verification
from inspector.domain.case import CaseState, ClaimStatus, Outcome
from inspector.domain.evidence import Verdict
from inspector.domain.recompute import Again
from inspector.domain.review import Reviewed
from inspector.flows import assist, review
from inspector.flows.explain import explain
from inspector.flows.office import Office
from inspector.flows.recompute import replay
from inspector.store.store import Store
from tests.house import Hand, carry_out, claim, post, settle
from tests.integration.test_letters import Desk, an_office, request_of
from tests.integration.test_way import HOUSEHOLD, person

pytestmark = pytest.mark.alike


def go_without(office: Office, *lanes: str) -> None:
    """Carry out what is due, but in these lanes."""
    while held := claim(office, without=lanes):
        for work in held:
            carry_out(office, work)


def unanswered(office: Office, hand: Hand) -> str:
    """A case whose agency was silent to the end, so that its claim is given up."""
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    for days in (0, 3, 4, 14):
        hand.on(days=days)
        settle(office)
    return case_id


def status(office: Office, case_id: str) -> dict[str, ClaimStatus]:
    with office.store.read() as tx:
        return {one.claim.fact: one.status for one in tx.cases.get(case_id).claims}


def test_whose_late_answer_a_decision_names_as_its_ground_hears_that_it_was_used_and_the_claim_reads_confirmed(
    store: Store, hand: Hand
) -> None:
    desk = Desk("civil-affairs")
    office = an_office(store, hand, {"civil-affairs": desk, "county-office": Desk("county-office")})
    case_id = unanswered(office, hand)
    with store.begin() as tx:
        assist.answer(office, tx, request_of(store, case_id).id, Verdict.MISMATCH, "4", "赵六", hand.now)
    assert status(office, case_id)["household"] is ClaimStatus.UNDETERMINED
    with store.begin() as tx:
        (piece,) = [one for one in tx.cases.evidence(case_id) if one.verdict is Verdict.MISMATCH]
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "民政局答复不符", (piece.id,), hand())
    settle(office)
    assert request_of(store, case_id).echo == "USED"
    assert [one.outcome for one in desk.letters if one.kind.value == "outcome"] == ["USED"]
    with store.read() as tx:
        told = explain(office, tx, case_id)
    assert [one.reviewed for one in told.claims if one.status is ClaimStatus.UNDETERMINED] == [Reviewed.CONFIRMED]


def test_whose_late_answer_no_decision_names_hears_that_it_was_not_used(store: Store, hand: Hand) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    case_id = unanswered(office, hand)
    with store.begin() as tx:
        assist.answer(office, tx, request_of(store, case_id).id, Verdict.MISMATCH, "4", "赵六", hand.now)
    with store.begin() as tx:
        review.decide(office, tx, case_id, Outcome.UNVERIFIABLE, "李四", "无法核实", (), hand())
    assert request_of(store, case_id).echo == "UNUSED"


@pytest.mark.parametrize(("verdict", "becomes"), [(Verdict.MATCH, "PROVEN"), (Verdict.MISMATCH, "CONTRADICTED")])
def test_while_a_case_is_under_way_a_late_answer_settles_the_claim_that_had_been_given_up(
    store: Store, hand: Hand, verdict: Verdict, becomes: str
) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    go_without(office, "social")
    with store.begin() as tx:
        assist.refuse(office, tx, request_of(store, case_id).id, "档案移交中", "赵六", hand.now)
    assert status(office, case_id) == {"household": ClaimStatus.UNDETERMINED, "insured-income": ClaimStatus.OPEN}
    with store.begin() as tx:
        assist.answer(office, tx, request_of(store, case_id).id, verdict, "4" if becomes != "PROVEN" else "", "赵六", hand.now)
    assert status(office, case_id)["household"].value == becomes
    settle(office)
    with store.read() as tx:
        case = tx.cases.get(case_id)
    closed = (CaseState.CLOSED, Outcome.TRUE) if becomes == "PROVEN" else (CaseState.REVIEW, None)
    assert (case.state, case.outcome) == closed
    with store.read() as tx:
        assert {told for _, told in replay(office, tx, case_id)} <= {Again.SAME, Again.PERSON, Again.NO_FUNCTION}


def test_what_a_release_before_left_undetermined_is_no_other_decision_when_it_is_recomputed(
    store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = an_office(store, hand, {"civil-affairs": Desk("civil-affairs"), "county-office": Desk("county-office")})
    case_id = post(office, person(1, "relief-household", HOUSEHOLD))
    go_without(office, "social")
    with monkeypatch.context() as former, store.begin() as tx:
        former.setattr(late, "weigh", partial(verification.weigh, given_up=False))
        assist.refuse(office, tx, request_of(store, case_id).id, "档案移交中", "赵六", hand.now)
        assist.answer(office, tx, request_of(store, case_id).id, Verdict.MATCH, "", "赵六", hand.now)
    assert status(office, case_id)["household"] is ClaimStatus.UNDETERMINED
    with store.read() as tx:
        assert {told for _, told in replay(office, tx, case_id)} <= {Again.SAME, Again.PERSON, Again.NO_FUNCTION}
