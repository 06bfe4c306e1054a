"""Why an inspector did not go to a visit, in his or her words, goes with the visit's name; that he or she did not go stays."""

from __future__ import annotations

import pytest

from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.veil import VEIL
from inspector.domain.visit import SeatState
from inspector.flows import dispatch, publication, seatlink
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.house import Hand, settle
from tests.integration.test_publications import look, said
from tests.integration.test_purging import holding, let_go, night, troubles
from tests.integration.test_purging_visits import recomputed

pytestmark = pytest.mark.alike
WORDS = "与户主孙七七是同学"


def test_the_words_by_which_an_inspector_declined_go_and_the_draw_stands(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    (case_id,), draw = announced(office, hand, cases=1)
    carried_out(office, hand, draw.number)
    (visit,) = (one for one in visits(office, draw.number) if one.case_ids == (case_id,))
    with store.begin() as tx:
        first = tx.visits.team(visit.id)[0]
        dispatch.decline(office, tx, first.name, WORDS, hand())
        seatlink.call_back(office, tx, tx.visits.team(visit.id)[1].name, "李四", WORDS, hand(), anew=True)
    settle(office)
    with store.begin() as tx:
        team = [one for one in tx.visits.team(visit.id) if one.state.open]
        for one in team:
            dispatch.accept(tx, one.name, hand())
        found = [Finding(case_id=case_id, claim=one.claim, verdict=Verdict.MATCH) for one in visit.doubts]
        dispatch.report(office, tx, team[0].name, found, "", hand())
    settle(office)
    look(office, hand)
    said(office, publication.publish, office.calendar.local_date(hand()), "https://example.org/1")
    assert "seat" in holding(store, WORDS)
    night(office, hand, days=3_700)
    let_go(office, case_id)
    assert holding(store, WORDS) == set()
    with store.read() as tx:
        gone = tx.visits.seat(visit.id, first.place, first.turn)
    assert (gone.state, gone.reason) == (SeatState.DECLINED, VEIL)
    assert troubles(store) == set()
    recomputed(office, draw.number)
