"""What an inspector has seen against a promise reaches an officer, whatever becomes of the case or the visit meanwhile."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from inspector.domain.case import CaseState
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding
from inspector.domain.replacement import Ceased, Ground
from inspector.domain.version import Came
from inspector.domain.visit import Visit, VisitState
from inspector.flows import attention, dispatch, fieldnotes, replacing, review, teamnotes
from inspector.flows.fieldnotes import Noted
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_corrected_visits import corrected_at
from tests.integration.test_merged import now_of
from tests.integration.test_spared import answered, asked, given

pytestmark = pytest.mark.alike
LOCKED = "大门紧锁，从未营业"


def notes(office: Office, visit: Visit, seat: int, *said: tuple[str, Verdict], lay: timedelta = timedelta()) -> Came:
    """Somebody of the team writes down what he or she has seen of some facts; it `lay` in the phone so long."""
    found = tuple(
        Finding(case_id=visit.case_ids[0], claim=claim, verdict=verdict, note=LOCKED if verdict is Verdict.MISMATCH else "")
        for claim, verdict in said
    )
    with office.store.begin() as tx:
        name = tx.visits.team(visit.id)[seat].name
        now = office.now()
        told = Noted(findings=found, seen=None, remarks="", on=None, captured_at=now - lay, sent_at=now)
        _, came, _ = fieldnotes.enter(office, tx, name, told, now)
    settle(office)
    return came


def matters(office: Office) -> dict[str, dict[str, object]]:
    with office.store.read() as tx:
        return {row["kind"]: json.loads(row["body"]) for row in tx.attention.page(None) if not row["closed_at"]}


def words(office: Office, case_id: str) -> set[tuple[str, str]]:
    """(verdict, words) of what a visit has brought to a case."""
    with office.store.read() as tx:
        return {(one.verdict.value, one.remark) for one in tx.cases.evidence(case_id) if one.id.startswith("visit:")}


@pytest.mark.parametrize(
    "clash",
    [pytest.param(True, id="waits for the lead"), pytest.param(False, id="waits for the other fact", marks=pytest.mark.slow)],
)
def test_nothing_is_corrected_behind_what_an_inspector_has_seen_and_no_result_tells_yet(
    store: Store, hand: Hand, *, clash: bool
) -> None:
    office, _, (case_id,), visit = given(store, hand)
    one, other = asked(visit, case_id)
    assert notes(office, visit, 0, (other, Verdict.MISMATCH)) is Came.WAITS
    if clash:
        assert notes(office, visit, 1, (other, Verdict.MATCH)) is Came.CLASH
    hand.on(minutes=10)
    with pytest.raises(Refusal, match="correction_after_mismatch"):
        corrected_at(office, case_id, 2, "hall")
    assert now_of(office, visit).doubts == visit.doubts
    if not clash:
        assert notes(office, visit, 1, (one, Verdict.MATCH)) is Came.RESULT
        with store.read() as tx:
            assert tx.cases.get(case_id).state is CaseState.REVIEW


@pytest.mark.slow
def test_what_a_register_proves_afterwards_calls_nobody_back_who_has_seen_otherwise(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    one, other = asked(visit, case_id)
    notes(office, visit, 0, (one, Verdict.MISMATCH))
    answered(office, case_id, one, other)
    held = now_of(office, visit)
    assert (held.state, asked(held, case_id)) == (VisitState.ASSIGNED, [one, other]), "who is there goes on"
    assert notes(office, visit, 1, (other, Verdict.MATCH)) is Came.RESULT
    with store.read() as tx:
        assert tx.cases.get(case_id).state is CaseState.REVIEW, "two who say otherwise are for a person"
    assert ("mismatch", LOCKED) in words(office, case_id)


@pytest.mark.slow
def test_an_officer_reads_what_was_seen_where_the_visit_is_called_off(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    notes(office, visit, 0, (asked(visit, case_id)[0], Verdict.MISMATCH))
    with store.begin() as tx:
        review.withdraw(office, tx, case_id, "不再申请", "hall", hand())
    settle(office)
    assert now_of(office, visit).state is VisitState.CANCELLED
    assert matters(office)["note_against"]["cases"] == [case_id]


@pytest.mark.slow
def test_the_last_word_is_read_though_one_of_before_has_come_in_behind_it(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    one, _ = asked(visit, case_id)
    hand.on(hours=3)
    assert notes(office, visit, 0, (one, Verdict.MISMATCH)) is Came.WAITS
    hand.on(minutes=5)
    assert notes(office, visit, 0, (one, Verdict.MATCH), lay=timedelta(hours=1)) is Came.WAITS
    with store.begin() as tx:
        review.withdraw(office, tx, case_id, "不再申请", "hall", hand())
    settle(office)
    assert matters(office)["note_against"]["cases"] == [case_id]


def test_a_matter_that_is_open_still_names_the_case_that_it_named_before(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    for about in ("z-another", case_id, "z-another"):
        found = Finding(case_id=about, claim="hall", verdict=Verdict.MISMATCH, note=LOCKED)
        with store.begin() as tx:
            teamnotes.tell(tx, visit, tx.visits.team(visit.id)[0], [found], {found.case_id}, hand())
    assert matters(office)["note_against"]["cases"] == sorted([case_id, "z-another"])


@pytest.mark.slow
def test_who_has_recorded_an_object_as_no_more_hides_nothing_that_was_seen_there(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    notes(office, visit, 0, (asked(visit, case_id)[0], Verdict.MISMATCH))
    with store.begin() as tx:
        for by in ("李四", "王五"):
            replacing.cease(office, tx, visit.id, how=Ceased.CLOSED, evidence="公示系统", by=by, now=hand())
    settle(office)
    assert words(office, case_id) == {("mismatch", LOCKED), ("cannot_say", "CLOSED")}


@pytest.mark.slow
def test_what_was_seen_at_an_object_that_is_no_more_is_of_the_day_on_which_it_was_seen(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    claim, seen = asked(visit, case_id)[0], hand().date()
    notes(office, visit, 0, (claim, Verdict.MISMATCH))
    hand.on(days=3)
    with store.begin() as tx:
        for by in ("李四", "王五"):
            replacing.cease(office, tx, visit.id, how=Ceased.CLOSED, evidence="公示系统", by=by, now=hand())
    with store.read() as tx:
        told = [one for one in tx.cases.evidence(case_id) if one.id.startswith("visit:")]
    days = {one.verdict: one.as_of.date() for one in told if one.as_of is not None}
    assert days == {Verdict.MISMATCH: seen, Verdict.CANNOT_SAY: hand().date()}


@pytest.mark.slow
def test_nobody_replaces_an_object_having_seen_what_was_found_there(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    notes(office, visit, 0, (asked(visit, case_id)[0], Verdict.MISMATCH))
    with store.begin() as tx, pytest.raises(Refusal, match="visit_noted"):
        replacing.give_up(office, tx, visit.id, ground=Ground.UNSAFE, reason="危房", by="李科长", now=hand())


@pytest.mark.slow
def test_what_lay_in_a_phone_behind_a_correction_is_taken_of_what_is_promised_still_and_read_of_what_is_not(
    store: Store, hand: Hand
) -> None:
    office, _, (case_id,), visit = given(store, hand)
    with store.read() as tx:
        fact = {file.claim.key: file.claim.fact for file in tx.cases.get(case_id).claims}
    (address,) = (one for one in asked(visit, case_id) if fact[one] == "registered-address")
    (use,) = (one for one in asked(visit, case_id) if one != address)
    hand.on(minutes=10)
    corrected_at(office, case_id, 2, "hall")
    settle(office)
    held = now_of(office, visit)
    assert not {address, use} & {*asked(held, case_id)}
    assert notes(office, visit, 0, (address, Verdict.MISMATCH), (use, Verdict.MISMATCH)) is Came.WAITS
    assert matters(office)["note_against"]["cases"] == [case_id]
    assert words(office, case_id) == {("mismatch", LOCKED)}, "of the address of before, and an answer to no question"
    with pytest.raises(Refusal, match="correction_after_mismatch"):
        corrected_at(office, case_id, 3, "hall")
    with store.read() as tx:
        left = fieldnotes.field_of(office, tx, held, "bureau").gathered
        claims = {file.claim.key: file.claim.fact for file in tx.cases.get(case_id).claims}
    assert [claims[one.claim] for one in left.findings] == [fact[use]], "the office is promised as before"
    assert [claims[claim] for _, claim in left.missing] == ["registered-address"]


@pytest.mark.slow
def test_what_agrees_at_another_place_says_nothing_of_the_place_of_now(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    both = asked(visit, case_id)
    hand.on(minutes=10)
    corrected_at(office, case_id, 2, "hall")
    assert notes(office, visit, 0, *((one, Verdict.MATCH) for one in both)) is Came.WAITS
    held = now_of(office, visit)
    with store.read() as tx:
        assert len(fieldnotes.field_of(office, tx, held, "bureau").gathered.missing) == 2
        assert len(tx.fieldnotes.notes(visit.id, "bureau")) == 1
    assert words(office, case_id) == {("match", "")}
    assert "note_against" not in matters(office)


@pytest.mark.slow
def test_what_an_officer_has_read_is_not_asked_about_again_when_the_other_seat_passes_on(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    one, other = asked(visit, case_id)
    notes(office, visit, 0, (one, Verdict.MISMATCH))
    matter = f"{teamnotes.AGAINST}:{visit.id}"
    for place in (0, 1):
        with store.begin() as tx:
            dispatch.decline(office, tx, tx.visits.team(visit.id)[0 if place == 0 else -1].name, "休假", hand())
        assert (teamnotes.AGAINST in matters(office)) is (place == 0), "the same note once"
        if place == 0:
            with store.begin() as tx:
                attention.close(tx, matter, "王", hand(), note="已另行核实")
    with store.begin() as tx:
        held = tx.visits.get(visit.id)
        found = Finding(case_id=case_id, claim=other, verdict=Verdict.MISMATCH, note=LOCKED)
        teamnotes.tell(tx, held, tx.visits.team(visit.id)[0], [found], {"another-note"}, hand())
    assert matters(office)[teamnotes.AGAINST]["notes"] == ["another-note"], "another one is read"
