"""When a case that was visited is let go, its draw stands, what is public stands, and nobody takes it for a loss."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import Place
from inspector.domain.finding import Finding, Seen
from inspector.domain.purge import Hold, gone, nameless
from inspector.domain.retention import Record
from inspector.domain.taking import PURGED
from inspector.domain.visit import Visit
from inspector.flows import caseless, dispatch, fieldnotes, gazette, lookback, publication, reconcile
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.purges import Amiss
from inspector.store.sealed import own
from inspector.store.store import Store
from inspector.store.tables import ledger
from inspector.store.tx import new_id
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, settle
from tests.integration.test_casefile import decided
from tests.integration.test_draw_rivals import pooled
from tests.integration.test_draw_way import replayed, visits
from tests.integration.test_publications import look, said
from tests.integration.test_purging import due, holding, let_go, night, troubles

__all__ = ["decided"]
pytestmark = pytest.mark.alike

TYPED = "户主在场，出示了租约原件"
REMARK = "邻居孙七七称其已迁走"


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
            findings=tuple(findings), seen=None, remarks=REMARK, on=None, place=Place(), captured_at=None, sent_at=None
        )
        fieldnotes.enter(office, tx, team[0].name, given, hand())
    return office, case_id, draw.number


def recomputed(office: Office, draw: str) -> None:
    """All records of a draw agree, whom the keys of its frame stand for among them."""
    with office.store.read() as tx:
        assert reconcile.differing(office, tx, tx.draws.get(draw), whole=True) == ()


def supervised(store: Store, hand: Hand) -> tuple[Office, str, Visit]:
    """A visit of daily supervision, at a firm of which there is no case, with a note from the spot and a result; and its draw."""
    office, _, _ = drawing(store, hand)
    office = pooled(office, "weekly")
    settle(office)
    with store.begin() as tx:
        made = announce_now(office, tx, "weekly", "clerk", hand())
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    visit = visits(office, made.number)[0]
    assert visit.case_ids == ()
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        for one in team:
            dispatch.accept(tx, one.name, hand())
        noted = fieldnotes.Noted(
            findings=(), seen=Seen.NOTHING, remarks=TYPED, on=None, place=Place(), captured_at=None, sent_at=None
        )
        fieldnotes.enter(office, tx, team[0].name, noted, hand())
        fieldnotes.enter(office, tx, team[1].name, noted, hand())
    with store.read() as tx:
        return office, made.number, tx.visits.get(visit.id)


def supervised_due(office: Office) -> dict[str, tuple[Hold, ...]]:
    with office.store.read() as tx:
        return {one.about: one.holds for one in caseless.ripe(office, tx, office.now())}


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
    with store.read() as tx:
        case, before = tx.cases.get(case_id), visits(office, draw)
    values = (one.claim.value for one in case.claims if len(one.claim.value) > 1)
    words = (TYPED, REMARK, case.subject.name, case.subject.code, case.reference, *values)
    assert holding(store, TYPED) >= {"field_note", "visit"}
    assert holding(store, case.subject.code) >= {"visit", "publication_duty"}
    let_go(office, case_id)
    left = {word: tables for word in words if (tables := holding(store, word))}
    assert left == {case.subject.code: {"visit"}}, "the key of a firm in its draw's frame is its public code"
    assert troubles(store) == set()
    replayed(office, draw)
    recomputed(office, draw)
    after = visits(office, draw)
    assert {(one.code, one.name) for one in after} == {("", "")}
    assert [(one.object_id, one.state, one.done_at, one.stratum, one.found_by("bureau")) for one in after] == [
        (one.object_id, one.state, one.done_at, one.stratum, one.found_by("bureau")) for one in before
    ]
    with store.read() as tx:
        assert lookback.differing(office, tx, ("bureau",), hand()) == [], "the next draw is prepared as ever"
    now = gazette.gather(office, hand(), post=False)
    assert (len(shown.lines), shown.lines[0].name, now.lines) == (1, case.subject.name, ()), (
        "what was public names nobody any more"
    )
    assert now.counted == shown.counted + 1, "and is counted"
    assert len(look(office, hand)) == 1, "and nothing is owed anew"
    night(office, hand, days=2)
    assert troubles(store) == set()


def test_a_visit_that_is_blank_and_of_which_nobody_said_that_it_went_is_no_purge(
    visited: tuple[Office, str, str], store: Store, hand: Hand
) -> None:
    office, _, draw = visited
    with store.begin() as tx:
        (held,) = tx.visits.of_draw(draw)
        tx.visits.put(nameless(held))
    with store.read() as tx:
        found = reconcile.differing(office, tx, tx.draws.get(draw), whole=True)
    assert {one.code for one in found} >= {"draw.records_visit"}


@pytest.mark.slow
def test_a_visit_that_served_no_case_goes_nameless_by_a_named_hand_with_all_that_was_noted_there(
    store: Store, hand: Hand
) -> None:
    office, draw, visit = supervised(store, hand)
    look(office, hand)
    with store.read() as tx:
        duties = len(tx.publications.page(("bureau",), None, "", 50))
    assert holding(store, TYPED) >= {"field_note", "visit"}
    night(office, hand, days=3_000)
    assert supervised_due(office) == {}
    with pytest.raises(Refusal, match="retention_runs"), store.begin() as tx:
        caseless.let_go(office, tx, visit.id, "王五", hand())
    night(office, hand, days=700)
    assert supervised_due(office) == {visit.id: (Hold.PUBLICATION, Hold.MATTER)}, "what is owed to the public keeps it"
    said(office, publication.publish, office.calendar.local_date(hand()), "https://example.org/1")
    with store.read() as tx:
        stopped = [row["id"] for row in tx.attention.page(None) if row["closed_at"] is None and row["about"].startswith(visit.id)]
    assert (duties, stopped, supervised_due(office)) == (1, [], {visit.id: ()})
    with store.begin() as tx:
        caseless.let_go(office, tx, visit.id, "王五", hand())
    assert holding(store, TYPED) == set(), "nor does the ledger quote anybody"
    with store.read() as tx:
        assert tx.visits.get(visit.id).nameless, "another of the draw is to a firm of the same name"
    assert holding(store, visit.code).isdisjoint({"publication_duty", "event"})
    assert (troubles(store), supervised_due(office)) == (set(), {})
    replayed(office, draw)
    recomputed(office, draw)
    with store.read() as tx:
        assert lookback.differing(office, tx, ("bureau",), hand()) == []
        assert any(row["rule"] == PURGED for row in tx.ledger.about(visit.id)), "what it says of the visit otherwise stays"
        (report,) = (row for row in tx.ledger.about(visit.id) if row["rule"] == "visit.report")
        (left,) = (row for row, sound in tx.ledger.checked(visit.id, ["visit.report"])[0] if sound)
        assert (report["body"], report["salt"]) == ("", "")
        assert json.loads(left["body"])["facts"] | {"remarks": "[…]", "seen": "NOTHING"} == json.loads(left["body"])["facts"]
    with store.begin() as tx:
        tx.visits.put(replace(tx.visits.get(visit.id), code=visit.code, name=visit.name))
    assert troubles(store) == {(Amiss.STILL, visit.id)}, "somebody brought it back"


def test_what_stands_behind_a_decision_against_somebody_keeps_its_case(
    decided: tuple[Office, str], store: Store, hand: Hand
) -> None:
    office, case_id = decided
    hand.on(days=3_700)
    assert Hold.CONSEQUENCE in dict(due(office, Record.ENFORCEMENT))[case_id], "proposals that nobody has decided"
    night(office, hand, days=1)
    assert holding(store, "门头照片与登记地址不符") >= {"evidence"}, "and what people saw is no answer's wording"


@pytest.mark.slow
def test_a_result_that_somebody_changes_after_its_words_went_is_found(
    visited: tuple[Office, str, str], store: Store, hand: Hand
) -> None:
    office, case_id, draw = visited
    look(office, hand)
    said(office, publication.publish, office.calendar.local_date(hand()), "https://example.org/1")
    night(office, hand, days=3_700)
    let_go(office, case_id)
    recomputed(office, draw)
    (one,) = visits(office, draw)
    others = tuple(replace(found, verdict=Verdict.MISMATCH) for found in one.findings)
    with store.begin() as tx:
        one = tx.visits.put(replace(one, findings=others))
    with store.read() as tx:
        found = reconcile.differing(office, tx, tx.draws.get(draw), whole=True)
    assert {line.code for line in found} == {"draw.records_visit"}
    with store.begin() as tx:
        tx.visits.put(replace(one, findings=tuple(replace(found, verdict=Verdict.MATCH) for found in others)))
        (purge,) = (row for row in tx.ledger.about(one.id) if row["rule"] == PURGED)
        text = own(purge["body"].replace('"match"', '"mismatch"'), purge["id"])
        assert text != purge["body"]
        tx.connection.execute(sa.update(ledger).where(ledger.c.id == purge["id"]).values(body=text))
    with store.read() as tx:
        assert tx.ledger.verify()[1] is not None, "what a purge leaves of an entry is under its own digest"
        assert reconcile.differing(office, tx, tx.draws.get(draw), whole=True)
        assert lookback.differing(office, tx, ("bureau",), hand())


@pytest.mark.slow
def test_what_a_former_release_let_stand_in_the_ledger_of_a_nameless_visit_goes_by_a_named_hand(store: Store, hand: Hand) -> None:
    office, draw, visit = supervised(store, hand)
    look(office, hand)
    night(office, hand, days=3_700)
    said(office, publication.publish, office.calendar.local_date(hand()), "https://example.org/1")
    with store.begin() as tx:
        tx.visits.put(nameless(tx.visits.get(visit.id)))
        row = next(one for one in office.book.get("demo@1").retentions if one.record is Record.ENFORCEMENT)
        facts: dict[str, object] = {"entries": [], "by": "王五", "rows": {"visit": 1}}
        until = office.calendar.local_date(hand()) - timedelta(days=1)
        told = gone(row, "demo@1", hand() - timedelta(days=3_690), until, facts)
        tx.ledger.append(new_id(), visit.id, told, {}, hand())
    assert (holding(store, TYPED), troubles(store)) == ({"ledger", "field_note"}, set())
    night(office, hand, days=1)
    assert supervised_due(office) == {visit.id: ()}
    with store.begin() as tx:
        caseless.let_go(office, tx, visit.id, "王五", hand())
    assert (holding(store, TYPED), troubles(store), supervised_due(office)) == (set(), set(), {})
    recomputed(office, draw)
