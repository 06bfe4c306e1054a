"""The decision becomes known over the API: the date of an item that counts from it, its work and its proof follow, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inspector.domain.case import CaseState, VerifyFrom
from inspector.domain.decision import OrderKind
from inspector.flows import review
from inspector.flows.office import Office
from inspector.ports import Origin, Unavailable
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_recount import waiting
from tests.integration.test_way import LICENCE

pytestmark = pytest.mark.alike


def from_decision(store: Store, hand: Hand) -> Office:
    """An office whose items count from the decision, and whose register is away, so that its cases wait."""
    office = open_office(store, hand, sources={"registers": Table(default=Unavailable("timeout", origin=Origin.WIRE))})
    packs = (
        replace(one, items={code: replace(item, verify_from=VerifyFrom.DECISION) for code, item in one.items.items()})
        for one in office.book.packs
    )
    return replace(office, book=replace(office.book, packs=tuple(packs)))


def test_a_decision_made_before_the_case_came_in_brings_its_date_nearer_and_says_so(store: Store, hand: Hand) -> None:
    office = from_decision(store, hand)
    case_id = post(office, application(1, "business-licence", LICENCE))
    with serving(office) as edge, edge.as_("auditor") as client:
        before = client.get(f"/v1/cases/{case_id}").json()
        with store.begin() as tx:
            review.conclude(office, tx, case_id, "hall", hand(), at=hand.now - timedelta(days=1))
        shown = client.get(f"/v1/cases/{case_id}").json()
    assert (before["due_at"][:10], shown["due_at"][:10]) == ("2026-03-16", "2026-03-13")
    assert set(shown["remarks"]) - set(before["remarks"]) == {"DECIDED_BEFORE"}
    assert shown["explanation"]["why"]["due_counted"]["event"] == "MATTER_CONCLUDED"
    assert [row["due_at"].date().isoformat() for row in waiting(office, OrderKind.VERIFY_DUE)] == ["2026-03-13"]
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.VERIFYING
    hand.on(days=60)
    settle(office)
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.REVIEW
