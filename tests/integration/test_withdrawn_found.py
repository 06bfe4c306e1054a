"""Whoever was found false, and stands entered so, takes that back by no click (the plan, items 2, 7 and 9; decision 157)."""

from __future__ import annotations

import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.domain.consequence import ConsequenceState
from inspector.domain.creditrecord import RecordState
from inspector.domain.proposal import Proposal
from inspector.domain.serving import SubjectWord
from inspector.flows import spoken
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, settle
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def entered(store: Store, hand: Hand) -> tuple[Proceeding, str]:
    """Found false before the matter is concluded, and entered by an officer."""
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    settle(case.office)
    return case, entry


def stands(case: Proceeding, entry: str) -> tuple[CaseState, Outcome | None, RecordState, ConsequenceState]:
    with case.office.store.read() as tx:
        held, mine = tx.cases.get(case.case), tx.records.get(entry)
    return held.state, held.outcome, mine.state, case.the(Proposal.RECORD_CREDIT).state


def test_a_click_leaves_the_officers_entry_as_it_is_and_is_a_matter_for_an_officer(store: Store, hand: Hand) -> None:
    case, entry = entered(store, hand)
    before = stands(case, entry)
    name = f"{case.the(Proposal.RECORD_CREDIT).id}:decision"
    with store.begin() as tx:
        said = spoken.say(case.office, tx, name, SubjectWord.WITHDRAWAL, "不办了", (), hand())
    assert said.receipt
    assert stands(case, entry) == before
    assert before[0] is CaseState.CLOSED
    assert [(one["case"], one["entry"]) for one in case.matters("withdrawal_asked")] == [(case.case, entry)]


def test_the_approving_system_takes_it_back_no_more_than_the_subject(store: Store, hand: Hand) -> None:
    case, entry = entered(store, hand)
    before = stands(case, entry)
    with serving(case.office) as edge, edge.as_("system", name="hall") as system:
        told = system.post(f"/v1/cases/{case.case}/withdraw", json={"reason": "不办了"})
        assert (told.status_code, told.json()["state"], told.json()["heard"]) == (200, "CLOSED", "withdrawal_asked")
    assert stands(case, entry) == before
    assert len(case.matters("withdrawal_asked")) == 1


def test_before_the_entry_is_decided_a_withdrawal_is_carried_out_and_nothing_is_entered(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.FALSE_KNOWING, concluded=False)
    with serving(case.office) as edge, edge.as_("system", name="hall") as system:
        told = system.post(f"/v1/cases/{case.case}/withdraw", json={"reason": "不办了"}).json()
        assert (told["state"], told["heard"]) == ("WITHDRAWN", None)
    assert case.the(Proposal.RECORD_CREDIT).state is ConsequenceState.DROPPED
    assert case.matters("withdrawal_asked") == []
