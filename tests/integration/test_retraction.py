"""A credit entry lasts as long as the outcome it states: what makes the outcome fall takes it back. On both databases."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
import sqlalchemy as sa

from inspector.daemon import sweeps
from inspector.domain.annulled import Annulled
from inspector.domain.case import CaseState, Outcome
from inspector.domain.docket import DocketKind
from inspector.domain.errors import InspectorError, Invalid, Refusal, Stale
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.statement import STUCK, BookState
from inspector.flows import annulling, attention, dispatch, retracting, review, stopped
from inspector.flows.draw import announce_now
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.ports import CreditRetraction, NotYet, Origin, Receipt, Refused
from inspector.store import tables
from inspector.store.room import Row
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.telemetry.metrics import Metrics
from tests.drawn import carried_out, drawing, visits
from tests.house import Hand, Table, application, carry_out, claim, let_lapse, open_office, post, settle
from tests.integration.test_corrections import Platform
from tests.integration.test_way import LICENCE
from tests.proceedings import recorded

pytestmark = pytest.mark.alike


@dataclass
class Stubborn(Platform):
    """A platform that takes nothing back, until it does."""

    refuses: bool = True

    def retract(self, retraction: CreditRetraction, *, key: str) -> Receipt:
        """Refuse, or take it back."""
        if self.refuses:
            raise Refused("http_409", origin=Origin.THEM)
        return super().retract(retraction, key=key)


def proven(store: Store, hand: Hand, platform: Platform) -> tuple[Office, str]:
    """A case that has ended as true by rule; its entry is ordered and has not left the house."""
    office = open_office(store, hand, sources={"registers": Table(default="=")}, credit={"platform": platform})
    given = application(1, "business-licence", LICENCE)
    with store.begin() as tx:
        tx.credit.state(given.subject_kind, given.subject_code, "A", hand(), "platform")
    case_id = post(office, given)
    for work in claim(office, without=["platform"]):
        carry_out(office, work)
    with store.read() as tx:
        assert tx.cases.get(case_id).outcome is Outcome.TRUE
    return office, case_id


def withdraw(office: Office, case_id: str) -> None:
    """The applicant withdraws."""
    with office.store.begin() as tx:
        review.withdraw(office, tx, case_id, "改为提交证明", "hall", office.now())


def rows(office: Office, case_id: str, kind: str) -> list[Row]:
    """A case's work of a kind, in order."""
    with office.store.read() as tx:
        return tx.work.page(case_id=case_id, kind=kind, limit=200)


def matters(office: Office) -> list[str]:
    """What waits for a person."""
    with office.store.read() as tx:
        return [row["kind"] for row in tx.attention.page(None)]


def test_withdrawal_takes_back_the_entry_of_a_case_that_had_ended_as_true(store: Store, hand: Hand) -> None:
    platform = Platform(as_of=hand())
    office, case_id = proven(store, hand, platform)
    settle(office)
    (entry,) = platform.entries
    withdraw(office, case_id)
    with store.read() as tx:
        pending = render(explain(office, tx, case_id), "en")
    settle(office)
    assert platform.entries == []
    ((key, told),) = platform.retracted
    assert (told.entry_id, told.case_id, told.reason) == (entry.entry_id, case_id, "WITHDRAWN")
    assert key == f"credit.retract:{entry.entry_id}"
    with store.read() as tx:
        done = render(explain(office, tx, case_id), "en")
    assert "Take the credit record back" in pending
    assert "Credit record taken back" in done
    assert "Take the credit record back" not in done


def test_an_entry_that_has_not_left_is_ended_and_needs_no_retraction(store: Store, hand: Hand) -> None:
    platform = Platform(as_of=hand())
    office, case_id = proven(store, hand, platform)
    withdraw(office, case_id)
    settle(office)
    assert (platform.entries, platform.retracted, rows(office, case_id, "credit.retract")) == ([], [], [])


@pytest.mark.differs
def test_an_entry_whose_sending_is_under_way_is_taken_back_after_it_and_never_before(store: Store, hand: Hand) -> None:
    platform = Platform(as_of=hand())
    office, case_id = proven(store, hand, platform)
    (sending,) = (work for work in claim(office) if work.kind == "credit")
    withdraw(office, case_id)
    (retracting,) = (work for work in claim(office, lease=0.0) if work.kind == "credit.retract")
    with pytest.raises(NotYet, match="still_under_way"):
        carry_out(office, retracting)
    with pytest.raises(Stale):
        carry_out(office, sending)
    let_lapse(office)
    settle(office)
    assert (platform.entries, len(platform.retracted)) == ([], 1)


def test_an_entry_of_which_nobody_knows_whether_it_arrived_is_taken_back(store: Store, hand: Hand) -> None:
    platform = Platform(as_of=hand(), away=True)
    office, case_id = proven(store, hand, platform)
    settle(office)
    withdraw(office, case_id)
    platform.away = False
    hand.on(days=1)
    settle(office)
    assert (platform.entries, [told.reason for _, told in platform.retracted]) == ([], ["WITHDRAWN"])


def test_it_is_tried_every_working_day_until_the_platform_has_taken_it_and_a_person_knows(store: Store, hand: Hand) -> None:
    platform = Platform(as_of=hand())
    office, case_id = proven(store, hand, platform)
    settle(office)
    platform.away = True
    withdraw(office, case_id)
    settle(office)
    assert "credit_retraction_stuck" not in matters(office), "the pack gives it a working day"
    hand.on(days=1, hours=9)
    settle(office)
    metrics = Metrics()
    sweeps.snapshot(office, metrics)
    assert b"inspector_credit_retractions_open 1.0" in metrics.render()
    assert "credit_retraction_stuck" in matters(office)
    hand.on(days=3)
    settle(office)
    platform.away = False
    hand.on(days=3)
    settle(office)
    assert (platform.entries, len({key for key, _ in platform.retracted})) == ([], 1)
    sweeps.snapshot(office, metrics)
    assert b"inspector_credit_retractions_open 0.0" in metrics.render()
    assert "credit_retraction_stuck" not in matters(office)


def refused(store: Store, hand: Hand) -> tuple[Office, Stubborn, str]:
    """An entry that fell, and that its receiver will not take back; and what it is called."""
    platform = Stubborn(as_of=hand())
    office, case_id = proven(store, hand, platform)
    settle(office)
    (entry,) = platform.entries
    withdraw(office, case_id)
    settle(office)
    return office, platform, entry.entry_id


def test_a_refused_retraction_is_shown_with_its_date_and_goes_on_every_working_day(store: Store, hand: Hand) -> None:
    office, platform, entry = refused(store, hand)
    with store.read() as tx:
        (told,) = tx.attention.standing(STUCK)
        (row,) = (one for one in tx.docket.page(["bureau"], None, 50) if one.kind is DocketKind.RETRACTION)
        waiting = [one["state"] for one in tx.books.retracting(entry)]
    assert (told["entry"], told["connector"], told["error"]) == (entry, "platform", "http_409")
    assert (row.id, row.due_at.isoformat(), waiting) == (entry, told["due_at"], ["waiting"])
    assert row.due_at > hand()
    hand.on(days=3)
    settle(office)
    with store.read() as tx:
        assert tx.attention.standing(STUCK) == [told], "its date stays"
    platform.refuses = False
    hand.on(days=3)
    settle(office)
    assert (platform.entries, STUCK in matters(office)) == ([], False)


def test_nobody_closes_or_lets_go_what_a_receiver_still_has(store: Store, hand: Hand) -> None:
    office, platform, entry = refused(store, hand)
    with store.begin() as tx:
        assert closes(tx, entry, hand) == "retraction_open"
        (row,) = tx.books.retracting(entry)
        tx.connection.execute(
            sa.update(tables.work).where(tables.work.c.id == row["id"]).values(state="quarantined")
        )  # as releases before had it
    with store.begin() as tx, pytest.raises(Refusal, match="retraction_open"):
        stopped.release(tx, row["id"], "不再重试", hand())
    platform.refuses = False
    with store.begin() as tx:
        retracting.resume(office, tx, hand())
    settle(office)
    assert (platform.entries, STUCK in matters(office)) == ([], False)
    with store.begin() as tx:
        not_retracted(tx, entry, hand)
        assert closes(tx, entry, hand) == "", "what a receiver has taken back holds nothing up"


def test_what_somebody_had_let_go_is_taken_back_at_the_next_start(store: Store, hand: Hand) -> None:
    office, platform, entry = refused(store, hand)
    with store.begin() as tx:
        tx.work.end_keys([row["key"] for row in tx.books.retracting(entry)], hand())
        tx.attention.close(f"{STUCK}:{entry}", hand())
    platform.refuses = False
    with store.begin() as tx:
        retracting.resume(office, tx, hand())
        retracting.resume(office, tx, hand())
    settle(office)
    assert platform.entries == []


def test_a_receiver_that_cannot_be_asked_any_more_is_entered_as_done_by_its_paper(store: Store, hand: Hand) -> None:
    office, platform, entry = refused(store, hand)
    told = "函〔2026〕3号", "李四", hand()
    for document, connector, code in (("", "platform", "reason_missing"), (told[0], "sector", "retraction_none")):
        with store.begin() as tx, pytest.raises(InspectorError, match=code):
            retracting.by_document(tx, entry, connector, document, *told[1:])
    with store.begin() as tx:
        retracting.by_document(tx, entry, "platform", *told)
    with store.read() as tx:
        held = tx.books.get(entry)
        assert held is not None
        assert (held.state, held.receipt, tx.books.retracting(entry)) == (BookState.RETRACTED, told[0], [])
    assert STUCK not in matters(office)
    hand.on(days=5)
    settle(office)
    assert platform.retracted == []


def closes(tx: Tx, entry: str, hand: Hand) -> str:
    """The code by which an officer's closing of the matter is refused; empty where it is closed."""
    try:
        attention.close(tx, f"{STUCK}:{entry}", "李四", hand())
    except Refusal as error:
        return error.code
    return ""


def not_retracted(tx: Tx, entry: str, hand: Hand) -> None:
    """A matter of a release before that was left open."""
    tx.attention.open(STUCK, "bureau", entry, {"entry": entry, "error": "http_409"}, hand())


@pytest.mark.slow
def test_what_a_visit_finds_takes_no_kept_promise_back_and_two_officers_do_before_anything_else(store: Store, hand: Hand) -> None:
    platform = Platform(as_of=hand())
    office, _, _ = drawing(store, hand)
    office = replace(office, connectors=replace(office.connectors, credit={"platform": platform}))
    given = [application(number, "business-licence", LICENCE) for number in range(1, 9)]
    with store.begin() as tx:
        tx.lanes.ensure(["platform"])
        for one in given:
            tx.credit.state(one.subject_kind, one.subject_code, "D", hand(), "platform")
    for one in given:
        post(office, one)
    settle(office)
    assert {entry.outcome for entry in platform.entries} == {"TRUE"}
    with store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    carried_out(office, hand, held.number)
    visit = visits(office, held.number)[0]
    (case_id,) = visit.case_ids
    with store.begin() as tx:
        names = [dispatch.seat_name(seat) for seat in tx.visits.team(visit.id)]
        for name in names:
            dispatch.accept(tx, name, hand())
        seen = [
            Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MISMATCH, note="该处为仓库") for one in visit.doubts
        ]
        with pytest.raises(Invalid, match="findings_wordless"):
            dispatch.report(office, tx, names[0], [replace(one, note=" \n\u200b") for one in seen], "已到现场", hand())
        assert tx.cases.get(case_id).state is CaseState.CLOSED, "an ended case is not opened again without a word"
        dispatch.report(office, tx, names[0], seen, "", hand())
        assert tx.cases.get(case_id).state is CaseState.REVIEW
    settle(office)
    assert platform.retracted == []
    assert case_id in {entry.case_id for entry in platform.entries}, "nobody has looked at it yet"
    with store.begin() as tx:
        cited = tuple(piece.id for piece in tx.cases.evidence(case_id))
        review.decide(office, tx, case_id, Outcome.UNTRUE_CURABLE, "李四", "现场与承诺不符", cited, hand())
        kept = str(tx.cases.get(case_id).entry)
        annulling.entry(office, tx, kept, Annulled.CORRECTION, case_id, "王五", hand())
    settle(office)
    assert case_id not in {entry.case_id for entry in platform.entries}
    recorded(office, hand, case_id)
    settle(office)
    assert [entry.outcome for entry in platform.entries if entry.case_id == case_id] == ["UNTRUE_CURABLE"]
    with store.begin() as tx:
        entry = tx.cases.get(case_id).entry
        assert entry is not None
        annulling.entry(office, tx, entry, Annulled.COURT, "行初1号", "王五", hand())
    settle(office)
    assert case_id not in {entry.case_id for entry in platform.entries}
    assert [told.reason for _, told in platform.retracted] == ["ANNULLED", "ANNULLED"]
