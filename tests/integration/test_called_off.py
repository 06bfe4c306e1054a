"""Who need not go hears so by a way that works, whichever brought the assignment; an outage of one channel sends nobody in vain."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.visit import SeatState, Visit
from inspector.flows import recall
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_pushes import open_lanes
from tests.phones import AWAY, Line, Lossy, matters, sent, team

pytestmark = pytest.mark.alike


def called_off(line: Line) -> list[str]:
    """Whose seats were taken back by a channel."""
    return sorted(str(message.data["seat"]) for _, message in line.took if message.data.get("called_off"))


def leave(office: Office, visit: Visit) -> None:
    """The visit has lost its ground."""
    with office.store.begin() as tx:
        tx.cases.lock(visit.case_ids)
        held = tx.visits.get(visit.id, lock=True)
        recall.call_off_visit(office, tx, held, "withdrawn", tx.draws.get(held.draw).pack_of(held.agency), office.now())


@pytest.mark.slow
def test_a_call_off_goes_first_by_the_way_that_brought_the_push_and_after_the_patience_by_the_next(
    store: Store, hand: Hand
) -> None:
    wecom, sms = Line("wecom", fault=AWAY), Line("sms")
    office, visit = sent(store, hand, wecom, sms)
    hand.on(minutes=61)
    settle(office)
    seats = team(office, visit)
    assert {seat.state for seat in seats} == {SeatState.HANDED_OVER}
    sms.fault, wecom.fault = AWAY, None
    open_lanes(office)
    leave(office, visit)
    settle(office)
    assert called_off(wecom) == called_off(sms) == [], "the one that brought it is tried first"
    hand.on(minutes=61)
    settle(office)
    assert called_off(wecom) == sorted(seat.name for seat in seats)
    assert hand() < visit.due_at


@pytest.mark.slow
def test_when_the_last_way_of_a_call_off_is_away_a_person_is_told_after_the_patience_and_it_is_tried_on(
    store: Store, hand: Hand
) -> None:
    sms = Line("sms")
    office, visit = sent(store, hand, sms)
    sms.fault = AWAY
    leave(office, visit)
    settle(office)
    assert matters(office, "push_undelivered") == []
    hand.on(minutes=61)
    settle(office)
    seats = sorted(seat.name for seat in team(office, visit))
    assert sorted(str(told["seat"]) for told in matters(office, "push_undelivered")) == seats
    sms.fault = None
    open_lanes(office)
    hand.on(minutes=61)
    settle(office)
    assert called_off(sms) == seats
    assert matters(office, "push_undelivered") == [], "they have heard it after all"
    assert hand() < visit.due_at


@pytest.mark.slow
def test_whom_a_way_that_was_given_up_may_have_reached_is_called_off(store: Store, hand: Hand) -> None:
    wecom, sms = Lossy("wecom"), Line("sms")
    office, visit = sent(store, hand, wecom, sms)
    with store.begin() as tx:
        tx.lanes.pause("sms", hand())
    hand.on(minutes=61)
    settle(office)  # the next way is paused: its work stays
    seats = team(office, visit)
    assert {seat.state for seat in seats} == {SeatState.ORDERED}
    wecom.lost = False
    open_lanes(office)
    leave(office, visit)
    hand.now += timedelta(hours=1)
    settle(office)
    assert called_off(wecom) == sorted(seat.name for seat in seats)
