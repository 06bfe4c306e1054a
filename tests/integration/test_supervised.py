"""An exempt promise that daily supervision looks at too late stands on the list by the last day to find its act (Penalties Law art. 36)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from inspector.domain.docket import PENALTY_LIMIT, DocketKind
from inspector.domain.evidence import Verdict
from inspector.domain.finding import Finding, Seen
from inspector.domain.visit import Visit
from inspector.flows import supervision, uncovered
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import ZONE, Hand, settle
from tests.integration.test_penalty_times import ROW, ruled
from tests.integration.test_supervision import entered, pooled

if TYPE_CHECKING:
    from inspector.store.work import Work

pytestmark = pytest.mark.alike

MORNING = cast("Work", None)
"""The order of a morning's look says nothing."""


def looks(office: Office, hand: Hand, *, days: int = 0) -> list[dict[str, Any]]:
    """The list of such days as it is on a morning."""
    hand.on(days=days)
    settle(office)
    uncovered.daily(MORNING, office)
    with office.store.read() as tx:
        return [dict(one) for one in tx.attention.standing(PENALTY_LIMIT)]


def visited(store: Store, hand: Hand, left: int) -> tuple[Office, str, Visit, date]:
    """An exempt promise of almost two years ago, whose firm is to be visited; the last day lies so many days ahead when it was given."""
    last = hand().date() + timedelta(days=left)
    office, case_id, visit = pooled(store, hand, last.replace(year=last.year - 2))
    return ruled(office, basis=ROW.basis), case_id, visit, last


def known(office: Office, visit: Visit, *, released: bool) -> None:
    """Whether the team knows whom it visits."""
    with office.store.begin() as tx:
        tx.visits.put(replace(tx.visits.get(visit.id), released=released))


def test_an_exempt_promise_whose_visit_is_due_too_late_is_listed_by_its_last_day_once_its_team_knows(
    store: Store, hand: Hand
) -> None:
    office, case_id, visit, last = visited(store, hand, 4)
    known(office, visit, released=False)
    assert looks(office, hand) == [], "nobody learns from a list of days whom a visit is to"
    known(office, visit, released=True)
    assert hand().date() < last < visit.due_at.date()
    (told,) = looks(office, hand)
    assert (told["case"], told["basis"], told["due_at"][:10]) == (case_id, ROW.basis, last.isoformat())
    with store.read() as tx:
        (row,) = (one for one in tx.docket.page(["bureau"], None, 50) if one.kind is DocketKind.LIMIT)
    assert (row.case_id, row.due_at.astimezone(ZONE).date()) == (case_id, last)
    entered(office, hand, visit, Seen.NOTHING, "正常")
    with store.read() as tx:
        assert tx.attention.standing(PENALTY_LIMIT) == [], "nobody is to look at it any more"


@pytest.mark.slow
def test_while_nobody_has_said_what_the_visit_has_found_it_stays_there(store: Store, hand: Hand) -> None:
    office, case_id, visit, _ = visited(store, hand, 40)
    assert looks(office, hand) == [], "the visit is in time"
    entered(office, hand, visit, Seen.FINDING, "疑似不实")
    (told,) = looks(office, hand)
    assert told["case"] == case_id
    with store.begin() as tx:
        tx.attention.close(f"{supervision.FOUND}:{visit.id}", hand())
    assert looks(office, hand) == []


@pytest.mark.slow
def test_what_contradicts_it_stays_on_the_list_with_its_case(store: Store, hand: Hand) -> None:
    office, case_id, visit, _ = visited(store, hand, 4)
    assert len(looks(office, hand)) == 1
    entered(
        office, hand, visit, None, "", [Finding(case_id=case_id, claim="relief-status", verdict=Verdict.MISMATCH, note="已退出")]
    )
    assert [one["case"] for one in looks(office, hand)] == [case_id]


@pytest.mark.slow
def test_one_that_nobody_visits_has_no_day_for_nobody_chooses_whom_to_visit(store: Store, hand: Hand) -> None:
    office, _, visit, last = visited(store, hand, 4)
    entered(office, hand, visit, Seen.NOTHING, "正常")
    assert looks(office, hand) == []
    hand.now = hand.now.replace(year=last.year, month=last.month, day=last.day)
    assert looks(office, hand) == []


@pytest.mark.slow
def test_what_an_officer_has_closed_is_told_anew_on_no_morning(store: Store, hand: Hand) -> None:
    office, case_id, *_ = visited(store, hand, 4)
    assert len(looks(office, hand)) == 1
    with store.begin() as tx:
        tx.attention.close(f"{PENALTY_LIMIT}:{case_id}", hand())
    assert looks(office, hand) == []
