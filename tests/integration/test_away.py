"""The house was not there to hear: the date of a seat has passed meanwhile, and nobody was silent (decision 143)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.visit import SeatState
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.phones import Line, clocks, passed, sent, team

pytestmark = pytest.mark.alike


def test_a_seat_whose_date_passed_while_the_whole_house_stood_still_has_its_time_once_more(store: Store, hand: Hand) -> None:
    office, visit = sent(store, hand, Line("wecom"))
    before = team(office, visit)
    hand.now = before[0].accept_by + timedelta(days=2)
    settle(office)
    after = team(office, visit)
    assert [seat.state for seat in after] == [SeatState.HANDED_OVER] * 2
    assert passed(office, visit) == [], "an outage of ours is nobody's silence"
    assert all(seat.accept_by > hand() and clocks(office, seat) == {"accept.due"} for seat in after)
    assert [seat.handed_at for seat in after] == [seat.handed_at for seat in before]
    with store.read() as tx:
        assert [row["rule"] for row in tx.ledger.about(visit.id)].count("seat.away") == 2
    hand.now = after[0].accept_by + timedelta(minutes=59)
    settle(office)
    assert passed(office, visit) == ["expired"] * 2, "the house was there this time"
