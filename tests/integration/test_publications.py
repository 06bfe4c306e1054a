"""Handbook scenario 63: a result is a duty to publish in twenty working days; late is told, and what falls is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from inspector.daemon.schedules import sweep_order
from inspector.domain.annulled import Annulled
from inspector.domain.case import Outcome
from inspector.domain.consequence import ConsequenceState
from inspector.domain.decision import OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.gazette import Fallen
from inspector.domain.opening import Opening
from inspector.domain.proposal import Proposal
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.visit import VisitState
from inspector.flows import annulling, consequences, dispatch, publication, unpublish
from inspector.flows.history import history
from inspector.flows.office import Office
from inspector.store.store import Store
from tests import kept
from tests.drawn import announced, carried_out, drawing, visits
from tests.edge import serving
from tests.house import Hand, settle

pytestmark = pytest.mark.alike


@pytest.fixture
def office(store: Store, hand: Hand) -> Office:
    """An office of which one visit is over."""
    held, _, _ = drawing(store, hand)
    kept.lived(held, hand, "a visit is over", partial(_visited, held, hand))
    return held


def _visited(held: Office, hand: Hand) -> None:
    (case_id,), draw = announced(held, hand, cases=1)
    carried_out(held, hand, draw.number)
    (visit,) = (one for one in visits(held, draw.number) if one.case_ids == (case_id,))
    with held.store.begin() as tx:
        team = tx.visits.team(visit.id)
        for one in team:
            dispatch.accept(tx, one.name, hand())
    findings = [Finding(case_id=case_id, claim=doubt.claim, verdict=Verdict.MATCH) for doubt in visit.doubts]
    with held.store.begin() as tx:
        dispatch.report(held, tx, team[0].name, findings, "", hand())


def look(office: Office, hand: Hand) -> list[PublicationDuty]:
    """The daily look; all duties."""
    with office.store.begin() as tx:
        tx.work.order([sweep_order(OrderKind.PUBLICATION_LOOK, {}, hand(), hand())], hand())
    settle(office)
    with office.store.read() as tx:
        return tx.publications.page(("bureau",), None, "", 50)


def matters(office: Office) -> list[bool]:
    """Of each open matter of a publication whether it says that the date is over."""
    with office.store.read() as tx:
        return [bool(one["overdue"]) for one in tx.attention.standing(unpublish.MATTER)]


def said(office: Office, do: Callable[..., PublicationDuty], *told: object) -> PublicationDuty:
    """What a named person says about the one duty."""
    with office.store.begin() as tx:
        (held,) = tx.publications.page(("bureau",), None, "", 50)
        return do(office, tx, held.id, *told, "李四", office.now())


@pytest.mark.slow
def test_a_result_is_owed_for_twenty_working_days_told_before_and_at_its_date_and_done_with_a_proof(
    office: Office, hand: Hand
) -> None:
    (held,) = look(office, hand)
    assert len(look(office, hand)) == 1, "twice is once"
    formed = office.calendar.local_date(held.formed_at)
    assert office.calendar.local_date(held.due_at) == office.calendar.add_working_days(formed, 20)
    assert held.basis == "P:1.2.25"
    assert matters(office) == []
    hand.now = office.calendar.opening(office.calendar.add_working_days(formed, 17))
    settle(office)
    assert matters(office) == [False]
    hand.now = held.due_at + timedelta(seconds=1)
    settle(office)
    assert matters(office) == [True]
    with office.store.read() as tx:
        assert {of: count for of, count in publication.late(tx, office.now()).items() if count} == {("OWED", "result"): 1}
    for on, reference, code in (
        (date(2030, 1, 1), "公告栏", "publication_day"),
        (formed - timedelta(days=1), "公告栏", "publication_day"),
        (formed, " ", "publication_reference_missing"),
    ):
        with pytest.raises(Invalid, match=code):
            said(office, publication.publish, on, reference)
    done = said(office, publication.publish, formed, "https://example.org/2026/1")
    assert (done.state, done.posted and done.posted.by) == (PublicationState.PUBLISHED, "李四")
    assert matters(office) == []
    with pytest.raises(Refusal, match="publication_state"):
        said(office, publication.publish, formed, "again")


@pytest.mark.slow
def test_nothing_is_said_to_be_public_while_its_draws_record_is_closed(office: Office, hand: Hand) -> None:
    (duty,) = look(office, hand)
    with office.store.begin() as tx:  # another visit of the draw is still to be made
        made = tx.visits.get(duty.visit)
        open_one = replace(made, id=f"{made.id}-other", state=VisitState.ASSIGNED, done_at=None, case_ids=(), version=0)
        tx.visits.add(open_one)
    today = office.calendar.local_date(hand())
    with pytest.raises(Refusal, match="publication_closed"):
        said(office, publication.publish, today, "公告栏")
    with office.store.begin() as tx:
        tx.visits.put(replace(tx.visits.get(open_one.id), state=VisitState.CANCELLED))
    assert said(office, publication.publish, today, "公告栏").posted is not None


@pytest.mark.slow
def test_what_does_not_stand_is_taken_back_in_three_working_days_with_its_reason_and_a_proof(office: Office, hand: Hand) -> None:
    look(office, hand)
    with pytest.raises(Refusal, match="publication_owed"):
        said(office, publication.recall, Fallen.REVOKED, "王某申请复议", "云政复〔2026〕3号")
    today = office.calendar.local_date(hand())
    said(office, publication.publish, today, "公告栏")
    with pytest.raises(Invalid, match="reason_missing"):
        said(office, publication.recall, Fallen.UNSTATED, "", "")
    held = said(office, publication.recall, Fallen.REVOKED, "王某申请复议", "云政复〔2026〕3号")
    assert office.calendar.local_date(held.due_at) == office.calendar.add_working_days(today, 3)
    assert held.basis == "S1:48;P:1.2.27"
    hand.now = held.due_at + timedelta(seconds=1)
    settle(office)
    assert matters(office) == [True]
    gone = said(office, publication.remove, office.calendar.local_date(hand()), "截图存档 2026-1")
    assert (gone.state, gone.why, gone.posted and gone.posted.reference) == (PublicationState.REMOVED, Fallen.REVOKED, "公告栏")
    assert matters(office) == []


@pytest.mark.slow
def test_what_was_published_of_a_case_whose_basis_a_court_annuls_is_to_be_taken_back_by_its_document(
    office: Office, hand: Hand
) -> None:
    (duty,) = look(office, hand)
    said(office, publication.publish, office.calendar.local_date(hand()), "公告栏")
    with office.store.begin() as tx:
        (case_id,) = tx.visits.get(duty.visit).case_ids
        entry = tx.cases.get(case_id).entry
        assert entry is not None
        gone = history(office, tx, "bureau")
        assert [len(seen) for seen in gone.seen.values() if seen] == [1], "cool-down and caps count this visit"
        for name in ("李四", "王五"):  # the promise was found kept, so two officers strike it
            annulling.entry(office, tx, entry, Annulled.COURT, "（2026）行初1号", name, hand(), reasons="判决撤销")
    with office.store.read() as tx:
        held = tx.publications.get(duty.id)
    assert (held.state, held.document) == (PublicationState.TO_REMOVE, "（2026）行初1号")
    with office.store.read() as tx:
        assert history(office, tx, "bureau") == gone, "who was there has been there: cool-down and counters stay as history"


def test_what_was_published_goes_with_the_decision_about_the_matter_and_a_kept_promise_stays_recorded(
    office: Office, hand: Hand
) -> None:
    (duty,) = look(office, hand)
    said(office, publication.publish, office.calendar.local_date(hand()), "公告栏")
    with office.store.begin() as tx:
        (case_id,) = tx.visits.get(duty.visit).case_ids
        case, given = tx.cases.get(case_id), Opening(proposal=Proposal.REVOKE, by="李四", evidence=("e1",))
        policy = office.book.get(case.pack)
        revoke = consequences.new(tx, case, given, 1, Outcome.UNTRUE_INCURABLE, policy, hand())
        tx.consequences.add(replace(revoke, state=ConsequenceState.IMPOSED, imposed_at=hand()))
    with office.store.begin() as tx:
        annulling.consequence(office, tx, revoke.id, Annulled.COURT, "（2026）行初2号", "王五", hand())
    with office.store.read() as tx:
        held, kept = tx.publications.get(duty.id), tx.cases.get(case_id).entry
    assert (held.state, held.document, kept) == (PublicationState.TO_REMOVE, "（2026）行初2号", case.entry)
    assert kept is not None


@pytest.mark.slow
def test_whoever_checks_publishes_and_nobody_else(office: Office, hand: Hand) -> None:
    (held,) = look(office, hand)
    path, given = f"/v1/publications/{held.id}", {"on": hand().date().isoformat(), "reference": "公告栏"}
    with serving(office) as edge, edge.as_("clerk") as clerk, edge.as_("clerk", "other") as stranger:
        assert stranger.get("/v1/publications").json() == {"publications": [], "next": None}
        assert stranger.post(f"{path}/published", json=given).status_code == 404
        assert clerk.get("/v1/publications", params={"state": "OWED"}).json()["publications"][0]["id"] == held.id
        assert clerk.post(f"{path}/published", json=given).json()["state"] == "PUBLISHED"
        assert clerk.post(f"{path}/recall", json={"why": "MISTAKE"}).status_code == 403, "an officer says so"
        assert clerk.post(f"{path}/ruled", json={"found": "PROBLEM", "reasons": "无证"}).status_code == 403
        assert clerk.post(f"{path}/removed", json=given).status_code == 409


@pytest.mark.slow
def test_where_it_is_public_is_somebodys_word_and_read_by_officers_and_auditors_alone(office: Office, hand: Hand) -> None:
    look(office, hand)
    said(office, publication.publish, office.calendar.local_date(hand()), "公告栏，由某某 13800138000 张贴")
    with serving(office) as edge:
        for role, reads in (("officer", True), ("auditor", True), ("clerk", False), ("ops", False)):
            with edge.as_(role) as caller:
                (told,) = caller.get("/v1/publications").json()["publications"]
            assert (told["posted"]["reference"] != "") is reads, role
            assert told["posted"]["on"] == str(office.calendar.local_date(hand()))
