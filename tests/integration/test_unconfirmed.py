"""What was handed over and not confirmed passes nobody over: it goes the next way as well, and a person is told where there is none."""

from __future__ import annotations

import pytest

from inspector.domain.visit import SeatState
from inspector.flows import pushing, trial
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_called_off import called_off, leave
from tests.phones import Line, clocks, matters, passed, sent, team

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def test_nobodys_silence_counts_and_a_person_is_told_by_the_date_where_there_is_no_other_way(store: Store, hand: Hand) -> None:
    anything = Line("anything", unconfirmed=True)
    office, visit = sent(store, hand, anything)
    seat = team(office, visit)[0]
    assert (seat.state, clocks(office, seat)) == (SeatState.ORDERED, {"push.due"})
    assert len(anything.assignments) == 2
    with store.read() as tx:
        assert [one.code for one in tx.pushes.of_seat(seat.name)] == ["unconfirmed"]
        assert "seat.unconfirmed" in [row["rule"] for row in tx.ledger.about(visit.id)]
    hand.now = seat.accept_by
    settle(office)
    assert [told["error"] for told in matters(office, "push_undelivered")] == ["unconfirmed"] * 2
    assert passed(office, visit) == []
    with store.begin() as tx:
        pushing.opened(office, tx, seat.name, hand())
    assert team(office, visit)[0].state is SeatState.READ, "whoever opens the link has it"
    assert len(matters(office, "push_undelivered")) == 1
    with store.begin() as tx:
        number, _ = trial.order(office, tx, "bureau", seat.inspector, "os:钱", hand())
    settle(office)
    with store.read() as tx:
        assert [one.code for one in tx.pushes.of_seat(f"test:{number}")] == ["unconfirmed"]


def test_it_goes_the_next_way_as_well_and_a_call_off_goes_by_both(store: Store, hand: Hand) -> None:
    anything, other, sms = Line("anything", unconfirmed=True), Line("other", unconfirmed=True), Line("sms")
    office, visit = sent(store, hand, anything, other, sms)
    for line in (other, sms):
        assert line.took == []
        hand.now += office.pushing.unreached
        settle(office)
        assert len(line.assignments) == 2
    seats = team(office, visit)
    assert [seat.state for seat in seats] == [SeatState.HANDED_OVER] * 2
    leave(office, visit)
    settle(office)
    assert called_off(sms) == sorted(seat.name for seat in seats)
    assert matters(office, "push_undelivered") == []


def test_whom_a_call_off_reached_without_confirmation_a_person_is_told_of(store: Store, hand: Hand) -> None:
    anything = Line("anything", unconfirmed=True)
    office, visit = sent(store, hand, anything)
    leave(office, visit)
    settle(office)
    assert len(called_off(anything)) == 2
    assert [told["error"] for told in matters(office, "push_undelivered")] == ["unconfirmed"] * 2
