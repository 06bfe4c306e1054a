"""What is seen on a visit is of the day on which it was made, whenever it is entered, on both databases."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, datetime

import pytest

from inspector.domain.calendar import SHANGHAI, Term
from inspector.domain.case import Case, CaseState, ClaimStatus, Method, Outcome
from inspector.domain.duty import Follow, FollowRow
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.exclusion import counted
from inspector.domain.finding import Finding
from inspector.domain.inspection import Authority
from inspector.flows import dispatch, history, lookback, review
from inspector.flows.explain import explain
from inspector.flows.narrative import render
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.drawn import announced, carried_out, drawing, visits
from tests.house import Hand

pytestmark = pytest.mark.alike

VISITED, ENTERED = date(2026, 3, 4), datetime(2026, 3, 10, 16, tzinfo=SHANGHAI)
NOTICE = FollowRow(row="follow-notice", step=Follow.RECTIFY_NOTICE, term=Term.parse("3wd"), basis="S10:15")


def seen(
    store: Store, hand: Hand, verdict: Verdict, claimed: date, on: date | None, valid_for: str = "30d"
) -> tuple[Office, Case]:
    """A visit of one day, entered on the 10th, about a promise that speaks of the day `claimed`."""
    office, _, _ = drawing(store, hand)
    valid = Term.parse(valid_for)
    packs = [
        replace(
            pack,
            items={
                code: replace(item, facts=tuple(replace(one, valid_for=valid) for one in item.facts))
                for code, item in pack.items.items()
            },
            follows={**pack.follows, Follow.RECTIFY_NOTICE: NOTICE},
        )
        for pack in office.book.packs
    ]
    office = replace(office, book=replace(office.book, packs=tuple(packs)))
    (case_id,), drawn = announced(office, hand, cases=1)
    carried_out(office, hand, drawn.number)
    (visit,) = visits(office, drawn.number)
    with store.begin() as tx:
        case = tx.cases.get(case_id, lock=True)
        files = tuple(replace(file, claim=replace(file.claim, on=claimed)) for file in case.claims)
        tx.cases.put(replace(case, claims=files))
    hand.now = ENTERED
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        for seat in team:
            dispatch.accept(tx, seat.name, hand())
        found = [Finding(case_id=one.case_id, claim=one.claim, verdict=verdict, note="所见") for one in visit.doubts]
        dispatch.report(office, tx, team[0].name, found, "", hand(), on=on)
    with store.read() as tx:
        return office, tx.cases.get(case_id)


def on_site(office: Office, case: Case) -> Evidence:
    with office.store.read() as tx:
        (piece,) = [one for one in tx.cases.evidence(case.id) if one.method is Method.ON_SITE]
    return piece


@pytest.mark.slow
def test_what_was_seen_before_the_day_of_the_promise_is_a_lead_though_it_is_entered_after_it(store: Store, hand: Hand) -> None:
    office, case = seen(store, hand, Verdict.MISMATCH, date(2026, 3, 6), VISITED)
    piece = on_site(office, case)
    assert (piece.fresh, piece.note, piece.asked_at) == (False, "as_of_before", ENTERED)
    assert piece.as_of is not None
    assert piece.as_of.astimezone(SHANGHAI).date() == VISITED
    assert ClaimStatus.STALE_LEAD in {file.status for file in case.claims}
    with store.read() as tx:
        told = render(explain(office, tx, case.id), "en")
    assert "Seen on 2026-03-04: not of a time that decides, a lead only" in told
    assert "as of 2026-03-10" not in told


@pytest.mark.slow
@pytest.mark.parametrize(("valid_for", "proven"), [("2d", False), ("30d", True)])
def test_what_agreed_before_the_day_of_the_promise_proves_it_only_while_the_fact_holds(
    store: Store, hand: Hand, valid_for: str, proven: bool
) -> None:
    _, case = seen(store, hand, Verdict.MATCH, date(2026, 3, 6), VISITED, valid_for)
    assert (case.state is CaseState.CLOSED and case.outcome is Outcome.TRUE) is proven


def test_a_visit_of_today_is_of_the_moment_it_is_entered(store: Store, hand: Hand) -> None:
    office, case = seen(store, hand, Verdict.MISMATCH, date(2026, 3, 6), None)
    piece = on_site(office, case)
    assert (piece.fresh, piece.as_of) == (True, ENTERED)


@pytest.mark.slow
def test_the_notice_of_rectification_is_due_so_long_after_the_visit_and_not_after_its_entry(store: Store, hand: Hand) -> None:
    office, case = seen(store, hand, Verdict.MISMATCH, date(2026, 3, 2), VISITED)
    piece = on_site(office, case)
    with store.begin() as tx:
        review.conclude(office, tx, case.id, "hall", hand())
        review.decide(office, tx, case.id, Outcome.UNTRUE_CURABLE, "李四", "理由", (piece.id,), hand())
    with store.read() as tx:
        told = [json.loads(row["body"]) for row in tx.events.of_case(case.id) if row["type"] == "consequence.proposed"]
    assert [one["notice_due_at"][:10] for one in told if "notice_due_at" in one] == ["2026-03-09"]


def test_a_visit_of_december_entered_in_january_is_a_check_of_the_old_year_and_rests_from_its_own_day(
    store: Store, hand: Hand
) -> None:
    hand.now = datetime(2026, 12, 29, 9, tzinfo=SHANGHAI)
    office, _, _ = drawing(store, hand)
    _, drawn = announced(office, hand, cases=1)
    carried_out(office, hand, drawn.number)
    (visit,) = visits(office, drawn.number)
    made, today = date(2026, 12, 31), date(2027, 1, 5)
    with store.begin() as tx:
        team = tx.visits.team(visit.id)
        for seat in team:
            dispatch.accept(tx, seat.name, hand())
        hand.now = datetime(2027, 1, 5, 9, tzinfo=SHANGHAI)
        found = [Finding(case_id=one.case_id, claim=one.claim, verdict=Verdict.MATCH) for one in visit.doubts]
        dispatch.report(office, tx, team[0].name, found, "", hand(), on=made)
    with store.read() as tx:
        seen = history.history(office, tx, "bureau").of(visit.object_id)
        one = history.of_one(office, tx, "bureau", visit.object_id, visit.kind, visit.code)
        assert lookback.differing(office, tx, ["bureau"], hand()) == []
    assert [held.on for held in seen] == [held.on for held in one] == [made], "the check of the firm, not the clerk's entry of it"
    limits, own = office.policy("bureau", today).limits, frozenset({Authority.OWN})
    row = limits.checks[one[0].check]
    limits = replace(limits, checks={**limits.checks, row.check: replace(row, counts=True)})
    assert (counted(one, limits, made, own), counted(one, limits, today, own)) == (1, 0)
