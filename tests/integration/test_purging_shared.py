"""Where a visit served two cases, and one of them is let go, what is left is held to the ledger as before, and no trouble is told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.decision import Because
from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import Place
from inspector.domain.finding import Finding
from inspector.domain.trail import RESTATED, left
from inspector.domain.visit import Visit
from inspector.flows import dispatch, fieldnotes, lookback, publication, reconcile
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.store.tx import new_id
from tests.drawn import carried_out, drawing
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, visits
from tests.integration.test_publications import look, said
from tests.integration.test_purging import holding, let_go, night, troubles

pytestmark = [pytest.mark.alike, pytest.mark.slow]

NOTES = ("户主在场，出示了租约原件", "门头已更换")
REMARK = "邻居孙七七称其已迁走"


def shared(store: Store, hand: Hand) -> tuple[Office, list[str], str]:
    """Two cases of one firm, proven on one visit; and its draw."""
    office, _, _ = drawing(store, hand)
    one = application(1, "dispatch-premises", FACTS)
    cases = [post(office, one), post(office, replace(one, reference="R-000002"))]
    settle(office)
    with store.begin() as tx:
        draw = announce_now(office, tx, "weekly", "clerk", hand())
    assert draw is not None
    settle(office)
    carried_out(office, hand, draw.number)
    (visit,) = visits(office, draw.number)
    assert set(visit.case_ids) == set(cases)
    words = dict(zip(cases, NOTES, strict=True))
    findings = tuple(
        Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH, note=words[one.case_id]) for one in visit.doubts
    )
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        for seat in team:
            dispatch.accept(tx, seat.name, hand())
        given = fieldnotes.Noted(
            findings=findings, seen=None, remarks=REMARK, on=None, place=Place(), captured_at=None, sent_at=None
        )
        fieldnotes.enter(office, tx, team[0].name, given, hand())
    look(office, hand)
    hand.on(days=3_700)
    said(office, publication.publish, office.calendar.local_date(hand()), "https://example.org/1")
    night(office, hand, days=1)
    return office, cases, draw.number


def differing(office: Office, draw: str, hand: Hand) -> tuple[set[str], list[str]]:
    with office.store.read() as tx:
        found = reconcile.differing(office, tx, tx.draws.get(draw), whole=True)
        return {one.code for one in found}, lookback.differing(office, tx, ("bureau",), hand())


def only(office: Office, draw: str) -> Visit:
    (visit,) = visits(office, draw)
    return visit


def test_what_another_case_rests_on_stays_and_the_rest_goes_without_a_trouble(store: Store, hand: Hand) -> None:
    office, (first, second), draw = shared(store, hand)
    let_go(office, first)
    assert (holding(store, NOTES[0]) - {"field_note"}, holding(store, NOTES[1]) >= {"visit"}) == (set(), True)
    assert (differing(office, draw, hand), troubles(store)) == ((set(), []), set())
    visit = only(office, draw)
    with store.begin() as tx:
        tx.visits.put(replace(visit, parts=tuple(replace(one, remarks="无") for one in visit.parts)))
    assert differing(office, draw, hand)[0] == {"draw.records_visit"}, "what is left is bound as all of it was"
    with store.begin() as tx:
        tx.visits.put(replace(only(office, draw), parts=visit.parts))
    let_go(office, second)
    assert [holding(store, word) for word in (*NOTES, REMARK)] == [set(), set(), set()]
    assert (differing(office, draw, hand), troubles(store)) == ((set(), []), set())


def test_an_entry_that_binds_a_visit_anew_of_which_no_case_has_gone_is_no_purge(store: Store, hand: Hand) -> None:
    office, _, draw = shared(store, hand)
    visit = only(office, draw)
    changed = replace(visit, parts=tuple(replace(one, remarks="无") for one in visit.parts))
    with store.begin() as tx:
        tx.visits.put(changed)
        told = Because(rule=RESTATED, basis=(), pack="", facts={"by": "王五", "entered": left(changed)})
        tx.ledger.append(new_id(), visit.id, told, {}, hand())
    assert differing(office, draw, hand)[0] == {"draw.records_visit"}
