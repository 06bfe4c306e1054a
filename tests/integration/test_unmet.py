"""A visit that serves no case and finds nobody is told as what it is, and never as nothing found (handbook 1.2.36, 1.2.37, 2.7)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inspector.domain import gazette
from inspector.domain.attempt import AttemptWay
from inspector.domain.case import Outcome
from inspector.domain.collated import Collated
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.finding import Part, Seen
from inspector.domain.gazette import CheckResult
from inspector.domain.report import Found, found
from inspector.domain.secondlook import sound
from inspector.domain.tipoff import TipOff, TipSource
from inspector.domain.unmet import unmet
from inspector.domain.visit import Visit, VisitState
from inspector.flows import attempts, dispatch, leads, publication, supervision
from inspector.flows.history import met_nobody
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import serving
from tests.house import Hand, open_office, settle
from tests.integration.test_publications import look
from tests.integration.test_replacements import pool_draw

pytestmark = pytest.mark.alike


def pooled(store: Store, hand: Hand) -> tuple[Office, Visit, str]:
    """A visit to the pool whose team has accepted, and the first seat."""
    office, held = pool_draw(store, hand)
    visit = visits(office, held.number)[0]
    with store.begin() as tx:
        for seat in tx.visits.team(visit.id):
            dispatch.accept(tx, seat.name, hand())
    return office, visit, f"{visit.id}:0:0"


def said(office: Office, hand: Hand, seat: str, seen: Seen, words: str = "") -> Visit:
    with office.store.begin() as tx:
        return dispatch.report(office, tx, seat, (), words, hand(), seen=seen)


def tried(office: Office, hand: Hand, seat: str, way: AttemptWay, at: datetime | None = None) -> None:
    with office.store.begin() as tx:
        attempts.from_seat(office, tx, seat, way, at, f"无人应答 {way.value}", hand())


def sought(office: Office, hand: Hand, seat: str) -> None:
    """Three attempts in two ways on two days."""
    tried(office, hand, seat, AttemptWay.ON_SITE)
    tried(office, hand, seat, AttemptWay.TELEPHONE)
    hand.on(days=1)
    tried(office, hand, seat, AttemptWay.ON_SITE)


def clues(office: Office) -> list[TipOff]:
    with office.store.read() as tx:
        return [one for one in tx.tips.open_of(("bureau",)) if one.source is TipSource.CHECK]


@pytest.mark.slow
def test_three_attempts_make_it_unreachable_by_the_page_and_by_the_interface_and_nothing_less_does(
    store: Store, hand: Hand
) -> None:
    office, visit, seat = pooled(store, hand)
    token = office.link_token("seat", seat)
    with serving(office) as edge, edge.client() as phone:
        path = f"/seat/{seat}/{token}"
        page = phone.get(path).text
        assert 'id="attempt"' in page
        assert [one for one in Seen if f'value="{one}"' in page] == [one for one in Seen if one is not Seen.UNCLEAR]
        phone.headers["X-Link-Token"] = token
        early = phone.post(f"/v1/seats/{seat}/notes", json={"seen": "UNREACHABLE"})
        assert (early.status_code, early.json()["error"]["code"]) == (409, "attempts_lacking")
        for way in ("ON_SITE", "TELEPHONE"):
            told = phone.post(f"/v1/seats/{seat}/attempts", json={"way": way, "words": "大门紧锁"})
            assert (told.status_code, told.json()["enough"]) == (200, False)
        hand.on(days=1)
        last = phone.post(f"/v1/seats/{seat}/attempts", json={"way": "ON_SITE", "words": "大门紧锁"}).json()
        assert (last["enough"], len(last["attempts"])) == (True, 3)
        assert "大门紧锁" in phone.get(path).text
        assert phone.post(f"/v1/seats/{seat}/notes", json={"seen": "UNREACHABLE"}).json()["became"] == "RESULT"
    with store.read() as tx:
        held = tx.visits.get(visit.id)
    assert unmet(held, "bureau") is Seen.UNREACHABLE
    assert not sound(held, "bureau"), "nobody looks a second time at what nobody has looked at"
    assert found((), over=True, seen=Seen.UNREACHABLE) is Found.UNDECIDED


@pytest.mark.slow
def test_an_officer_has_a_date_for_it_with_every_attempt_and_for_the_registers_keeper(store: Store, hand: Hand) -> None:
    office, visit, seat = pooled(store, hand)
    sought(office, hand, seat)
    said(office, hand, seat, Seen.UNREACHABLE)
    settle(office)
    (clue,) = clues(office)
    assert (clue.code, clue.kind, clue.due_at > hand()) == (visit.code, visit.kind, True)
    assert [clue.words.count(word) for word in ("无人应答 ON_SITE", "无人应答 TELEPHONE", "转登记机关")] == [2, 1, 1]
    with store.read() as tx:
        kinds = {str(row["kind"]) for row in tx.attention.page(None)}
    assert supervision.FOUND not in kinds, "nothing was found"
    assert leads.TO_SEE in kinds
    hand.now = clue.due_at + timedelta(minutes=1)
    settle(office)
    with store.read() as tx:
        (matter,) = (row for row in tx.attention.page(None) if row["kind"] == leads.TO_SEE)
    assert json.loads(matter["body"])["overdue"], "and hears of it again when the date is over"


@pytest.mark.slow
def test_it_is_published_as_what_it_is_once_an_officer_has_said_so_and_never_as_nothing_found(store: Store, hand: Hand) -> None:
    office, visit, seat = pooled(store, hand)
    sought(office, hand, seat)
    said(office, hand, seat, Seen.UNREACHABLE)
    settle(office)
    (duty,) = (held for held in look(office, hand) if held.visit == visit.id)
    today = office.calendar.local_date(hand())
    with store.begin() as tx, pytest.raises(Refusal, match="publication_undecided"):
        publication.publish(office, tx, duty.id, today, "公告栏", "李四", hand())
    with store.begin() as tx, pytest.raises(Invalid, match="publication_rule_unmet"):
        publication.rule(office, tx, duty.id, CheckResult.NOTHING, "门口无人", "李四", hand())
    with store.begin() as tx:
        publication.rule(office, tx, duty.id, CheckResult.UNREACHABLE, "三次联系未果", "李四", hand())
    with store.begin() as tx, pytest.raises(Refusal, match="publication_closed") as refused:
        publication.publish(office, tx, duty.id, today, "公告栏", "李四", hand())
    hand.now = datetime.fromisoformat(str(refused.value.facts["until"])).replace(tzinfo=hand().tzinfo) + timedelta(days=1)
    with store.begin() as tx:
        done = publication.publish(office, tx, duty.id, office.calendar.local_date(hand()), "公告栏", "李四", hand())
    assert done.shown is not None
    assert done.shown.found is CheckResult.UNREACHABLE


@pytest.mark.slow
@pytest.mark.parametrize("seen", [Seen.CEASED, Seen.NOT_ACTIVE, Seen.REFUSED, Seen.UNVERIFIABLE])
def test_the_fields_other_outcomes_are_said_in_words_and_go_to_an_officer(store: Store, hand: Hand, seen: Seen) -> None:
    office, visit, seat = pooled(store, hand)
    with pytest.raises(Invalid, match="unmet_wordless"):
        said(office, hand, seat, seen, " ")
    assert unmet(said(office, hand, seat, seen, "现场情况"), "bureau") is seen
    (clue,) = clues(office)
    assert "现场情况" in clue.words
    assert ("转登记机关" in clue.words) is (seen is Seen.CEASED)
    with store.read() as tx:
        assert tx.visits.get(visit.id).found_by("bureau")


@pytest.mark.slow
def test_nobody_is_ruled_unreachable_whom_nobody_has_sought(store: Store, hand: Hand) -> None:
    office, visit, seat = pooled(store, hand)
    said(office, hand, seat, Seen.UNVERIFIABLE, "门口有人但未见负责人")
    (duty,) = (held for held in look(office, hand) if held.visit == visit.id)
    with store.begin() as tx, pytest.raises(Refusal, match="attempts_lacking"):
        publication.rule(office, tx, duty.id, CheckResult.UNREACHABLE, "未果", "李四", hand())


@pytest.mark.slow
def test_a_visit_that_found_nobody_uses_up_no_slot_where_the_pack_says_so(store: Store, hand: Hand) -> None:
    office, visit, seat = pooled(store, hand)
    sought(office, hand, seat)
    said(office, hand, seat, Seen.UNREACHABLE)
    with store.read() as tx:
        assert met_nobody(office, tx) == frozenset(), "where no pack goes by it nobody looks"
        packs = []
        for pack in office.book.packs:
            checks = {name: replace(row, nobody=False) for name, row in pack.limits.checks.items()}
            packs.append(replace(pack, limits=replace(pack.limits, checks=checks)))
        goes = replace(office, book=replace(office.book, packs=tuple(packs)))
        assert met_nobody(goes, tx) == {visit.id} == met_nobody(goes, tx, [visit.id])
        assert met_nobody(goes, tx, []) == frozenset()


@pytest.mark.slow
def test_what_is_checked_stands_on_the_page_in_the_push_and_on_the_firms_notice(store: Store, hand: Hand) -> None:
    office, visit, seat = pooled(store, hand)
    with store.read() as tx:
        held = tx.visits.get(visit.id)
        policy = office.book.get(tx.draws.pack_of(held.draw, "bureau"))
    listed = [one.name for one in policy.items.values() if held.kind in one.subjects]
    brief = held.brief_of("bureau")
    assert brief is not None
    assert brief.items
    assert set(brief.items) <= set(listed)
    token = office.link_token("seat", seat)
    with serving(office) as edge, edge.client(X_Link_Token=token) as phone:
        notice = phone.get(f"/v1/seats/{seat}/notice").json()
        page = phone.get(f"/seat/{seat}/{token}").text
    assert tuple(notice["items"]) == brief.items
    assert all(one in page for one in brief.items)


@pytest.mark.slow
def test_of_a_case_an_officer_says_it_and_no_team(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.begin() as tx:
        for one in tx.visits.team(visit.id):
            dispatch.accept(tx, one.name, hand())
    token = office.link_token("seat", f"{visit.id}:0:0")
    with serving(office) as edge, edge.client(X_Link_Token=token) as phone:
        told = phone.post(f"/v1/seats/{visit.id}:0:0/notes", json={"seen": "NOT_ACTIVE", "remarks": "停业"})
    assert (told.status_code, told.json()["error"]["code"]) == (422, "seen_of_no_case")
    part = Part(agency="bureau", by="Z001", at=hand(), seen=Seen.NOTHING)
    made, (case,) = replace(visit, state=VisitState.DONE, parts=(part,)), visit.case_ids
    for outcome, came in ((Outcome.UNREACHABLE, CheckResult.UNREACHABLE), (Outcome.UNVERIFIABLE, CheckResult.UNCLEAR)):
        assert gazette.found(made, "bureau", {case: ("bureau", outcome)}) is came, "whatever was seen beside it"


def test_beside_it_stands_the_code_that_says_so_and_no_other(store: Store, hand: Hand) -> None:
    codes = open_office(store, hand).book.packs[-1].sheet
    sheet = Collated(lines=(("outcomes~", ("no-contact", "false-disclosure")), ("modes~", ("on-site",))))
    shown = [one.code for one in gazette.coded(CheckResult.UNREACHABLE, sheet, codes)]
    assert shown == ["no-contact", "on-site"]
