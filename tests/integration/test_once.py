"""What may be on a phone already is not sent again by who would show it twice: it is in doubt, and a person is told (decision 197)."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.domain.reached import UNCONFIRMED
from inspector.domain.visit import SeatState, Visit
from inspector.flows import dispatch, once, pushing
from inspector.flows.holding import CALLED
from inspector.flows.office import Office
from inspector.store.store import Store
from inspector.store.work import Work
from tests.house import Hand, claim, settle
from tests.integration.test_pushes import open_lanes
from tests.phones import AWAY, Line, Lossy, matters, sent, team

pytestmark = pytest.mark.alike


def shown(line: Line) -> Counter[str]:
    """How often a phone has shown the push of each seat."""
    return Counter(str(message.data["seat"]) for message in line.assignments)


def doubted(office: Office, visit: Visit) -> list[str]:
    """The seats of which nobody can say whether the push came, by what was noted of it."""
    with office.store.read() as tx:
        return [seat.name for seat in tx.visits.team(visit.id) for one in tx.pushes.of_seat(seat.name) if one.code == UNCONFIRMED]


def again(office: Office, hand: Hand) -> None:
    """Some minutes later the channel is tried once more."""
    open_lanes(office)
    hand.on(minutes=10)
    settle(office)


def test_a_lost_answer_is_in_doubt_and_no_second_message(store: Store, hand: Hand) -> None:
    sms = Lossy("sms", once=0)
    office, visit = sent(store, hand, sms)
    settle(office, enough=lambda: len(sms.took) >= 2)
    again(office, hand)
    seats = [seat.name for seat in team(office, visit)]
    assert shown(sms) == dict.fromkeys(seats, 1), "nobody reads it twice"
    assert sorted(doubted(office, visit)) == seats, "and none is lost"
    told = matters(office, "push_undelivered")
    assert sorted((str(one["seat"]), one["error"]) for one in told) == [(name, UNCONFIRMED) for name in seats], (
        "there is no other way"
    )
    assert {seat.state for seat in team(office, visit)} == {SeatState.ORDERED}, "no silence runs from a doubt"
    with store.begin() as tx:
        dispatch.accept(tx, seats[0], hand())
    assert [one["seat"] for one in matters(office, "push_undelivered")] == [seats[1]], "it had come"


def test_a_daemon_that_dies_behind_the_call_leaves_a_doubt_and_the_next_way_brings_it(store: Store, hand: Hand) -> None:
    sms, mail = Line("sms", fault=AWAY, once=0), Line("mail")
    office, visit = sent(store, hand, sms, mail)
    sms.fault = None
    seats = [seat.name for seat in team(office, visit)]
    open_lanes(office)
    hand.on(minutes=10)
    works = [work for work in claim(office, lease=0.0) if work.lane == "sms"]
    assert len(works) == 2, "what surely did not arrive is tried again like any other"
    for work in works:
        pushing.push(work, office)  # and what it leaves is never settled
    assert shown(sms) == dict.fromkeys(seats, 1)
    again(office, hand)
    assert (shown(sms), sorted(doubted(office, visit))) == (dict.fromkeys(seats, 1), seats)
    assert (matters(office, "push_undelivered"), shown(mail)) == ([], {}), "there is another way, in its time"
    hand.on(hours=5)
    settle(office)
    assert shown(mail) == dict.fromkeys(seats, 1)
    assert {seat.state for seat in team(office, visit)} == {SeatState.HANDED_OVER}


def test_a_row_in_doubt_whose_patience_is_over_brings_no_second_one_by_the_same_way(store: Store, hand: Hand) -> None:
    sms = Line("sms", fault=AWAY, once=0)
    office, visit = sent(store, hand, sms)
    sms.fault = None
    open_lanes(office)
    hand.on(minutes=10)
    for work in claim(office, lease=0.0):
        pushing.push(work, office)
    hand.now = visit.due_at + timedelta(days=2)  # nobody ran this house meanwhile
    for _ in range(3):
        again(office, hand)
        hand.on(days=1)
    assert set(shown(sms).values()) == {1}
    assert len(matters(office, "push_undelivered")) == 2


def test_who_shows_one_key_once_for_a_time_is_asked_again_within_it_and_not_behind_it(store: Store, hand: Hand) -> None:
    feishu = Lossy("feishu", once=3600.0)
    office, visit = sent(store, hand, feishu)
    settle(office, enough=lambda: len({key for key, _ in feishu.took}) == 2)
    before = len(feishu.took)
    feishu.lost = False
    again(office, hand)
    assert len(feishu.took) > before, "the platform shows it once by its key"
    assert len({key for key, _ in feishu.took}) == 2
    assert {seat.state for seat in team(office, visit)} == {SeatState.HANDED_OVER}
    row = Work(
        id=1, key="k", kind="push", lane="feishu", case_id=None, payload={}, due_at=hand(), expires_at=None, attempts=1, fence=2
    )
    long_ago = (datetime.now(UTC) - timedelta(minutes=56)).isoformat()
    lately = (datetime.now(UTC) - timedelta(minutes=50)).isoformat()
    for payload, unheard, due, doubt in (
        ({}, 1, 90, False),
        ({}, 2, 50, False),
        ({}, 2, 56, True),
        ({CALLED: lately}, 1, 0, False),
        ({CALLED: long_ago}, 1, 0, True),
        ({CALLED: True}, 2, 56, True),
    ):
        made = replace(row, payload=payload, unheard=unheard, due_at=hand() - timedelta(minutes=due))
        assert once.perhaps(office, made, 3600.0) is doubt, (payload, unheard, due)
