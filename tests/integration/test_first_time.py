"""What is no first time: another untrue promise of which a decision has come to its subject (decision 194), within the pack's time."""

from __future__ import annotations

import json

import pytest

from inspector.domain.case import Outcome
from inspector.domain.proposal import Proposal
from inspector.store.store import Store
from tests.house import Hand
from tests.proceedings import Proceeding, decided

pytestmark = pytest.mark.alike


def again(first: Proceeding, number: int) -> Proceeding:
    """Another case of the same subject that an officer finds untrue."""
    return decided(first.office.store, first.hand, Outcome.UNTRUE_CURABLE, office=first.office, reference=f"R-{number}")


def earlier(case: Proceeding) -> tuple[int, bool]:
    """How many earlier ones its proposals name, and whether the review called it the first time."""
    with case.office.store.read() as tx:
        (told,) = [json.loads(row["body"])["facts"] for row in tx.ledger.about(case.case) if row["rule"] == "officer.review"]
    (count,) = {one.grading.earlier for one in case.all()}
    assert told["grade_earlier"] == count
    return count, bool(told["grade_first_time"])


def test_a_finding_is_an_earlier_one_from_the_service_of_its_decision_and_not_from_its_outcome(store: Store, hand: Hand) -> None:
    first = decided(store, hand, Outcome.UNTRUE_CURABLE)
    assert earlier(again(first, 2)) == (0, True), "nothing was decided by it"
    order = first.noticed(first.the(Proposal.ORDER_RECTIFY))
    until = hand().date().replace(month=4)
    order = first.rule(order, until=until, brought=False)
    assert earlier(again(first, 3)) == (0, True), "and what was decided has not come"
    first.bring(order)
    assert earlier(again(first, 4)) == (1, False)
    first.annul(order)
    assert earlier(again(first, 5)) == (0, True), "it stands no more"


def test_a_finding_of_which_everything_was_let_go_is_no_earlier_one(store: Store, hand: Hand) -> None:
    first = decided(store, hand, Outcome.UNTRUE_CURABLE)
    for held in first.all():
        first.drop(held)
    assert earlier(again(first, 2)) == (0, True)
