"""Nobody is sent to ask what is known by then; who was drawn by chance stays drawn."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from inspector.domain import verification
from inspector.domain.case import CaseState, Method, Outcome
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.fieldnote import Place
from inspector.domain.finding import Finding
from inspector.domain.visit import SeatState, Visit, VisitState
from inspector.flows import dispatch, fieldnotes, lookback, review, visitnotice
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.settle import settle_case
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, application, post, settle
from tests.integration.test_draw_way import FACTS, Phones, visits
from tests.integration.test_joint import accepted, drawn, together, waiting
from tests.integration.test_merged import agrees, now_of

pytestmark = pytest.mark.alike


def answered(office: Office, case_id: str, *claims: str, verdict: Verdict = Verdict.MATCH) -> None:
    """A register answers about facts of a case, when nobody waits for it any more."""
    for claim in claims:
        with office.store.begin() as tx:
            case, now = tx.cases.get(case_id, lock=True), office.now()
            policy = office.book.get(case.pack)
            piece = Evidence(
                id=f"late:{case_id}:{claim}:{verdict}",
                claim=claim,
                method=Method.ONLINE_QUERY,
                via="registers",
                verdict=verdict,
                fresh=True,
                asked_at=now,
                as_of=now,
            )
            tx.cases.add_evidence(case, piece)
            settle_case(tx, office, verification.weigh(case, piece, policy, now, office.calendar), policy, now)
    settle(office)


def seen_only(office: Office) -> Office:
    """An office in which every fact of premises has to be seen there."""
    packs = [
        replace(
            pack,
            items={
                code: replace(item, facts=tuple(replace(one, premises_fact=True, source=None) for one in item.facts))
                for code, item in pack.items.items()
            },
        )
        for pack in office.book.packs
    ]
    return replace(office, book=replace(office.book, packs=tuple(packs)))


def asked(visit: Visit, case_id: str) -> list[str]:
    return [one.claim for one in visit.doubts if one.case_id == case_id]


def given(store: Store, hand: Hand, cases: int = 1) -> tuple[Office, Phones, list[str], Visit]:
    """A visit that its case needs, about two facts, given to a team that has accepted."""
    office, phones, _ = drawing(store, hand)
    office = seen_only(office)
    ids, held = announced(office, hand, cases=cases)
    carried_out(office, hand, held.number)
    (visit,) = (one for one in visits(office, held.number) if ids[0] in one.case_ids)
    accepted(office, hand, visit)
    assert len(asked(visit, ids[0])) == 2
    return office, phones, ids, visit


def test_a_fact_that_was_proven_after_the_draw_is_not_asked_at_the_door_and_the_team_hears_so(store: Store, hand: Hand) -> None:
    office, phones, (case_id,), visit = given(store, hand)
    known, left = asked(visit, case_id)
    answered(office, case_id, known)
    changed = now_of(office, visit)
    assert (asked(changed, case_id), changed.state) == ([left], VisitState.ASSIGNED)
    with store.read() as tx:
        team = tx.visits.team(visit.id)
        told = visitnotice.notice(office, tx, team[0].name, hand())
        assert [row["rule"] for row in tx.ledger.about(visit.id)].count("visit.spare") == 1
    assert [one.claim for one in told[0].lead.proven] == [known], "the notice says that it is proven already"
    assert sorted(str(one.data["seat"]) for one in phones.messages if one.data.get("changed")) == [one.name for one in team]
    agrees(office, visit)


@pytest.mark.slow
def test_with_the_last_fact_proven_nobody_is_sent_and_the_record_says_why(store: Store, hand: Hand) -> None:
    office, phones, (case_id,), visit = given(store, hand)
    answered(office, case_id, *asked(visit, case_id))
    with store.read() as tx:
        assert (tx.cases.get(case_id).state, tx.cases.get(case_id).outcome) == (CaseState.CLOSED, Outcome.TRUE)
        changed, team = tx.visits.get(visit.id), tx.visits.team(visit.id)
        after = json.loads(tx.draws.file(visit.draw, "after.jsonl").splitlines()[-1])
        (off,) = [json.loads(row["body"])["facts"] for row in tx.ledger.about(visit.id) if row["rule"] == "visit.cancel"]
        assert tx.visits.seats_since("bureau", visit.opened_at) == {}, "the seats are free"
    assert (changed.state, changed.doubts, {one.state for one in team}) == (VisitState.CANCELLED, (), {SeatState.CANCELLED})
    assert (after["kind"], after["reason"], off["reason"]) == ("withdrawn", "settled", "settled")
    assert sorted(str(one.data["seat"]) for one in phones.off) == [one.name for one in team], "who would go hears so"
    with pytest.raises(Exception, match="seat_passed_on"), store.read() as tx:
        visitnotice.notice(office, tx, team[0].name, hand())
    agrees(office, visit)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("outcome", "goes"), [(Outcome.DATA_ERROR, False), (Outcome.UNVERIFIABLE, True), (Outcome.UNTRUE_CURABLE, True)]
)
def test_who_was_to_be_visited_for_a_case_is_not_once_its_promise_stands_and_is_where_a_visit_may_still_speak(
    store: Store, hand: Hand, outcome: Outcome, *, goes: bool
) -> None:
    office, _, (case_id,), visit = given(store, hand)
    first, second = asked(visit, case_id)
    answered(office, case_id, first, second, verdict=Verdict.MISMATCH)
    assert now_of(office, visit).doubts == visit.doubts, "what speaks against somebody is looked at"
    with store.begin() as tx:
        pieces = tuple(one.id for one in tx.cases.evidence(case_id))
        review.decide(office, tx, case_id, outcome, "李四", "登记数据有误", pieces, hand())
    settle(office)
    assert now_of(office, visit).state is (VisitState.ASSIGNED if goes else VisitState.CANCELLED)


@pytest.mark.slow
def test_whoever_goes_for_another_case_too_goes_on_without_the_settled_one(store: Store, hand: Hand) -> None:
    office = seen_only(together(store, hand)[0])
    ids = waiting(office, "bureau", "civil")
    held, visit = drawn(office, hand)
    accepted(office, hand, visit)
    answered(office, ids["civil"], *asked(visit, ids["civil"]))
    changed = now_of(office, visit)
    assert (changed.state, {one.case_id for one in changed.doubts}) == (VisitState.ASSIGNED, {ids["bureau"]})
    assert changed.owing == {"bureau"}
    answered(office, ids["bureau"], *asked(visit, ids["bureau"]))
    assert now_of(office, visit).state is VisitState.CANCELLED
    with store.read() as tx:
        assert lookback.differing(office, tx, [*held.agencies], hand()) == []


@pytest.mark.parametrize("needed", [True, False], ids=["a case needed it as well", "for its own sake alone"])
def test_a_visit_that_chance_has_drawn_is_made_whatever_is_proven_meanwhile(store: Store, hand: Hand, *, needed: bool) -> None:
    office, _, (case_id,), visit = given(store, hand)
    with store.begin() as tx:
        held = tx.visits.get(visit.id, lock=True)
        lot = tx.visits.put(replace(held, sampled=True, doubts=tuple(replace(one, needed=needed) for one in held.doubts)))
    answered(office, case_id, *asked(visit, case_id))
    changed = now_of(office, visit)
    assert changed.state is VisitState.ASSIGNED, "by proving something nobody escapes a draw"
    assert changed.doubts == (() if needed else lot.doubts), "chance asks again what is known"


@pytest.mark.slow
def test_what_an_officer_saw_on_the_way_is_kept_where_the_fact_was_settled_meanwhile(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    first, second = asked(visit, case_id)
    hand.now = max(hand(), visit.release_at or hand())
    settle(office)
    answered(office, case_id, first)
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        found = (
            Finding(case_id=case_id, claim=first, verdict=Verdict.MISMATCH, note="门牌不符"),
            Finding(case_id=case_id, claim=second, verdict=Verdict.MATCH),
        )
        told = fieldnotes.Noted(findings=found, seen=None, remarks="", on=None, place=Place(), captured_at=None, sent_at=None)
        fieldnotes.enter(office, tx, team[0].name, told, hand())
    with store.read() as tx:
        case = tx.cases.get(case_id)
        assert "门牌不符" in {one.remark for one in tx.cases.evidence(case_id)}
    assert case.state is CaseState.REVIEW, "two who say otherwise are for a person"


@pytest.mark.slow
def test_a_case_that_was_settled_before_its_visit_was_given_sends_nobody(store: Store, hand: Hand) -> None:
    office = seen_only(drawing(store, hand)[0])
    case_id = post(office, application(1, "dispatch-premises", FACTS))
    settle(office)
    with store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office)
    with store.read() as tx:
        claims = [one.claim.key for one in tx.cases.get(case_id).claims]
    answered(office, case_id, *claims)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.read() as tx:
        after = json.loads(tx.draws.file(held.number, "after.jsonl").splitlines()[-1])
        assert tx.visits.team(visit.id) == ()
    assert (visit.state, after["reason"]) == (VisitState.CANCELLED, "settled")
    agrees(office, visit)


@pytest.mark.slow
def test_a_fact_that_was_answered_by_the_team_itself_stays_in_its_result(store: Store, hand: Hand) -> None:
    office, _, (case_id,), visit = given(store, hand)
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        found = [Finding(case_id=case_id, claim=one, verdict=Verdict.MATCH) for one in asked(visit, case_id)]
        dispatch.report(office, tx, team[0].name, found, "", hand())
    changed = now_of(office, visit)
    assert (changed.state, len(changed.doubts)) == (VisitState.DONE, 2)
