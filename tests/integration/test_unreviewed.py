"""What no officer has looked at has no effect against anybody: nothing is proposed, told or entered of it (scenario 14)."""

from __future__ import annotations

import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.domain.consequence import ConsequenceState
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office, post, settle
from tests.proceedings import Proceeding

pytestmark = pytest.mark.alike

AGAINST = frozenset(Proposal) - {Proposal.TRANSFER_JUDICIAL}


@pytest.fixture
def contradicted(store: Store, hand: Hand) -> Proceeding:
    """One source has said otherwise, and weeks have gone by in which nobody looked."""
    office = open_office(store, hand, sources={"registers": Table(default="吊销")})
    case = post(office, application(1, "business-licence", {"registration-status": "存续"}))
    settle(office)
    for _ in range(4):
        hand.on(days=14)
        settle(office)
    return Proceeding(office=office, hand=hand, case=case)


@pytest.mark.parametrize("proposal", sorted(AGAINST))
def test_nothing_is_proposed_of_a_contradiction_that_no_officer_has_reviewed(
    contradicted: Proceeding, proposal: Proposal
) -> None:
    with pytest.raises(Refusal, match="consequence_not_adverse"):
        contradicted.propose(proposal)
    assert contradicted.all() == []


def test_however_long_nobody_reviews_it_there_is_no_outcome_no_entry_and_no_notice_and_a_suspicion_alone_goes_to_a_head(
    contradicted: Proceeding,
) -> None:
    office = contradicted.office
    with office.store.read() as tx:
        case = tx.cases.get(contradicted.case)
        told = [one.kind for one in tx.servings.of_case(case.id)]
        records = tx.records.of_subject(case.subject.kind, case.subject.code)
    assert (case.state, case.outcome, case.entry, told, records) == (CaseState.REVIEW, None, None, [], [])
    assert contradicted.matters("review_due"), "people are told that it is late"
    transfer = contradicted.propose(Proposal.TRANSFER_JUDICIAL)
    assert transfer.state is ConsequenceState.PROPOSED
    with office.store.read() as tx:
        assert tx.cases.get(contradicted.case).outcome is None, "a suspicion finds nothing"


def test_what_an_officer_found_true_is_the_ground_of_nothing(contradicted: Proceeding) -> None:
    contradicted.decide(Outcome.DATA_ERROR)
    with pytest.raises(Refusal, match="consequence_not_adverse"):
        contradicted.propose(Proposal.PENALTY)
    with contradicted.office.store.read() as tx:
        told = {one.kind for one in tx.servings.of_case(contradicted.case)}
    assert told & {NoticeKind.PROPOSAL, NoticeKind.DECISION} == set()
