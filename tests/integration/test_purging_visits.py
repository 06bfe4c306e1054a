"""When a case that was visited is let go, its draw stands, what is public stands, and nobody takes it for a loss."""

from __future__ import annotations

import pytest

from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import Place
from inspector.domain.finding import Finding
from inspector.domain.purge import Hold
from inspector.domain.retention import Record
from inspector.flows import dispatch, fieldnotes, gazette, lookback, publication
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand
from tests.integration.test_casefile import decided
from tests.integration.test_draw_way import announced, carried_out, drawing, replayed, visits
from tests.integration.test_publications import look, said
from tests.integration.test_purging import due, holding, let_go, night, troubles

__all__ = ["decided"]
pytestmark = pytest.mark.alike

TYPED = "户主在场，出示了租约原件"


@pytest.fixture
def visited(store: Store, hand: Hand) -> tuple[Office, str, str]:
    """A case that a visit has proven, with a note from the spot; its draw."""
    office, _, _ = drawing(store, hand)
    (case_id,), draw = announced(office, hand, cases=1)
    carried_out(office, hand, draw.number)
    (visit,) = (one for one in visits(office, draw.number) if one.case_ids == (case_id,))
    findings = [Finding(case_id=case_id, claim=one.claim, verdict=Verdict.MATCH, note=TYPED) for one in visit.doubts]
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        for one in team:
            dispatch.accept(tx, one.name, hand())
        given = fieldnotes.Noted(
            findings=tuple(findings), seen=None, remarks="", on=None, place=Place(), captured_at=None, sent_at=None
        )
        fieldnotes.enter(office, tx, team[0].name, given, hand())
    return office, case_id, draw.number


@pytest.mark.slow
def test_a_draw_whose_case_was_let_go_is_recomputed_and_its_result_stays_public(
    visited: tuple[Office, str, str], store: Store, hand: Hand
) -> None:
    office, case_id, draw = visited
    look(office, hand)
    hand.on(days=3_700)
    assert Hold.PUBLICATION in dict(due(office, Record.ENFORCEMENT))[case_id], "what is owed to the public keeps the case"
    said(office, publication.publish, office.calendar.local_date(hand()), "https://example.org/1")
    shown = gazette.gather(office, hand(), post=False)
    night(office, hand, days=1)
    assert dict(due(office, Record.ENFORCEMENT)) == {case_id: ()}
    assert "field_note" in holding(store, TYPED)
    let_go(office, case_id)
    assert holding(store, TYPED).isdisjoint({"field_note", "evidence", "event"}), "what stands in the visit is its draw's"
    assert troubles(store) == set()
    replayed(office, draw)
    with store.read() as tx:
        assert lookback.differing(office, tx, ("bureau",), hand()) == [], "the next draw is prepared as ever"
    assert gazette.gather(office, hand(), post=False) == shown
    assert len(look(office, hand)) == 1, "and nothing is owed anew"
    night(office, hand, days=2)
    assert troubles(store) == set()


def test_what_stands_behind_a_decision_against_somebody_keeps_its_case(
    decided: tuple[Office, str], store: Store, hand: Hand
) -> None:
    office, case_id = decided
    hand.on(days=3_700)
    assert Hold.CONSEQUENCE in dict(due(office, Record.ENFORCEMENT))[case_id], "proposals that nobody has decided"
    night(office, hand, days=1)
    assert holding(store, "门头照片与登记地址不符") >= {"evidence"}, "and what people saw is no answer's wording"
