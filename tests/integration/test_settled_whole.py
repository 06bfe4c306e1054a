"""A decision is written whole or not at all: its state, its entry and its orders in one transaction (on both databases)."""

from __future__ import annotations

import pytest

from inspector.domain.case import CaseState
from inspector.flows import review
from inspector.flows.intake import take
from inspector.store.store import Store
from tests.house import Hand, Table, application, open_office
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike


def test_whoever_dies_right_behind_a_commit_has_left_all_that_its_decision_ordered(store: Store, hand: Hand) -> None:
    office = open_office(store, hand, sources={"registers": Table(default="=")})
    given = application(1, "business-licence", LICENCE)

    def left(case_id: str) -> tuple[CaseState, list[str], set[str]]:
        """The case's state, its entries, and the kinds of its open work."""
        with store.read() as tx:
            work = [row["kind"] for row in tx.work.page(case_id=case_id) if row["state"] in ("ready", "waiting")]
            return tx.cases.get(case_id).state, [row["rule"] for row in tx.ledger.about(case_id)], set(work)

    with store.begin() as tx:
        tx.credit.state(given.subject_kind, given.subject_code, "A", hand(), "platform")
        case_id = take(office, tx, given, "hall", hand()).case.id
        tx.committed.clear()  # what would be done behind the commit is done by nobody any more
    state, rules, work = left(case_id)
    assert (state, rules[-1]) == (CaseState.VERIFYING, "strategy.choose")
    assert work >= {"ask", "verify.due"}
    with store.begin() as tx:
        review.withdraw(office, tx, case_id, "改为提交证明", "hall", hand())
        tx.committed.clear()
    state, rules, work = left(case_id)
    assert (state, rules[-1]) == (CaseState.WITHDRAWN, "commitment.withdraw")
    assert work.isdisjoint({"ask", "verify.due"})
