"""A robot in a group rings and brings no link: nobody can answer by it, so that it begins no clock (decisions 70, 95)."""

from __future__ import annotations

import pytest

from inspector.domain.visit import SeatState
from inspector.flows import reaching
from inspector.store.store import Store
from tests.house import Hand, settle
from tests.integration.test_called_off import called_off, leave
from tests.integration.test_pushes import open_lanes
from tests.phones import AWAY, Line, clocks, matters, passed, sent, team

pytestmark = [pytest.mark.alike, pytest.mark.slow]


def test_the_next_way_with_a_link_goes_at_once_and_the_time_to_accept_is_of_its_hand_over(store: Store, hand: Hand) -> None:
    robot, hook = Line("robot", rings=True), Line("hook")
    office, visit = sent(store, hand, robot, hook)
    assert (len(robot.assignments), len(hook.assignments)) == (2, 2)
    seats = team(office, visit)
    assert [seat.state for seat in seats] == [SeatState.HANDED_OVER] * 2
    assert matters(office, "push_undelivered") == []
    with store.read() as tx:
        assert [one.code for one in reversed(tx.pushes.of_seat(seats[0].name))] in (["link_unshown", ""], ["", "link_unshown"])
        rules = [row["rule"] for row in tx.ledger.about(visit.id)]
    assert (rules.count("seat.rung"), rules.count("seat.handed_over")) == (2, 2)
    leave(office, visit)
    settle(office)
    assert len(called_off(hook)) == 2, "first by the way that brought the link"
    assert called_off(robot) == []


def test_with_robots_alone_a_person_is_told_at_once_and_nobody_is_passed_over(store: Store, hand: Hand) -> None:
    robot, other = Line("robot", rings=True), Line("other", rings=True)
    office, visit = sent(store, hand, robot, other)
    seats = team(office, visit)
    assert [(seat.state, clocks(office, seat)) for seat in seats] == [(SeatState.ORDERED, {"push.due"})] * 2
    assert [told["error"] for told in matters(office, "push_undelivered")] == ["link_unshown"] * 2
    hand.now = max(seat.accept_by for seat in seats)
    settle(office)
    assert [told["error"] for told in matters(office, "push_undelivered")] == ["link_unshown"] * 2, "and no silence is waited out"
    hand.on(days=1)
    settle(office)
    assert passed(office, visit) == []
    assert [seat.turn for seat in team(office, visit)] == [0, 0]
    leave(office, visit)
    settle(office)
    assert len(called_off(robot)) == 2
    assert len(called_off(other)) == 2, "neither says of which assignment"
    assert [told["error"] for told in matters(office, "push_undelivered")] == ["link_unshown"] * 2, "and a person telephones"


def test_behind_a_way_that_is_away_the_robot_rings_and_the_way_is_tried_on(store: Store, hand: Hand) -> None:
    hook, robot = Line("hook", fault=AWAY), Line("robot", rings=True)
    office, visit = sent(store, hand, hook, robot)
    hand.now += office.pushing.patience
    settle(office)
    assert len(robot.assignments) == 2
    assert [told["error"] for told in matters(office, "push_undelivered")] == ["link_unshown"] * 2
    hook.fault = None
    open_lanes(office)
    hand.on(hours=1)
    settle(office)
    assert len(hook.assignments) == 2
    assert [seat.state for seat in team(office, visit)] == [SeatState.HANDED_OVER] * 2
    assert matters(office, "push_undelivered") == []
    assert reaching.links(office, "hook")
    assert not reaching.links(office, "robot")
