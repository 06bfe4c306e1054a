"""A record is repaired as soon as duties are done, and no earlier: while an order to rectify is not met nobody asks for it (1.7.1)."""

from __future__ import annotations

import pytest

from inspector.domain.case import Outcome
from inspector.domain.consequence import ConsequenceState
from inspector.domain.creditrecord import RecordState
from inspector.domain.errors import Refusal
from inspector.domain.proposal import Proposal
from inspector.flows import repairs
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_creditrecords import NAMES, PAPERS
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def ask(case: Proceeding, entry: str) -> None:
    with case.office.store.begin() as tx:
        repairs.ask(case.office, tx, entry, "已改正", PAPERS, "hall", case.hand(), names=NAMES)


def told(case: Proceeding, entry: str) -> tuple[str, bool]:
    """What its decision says of a repair, and whether its subject was invited to ask for it."""
    with case.office.store.read() as tx:
        notices = {one.id: one for one in tx.servings.of_case(case.case)}
    decision = next(one for name, one in notices.items() if name == f"{case.the(Proposal.RECORD_CREDIT).id}:decision")
    return next(one for one in decision.facts if "修复" in one), f"{entry}:repairable" in notices


def test_a_record_is_not_repaired_while_its_order_is_not_met_and_its_subject_is_invited_once_it_is(
    store: Store, hand: Hand
) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    hand.on(days=1)
    settle(case.office)
    said, invited = told(case, entry)
    assert ("整改完成后" in said, invited, case.matters("credit_repairable")) == (True, False, [])
    with pytest.raises(Refusal, match="repair_order_open") as refused:
        ask(case, entry)
    assert (refused.value.facts["order"], refused.value.facts["until"]) == (order.id, "2026-03-16")
    assert case.look(order, good=True, on=hand().date()).state is ConsequenceState.RECTIFIED
    assert (told(case, entry)[1], len(case.matters("credit_repairable")), len(case.events("credit.repairable"))) == (True, 1, 1)
    settle(case.office)
    assert len(case.events("credit.repairable")) == 1, "once"
    ask(case, entry)
    with store.begin() as tx:
        assert repairs.decide(case.office, tx, entry, "王五", "已整改", hand(), grant=True).state is RecordState.REPAIRED


def test_an_order_that_comes_after_the_asking_is_met_before_anything_is_granted(store: Store, hand: Hand) -> None:
    case = decided(store, hand, Outcome.UNTRUE_CURABLE)
    entry = case.impose(case.the(Proposal.RECORD_CREDIT)).entry
    hand.on(days=1)
    settle(case.office)
    said, invited = told(case, entry)
    assert ("整改" in said, invited) == (False, True)
    ask(case, entry)
    order = case.impose(case.the(Proposal.ORDER_RECTIFY))
    with store.begin() as tx, pytest.raises(Refusal, match="repair_order_open"):
        repairs.decide(case.office, tx, entry, "王五", "已整改", hand(), grant=True)
    with store.begin() as tx:
        repairs.decide(case.office, tx, entry, "王五", "尚未整改", hand(), grant=False)
    hand.on(days=40)
    case.look(order, good=False)
    ask(case, entry)  # the re-check is over, and its papers say what was done since
    with store.begin() as tx:
        assert repairs.decide(case.office, tx, entry, "王五", "已整改", hand(), grant=True).state is RecordState.REPAIRED
