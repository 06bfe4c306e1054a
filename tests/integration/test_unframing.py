"""A natural person's number goes from the frames of draws with the last case; the draw is recomputed as before (decision 224)."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.errors import Missing, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import Place
from inspector.domain.finding import Finding
from inspector.domain.retention import Record
from inspector.domain.taking import PURGED
from inspector.flows import caseless, dispatch, fieldnotes, lookback, publication, purges, reconcile
from inspector.flows.draw import announce_now
from inspector.flows.members import members_of, object_id
from inspector.flows.office import Office
from inspector.flows.purges import Amiss
from inspector.store.drawtables import MEMBERS, draw_file
from inspector.store.store import Store
from inspector.store.tables import ledger
from tests.drawn import carried_out, drawing
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, replayed, visits
from tests.integration.test_publications import look
from tests.integration.test_purging import due, holding, let_go, night, troubles

pytestmark = [pytest.mark.alike, pytest.mark.slow]

NUMBER, NAME = "110105194912310002", "欧阳暗记"


@pytest.fixture
def visited(store: Store, hand: Hand) -> tuple[Office, str, str]:
    """A natural person's case that a visit has proven, a firm's beside it, whose days are over; and their draw."""
    office = covering_persons(drawing(store, hand)[0])
    given = application(1, "dispatch-premises", FACTS, subject_kind=SubjectKind.PERSON, subject_code=NUMBER, subject_name=NAME)
    case_id, _ = post(office, given), post(office, application(2, "dispatch-premises", FACTS))
    settle(office)
    with store.begin() as tx:
        made = announce_now(office, tx, "weekly", "clerk", hand())
    assert made is not None
    settle(office)
    carried_out(office, hand, made.number)
    for visit in visits(office, made.number):
        done(office, hand, visit.id)
    look(office, hand)
    hand.on(days=3_700)
    with store.begin() as tx:
        for one in tx.publications.page(("bureau",), None, "", 50):
            publication.publish(office, tx, one.id, office.calendar.local_date(hand()), "https://example.org/1", "李四", hand())
    night(office, hand, days=1)
    return office, case_id, made.number


def covering_persons(office: Office) -> Office:
    """An office whose pack has natural persons' premises seen, too."""
    packs = tuple(
        replace(pack, items={code: replace(one, subjects=type(one.subjects)(SubjectKind)) for code, one in pack.items.items()})
        for pack in office.book.packs
    )
    return replace(office, book=replace(office.book, packs=packs))


def done(office: Office, hand: Hand, visit_id: str) -> None:
    """A visit has its result."""
    with office.store.begin() as tx:
        visit = tx.visits.get(visit_id)
        team = tx.visits.team(visit.id)
        findings = [Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH) for one in visit.doubts]
        for one in team:
            dispatch.accept(tx, one.name, hand())
        given = fieldnotes.Noted(
            findings=tuple(findings), seen=None, remarks="", on=None, place=Place(), captured_at=None, sent_at=None
        )
        fieldnotes.enter(office, tx, team[0].name, given, hand())
    settle(office)


def sound(office: Office, hand: Hand, draw: str) -> None:
    """Nobody takes it for tampering: not the daily look, not the next frame, not the ledger, nor the records of purges."""
    with office.store.read() as tx:
        assert reconcile.differing(office, tx, tx.draws.get(draw), whole=True) == ()
        assert lookback.differing(office, tx, ("bureau",), hand()) == []
    assert troubles(office.store) == set()
    replayed(office, draw)


def spoilt(office: Office, draw: str) -> set[str]:
    with office.store.read() as tx:
        return {one.code for one in reconcile.differing(office, tx, tx.draws.get(draw), whole=True)}


def test_the_number_goes_with_the_last_case_and_its_draw_is_recomputed_as_before(
    visited: tuple[Office, str, str], store: Store, hand: Hand
) -> None:
    office, case_id, draw = visited
    with store.read() as tx:
        before, files = members_of(tx, draw), tx.draws.files(draw, without={MEMBERS})
    assert members_numbers(store, draw) == {NUMBER}
    let_go(office, case_id)
    who = object_id(office.secret, SubjectKind.PERSON, NUMBER)
    with store.read() as tx:
        after = members_of(tx, draw)
        (purge,) = (one for one in purges.audit(office, tx).purges if one.about == draw)
        assert tx.draws.files(draw, without={MEMBERS}) == files, "what strangers recompute is untouched"
    assert (after[who].code, after[who].name, after[who].cases) == ("", "", (case_id,))
    assert {name: one for name, one in after.items() if name != who} == {name: one for name, one in before.items() if name != who}
    assert purge.count == 1
    assert holding(store, NUMBER) | holding(store, NAME) == set()
    sound(office, hand, draw)
    night(office, hand, days=2)
    sound(office, hand, draw)


def test_a_blank_that_no_purge_has_made_is_tampering_and_so_is_a_number_that_came_back(
    visited: tuple[Office, str, str], store: Store, hand: Hand
) -> None:
    office, case_id, draw = visited
    whole = content(store, draw)
    put(store, draw, whole.replace(NUMBER.encode(), b"").replace(NAME.encode(), b""))
    assert spoilt(office, draw) == {"draw.records_members"}
    put(store, draw, whole)
    assert spoilt(office, draw) == set()
    let_go(office, case_id)
    bare = content(store, draw)
    put(store, draw, whole)
    assert (Amiss.STILL, draw) in troubles(store), "what an entry says to have gone is there"
    put(store, draw, bare.replace(b"TEST", b"TOST"))
    assert "draw.records_members" in spoilt(office, draw), "a purge excuses nothing else"
    put(store, draw, bare)
    sound(office, hand, draw)


def test_an_entry_that_says_so_excuses_no_number_of_a_case_that_is_there(
    visited: tuple[Office, str, str], store: Store, hand: Hand
) -> None:
    office, case_id, draw = visited
    let_go(office, case_id)
    with store.begin() as tx:
        here = (ledger.c.about == case_id, ledger.c.rule == PURGED)
        tx.connection.execute(sa.update(ledger).where(*here).values(about="elsewhere"))
    assert "draw.records_members" in spoilt(office, draw)


def test_what_a_former_release_left_there_goes_by_the_number_of_its_draw(
    visited: tuple[Office, str, str], store: Store, hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, case_id, draw = visited
    with store.begin() as tx, pytest.raises(Missing):
        caseless.let_go(office, tx, draw, "王五", hand())  # its case is there
    with monkeypatch.context() as former:
        former.setattr("inspector.flows.unframing.let_go", lambda *_: ())
        let_go(office, case_id)
    assert members_numbers(store, draw) == {NUMBER}
    with store.read() as tx:
        assert [one.about for one in caseless.frames(office, tx, hand())] == [draw]
    with store.begin() as tx:
        caseless.let_go(office, tx, draw, "王五", hand())
    assert members_numbers(store, draw) == set()
    with store.read() as tx:
        assert [*caseless.frames(office, tx, hand())] == []
    sound(office, hand, draw)


def test_a_draw_within_its_days_keeps_what_its_cases_do(visited: tuple[Office, str, str], store: Store, hand: Hand) -> None:
    office, _, draw = visited
    hand.on(days=-3_600)
    with store.begin() as tx, pytest.raises(Refusal, match="retention_runs"):
        caseless.let_go(office, tx, draw, "王五", hand())
    assert due(office, Record.ENFORCEMENT) == []


def content(store: Store, draw: str) -> bytes:
    with store.read() as tx:
        return tx.draws.file(draw, MEMBERS)


def put(store: Store, draw: str, held: bytes) -> None:
    with store.begin() as tx:
        here = (draw_file.c.number == draw, draw_file.c.name == MEMBERS)
        tx.connection.execute(sa.update(draw_file).where(*here).values(bytes=held))


def members_numbers(store: Store, draw: str) -> set[str]:
    """The numbers of natural persons in the private file of a draw."""
    return {one[1] for one in json.loads(content(store, draw)).values() if one[0] == SubjectKind.PERSON.value and one[1]}
