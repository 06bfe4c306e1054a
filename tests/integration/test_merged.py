"""One agency checks one firm once: a case that needs a visit goes along with one that is still to be made (handbook 1.4.13, 1.4.20)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.case import CaseState, Outcome
from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import Place
from inspector.domain.finding import Finding
from inspector.domain.visit import Visit, VisitState
from inspector.flows import dispatch, fieldnotes, lookback, reporting, review
from inspector.flows.draw import announce_now
from inspector.flows.office import Office
from inspector.flows.recall import call_off_visit
from inspector.flows.reconcile import watched
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, application, next_period, post, settle
from tests.integration.test_draw_way import FACTS, replayed, visits
from tests.integration.test_joint import accepted

pytestmark = pytest.mark.alike


def more(office: Office, reference: str = "R-MORE", agency: str = "bureau") -> str:
    """Another case about the same firm, whose premises have to be seen."""
    case_id = post(office, replace(application(1, "dispatch-premises", FACTS), reference=reference, agency=agency))
    settle(office)
    return case_id


def now_of(office: Office, visit: Visit) -> Visit:
    with office.store.read() as tx:
        return tx.visits.get(visit.id)


def agrees(office: Office, visit: Visit) -> None:
    """What is remembered, published and replayed of the draw still is one story."""
    with office.store.read() as tx:
        assert lookback.differing(office, tx, ["bureau"], office.now()) == []
        assert list(watched(office, tx, office.now())) == []
    replayed(office, visit.draw)


def nothing_drawn(office: Office, hand: Hand) -> bool:
    """Whether the next draw has nothing to draw."""
    next_period(office, "weekly")
    with office.store.begin() as tx:
        return announce_now(office, tx, "weekly", "clerk", hand()) is None


@pytest.mark.slow
def test_a_second_case_about_a_firm_that_is_to_be_visited_goes_along_and_the_team_hears_so(store: Store, hand: Hand) -> None:
    office, phones, _ = drawing(store, hand)
    (first,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    accepted(office, hand, visit)
    second = more(office)
    changed = now_of(office, visit)
    assert changed.case_ids == (first, second)
    assert {one.case_id for one in changed.doubts} == {first, second}
    with store.read() as tx:
        team = tx.visits.team(visit.id)
        assert [one.id for one in tx.visits.of_case(second)] == [visit.id]
        assert [row["rule"] for row in tx.ledger.about(visit.id)].count("visit.merge") == 1
    assert sorted(str(one.data["seat"]) for one in phones.messages if one.data.get("changed")) == [one.name for one in team]
    assert nothing_drawn(office, hand), "the firm is visited once"
    with store.begin() as tx:
        found = [Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH) for one in changed.doubts]
        dispatch.report(office, tx, team[0].name, found, "", hand())
    with store.read() as tx:
        assert {tx.cases.get(one).outcome for one in (first, second)} == {Outcome.TRUE}
    agrees(office, visit)


def test_a_case_that_came_while_the_draw_was_under_way_goes_along_when_the_visit_is_given(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    (first,), held = announced(office, hand, cases=1)
    second = more(office)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    assert visit.case_ids == (first, second)
    assert nothing_drawn(office, hand)
    agrees(office, visit)


def test_a_visit_that_has_begun_is_not_held_up_by_a_new_question(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    (first,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    accepted(office, hand, visit)
    hand.now = max(hand(), visit.release_at or hand())
    settle(office)
    with store.begin() as tx:
        name = tx.visits.team(visit.id)[0].name
        told = fieldnotes.Noted(
            findings=(), seen=None, remarks="已到现场", on=None, place=Place(), captured_at=None, sent_at=None
        )
        fieldnotes.enter(office, tx, name, told, hand())
    second = more(office)
    assert now_of(office, visit).case_ids == (first,)
    with store.read() as tx:
        assert [row["id"] for row in tx.cases.undrawn("bureau")] == [second], "it waits for the next draw, as any other"


@pytest.mark.slow
def test_a_case_that_went_along_waits_again_when_the_visit_is_called_off(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    second = more(office)
    with store.begin() as tx:
        call_off_visit(office, tx, tx.visits.get(visit.id, lock=True), "discretionary", held.pack, hand())
    with store.read() as tx:
        assert second in [row["id"] for row in tx.cases.undrawn("bureau")]


def test_another_agency_has_a_visit_of_its_own(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    (first,), held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    more(office, agency="other")
    assert now_of(office, visit).case_ids == (first,), "its officers have no power there"


@pytest.mark.slow
def test_what_goes_along_is_in_no_statistics_of_what_chance_has_drawn(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand, cases=1)
    carried_out(office, hand, held.number)
    (visit,) = visits(office, held.number)
    with store.begin() as tx:
        tx.visits.put(replace(tx.visits.get(visit.id, lock=True), sampled=True))
    second = more(office)
    changed = now_of(office, visit)
    assert (changed.merged, changed.state, changed.sampled) == ((second,), VisitState.ASSIGNED, True)
    accepted(office, hand, visit)
    with store.begin() as tx:
        name = tx.visits.team(visit.id)[0].name
        found = [
            Finding(
                case_id=one.case_id,
                claim=one.claim,
                verdict=Verdict.MISMATCH if one.case_id == second else Verdict.MATCH,
                note="不符",
            )
            for one in changed.doubts
        ]
        dispatch.report(office, tx, name, found, "", hand())
    with store.begin() as tx:
        assert tx.cases.get(second).state is CaseState.REVIEW
        pieces = [one.id for one in tx.cases.evidence(second) if one.verdict is Verdict.MISMATCH]
        review.decide(office, tx, second, Outcome.UNTRUE_CURABLE, "李四", "理由", tuple(pieces), hand())
    with store.read() as tx:
        standing = tx.cases.standing([*changed.case_ids])
        (checked,) = reporting._checked([tx.visits.get(visit.id)], standing, "bureau")
    assert (checked.random, checked.found.value) == (True, "TRUE"), "what chance has drawn was found good"
