"""The decision becomes known over the API: the date of an item that counts from it, its work and its proof follow, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inspector.domain.calendar import SHANGHAI, Term
from inspector.domain.case import CaseState, VerifyFrom
from inspector.domain.counting import tally
from inspector.domain.decision import OrderKind
from inspector.flows import review
from inspector.flows.office import Office
from inspector.flows.wording import counted
from inspector.ports import Origin, Unavailable
from inspector.store.store import Store
from tests.edge import serving
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_draw_way import announced, carried_out, drawing, visits
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


@pytest.mark.parametrize(
    ("term", "due", "accept", "bounded"),
    [
        ("4wd", 6, (5, 17, 30), True),
        ("3wd", 5, (5, 8, 30), True),
        ("2wd", 4, (4, 17, 30), True),
        ("10wd", 9, (5, 17, 30), False),
        ("1wd", 9, (5, 17, 30), False),
    ],
)
def test_a_visit_is_to_be_made_no_later_than_its_case_where_that_is_still_possible(
    store: Store, hand: Hand, term: str, due: int, accept: tuple[int, int, int], *, bounded: bool
) -> None:
    """Given on Wednesday 4 March within three working days, for a case of Monday 2 March. Whoever is asked accepts before the last day."""
    office, _, _ = drawing(store, hand)
    packs = (
        replace(one, items={code: replace(item, verify=Term.parse(term)) for code, item in one.items.items()})
        for one in office.book.packs
    )
    office = replace(office, book=replace(office.book, packs=tuple(packs)))
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    assert visit.due_at == datetime(2026, 3, due, 17, 30, tzinfo=SHANGHAI)
    assert [row["due_at"] for row in waiting(office, OrderKind.VISIT_DUE)] == [visit.due_at]
    proof = counted(visit.due_counted, "en")
    assert ("by itself the term would end on 2026-03-09; a case that it is for must be over earlier" in proof) is bounded
    kinds = [(one.day.day, one.number, one.kind.value) for one in tally(visit.due_counted)]
    assert kinds[-1] == ((due, due - 4 or None, "BOUNDED") if bounded else (9, 3, "COUNTED"))
    with store.read() as tx:
        assert {seat.accept_by for seat in tx.visits.team(visit.id)} == {datetime(2026, 3, *accept, tzinfo=SHANGHAI)}
        (case,) = (tx.cases.get(case_id) for case_id in visit.case_ids)
        assert case.verify_term is not None
        assert (visit.due_at == case.verify_term.due_at) is bounded
