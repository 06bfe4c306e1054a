"""Recorded draws run again: their own pack gives the sizes that are recorded, whatever was drawn before, and another one its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest

from inspector.daemon.schedules import plan_order
from inspector.domain.calendar import Term
from inspector.domain.policy import Policy
from inspector.flows.backtest import Effect, Period, replay
from inspector.flows.intake import take
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.house import START, Hand, application, settle
from tests.integration import test_extension as extension
from tests.integration import test_joint as joint
from tests.integration import test_own_lists as own_lists
from tests.integration.test_draw_way import carried_out, drawing

pytestmark = [pytest.mark.alike, pytest.mark.slow]
WEEK = timedelta(days=7)


def replayed(office: Office, candidate: Policy, of: str) -> Effect:
    """The whole year."""
    period = Period(first=date(2026, 1, 1), last=date(2026, 12, 31), of=of)
    return replay(office, candidate, period, lambda _: None, lambda _at, _of: None)


def with_ratio(policy: Policy, stratum: str, ratio: str) -> Policy:
    """Another version, which draws a stratum by another ratio."""
    rows = (replace(row, ratio=Fraction(ratio)) if row.stratum == stratum else row for row in policy.samplings)
    return replace(policy, version="next", digest="next", samplings=tuple(rows))


def quarter(store: Store, hand: Hand) -> tuple[Office, list[str]]:
    """Thirty licences a week under the plan's pack, and a draw each week until the quarter is over; the numbers of the draws."""
    office, _, _ = drawing(store, hand, staff=40)
    office = replace(office, tree={**office.tree, "city": replace(office.tree["city"], pack="maoji")})
    slot, numbers = START + WEEK, []
    with store.begin() as tx:
        tx.schedules.declare("plan:weekly", "every 7d", slot)
    for week in range(4):
        with store.begin() as tx:
            for number in range(week * 30 + 1, week * 30 + 31):
                given = application(number, "business-licence", {"registration-status": "存续"}, notice_version="2026-01")
                take(office, tx, given, "hall", hand())
        settle(office)
        hand.now = slot
        with store.begin() as tx:
            assert tx.schedules.fired("plan:weekly", slot, slot + WEEK, office.now(), "replica")
            tx.work.order([plan_order(office.plans["weekly"], slot, office.now())], office.now())
        settle(office)
        with store.read() as tx:
            (made,) = [one for one in tx.draws.page(None) if one.number not in numbers]
        numbers.append(carried_out(office, hand, made.number).number)
        slot += WEEK
    return office, numbers


@pytest.mark.slow
def test_an_intake_that_rounds_down_and_is_made_up_for_comes_out_as_it_was_drawn(store: Store, hand: Hand) -> None:
    office, numbers = quarter(store, hand)
    policy = office.book.get("maoji@2026.1")
    same = replayed(office, policy, "maoji")
    assert [(one.draw, one.fault, one.drawn, one.would) for one in same.odds] == [
        # 5% of 30 is 1.5: one each week of March; the last of the quarter makes up for it: 5% of 120 is 6, and 3 were drawn.
        *((number, False, 1, 1) for number in numbers[:3]),
        (numbers[3], False, 3, 3),
    ]
    twice = replayed(office, with_ratio(policy, "normal-U", "1/10"), "maoji")
    # 10% of 30 is 3; at the end 10% of 120 is 12, of which by the record 3 were drawn: the others are made up for.
    assert [(one.fault, one.drawn, one.would) for one in twice.odds] == [(False, 1, 3)] * 3 + [(False, 3, 9)]
    assert {one.after for one in twice.odds[0].classes} == {Fraction(3, 30)}
    assert {(one.objects, one.before, one.after) for one in twice.odds[3].classes} == {(117, Fraction(3, 117), Fraction(9, 117))}
    burden = twice.burden
    assert burden is not None
    # Whoever came in the first week could be drawn in the first draw and in the last one.
    assert burden.most_after == Fraction(3, 30) + Fraction(9, 117)
    assert (sum(burden.after.values()), burden.more) == (120, 120)


def test_each_list_with_rules_of_its_own_is_run_by_its_own_pack_and_the_others_are_left_out(store: Store, hand: Hand) -> None:
    office, made, _, _ = own_lists.held(store, hand)
    fire = replayed(office, with_ratio(office.book.get("fire@1"), "pool-U", "1/2"), "fire")
    (odds,) = fire.odds
    # A quarter of 12 firms is 3, half is 6; three officers go to each.
    assert (odds.draw, odds.list, odds.fault, odds.drawn, odds.would) == (made.number, own_lists.FIRE, False, 3, 6)
    assert (odds.seats, odds.would_seats, fire.passed) == (9, 18, {"OTHER_PACK": 1})


def test_a_joint_draw_sends_a_team_of_each_list_and_its_visits_for_cases_are_no_part_of_chance(store: Store, hand: Hand) -> None:
    office, _ = joint.together(store, hand)
    joint.waiting(office, *joint.AGENCIES)
    joint.drawn(office, hand)
    told = replayed(office, office.book.get("demo@1"), "demo")
    (odds,) = told.odds
    assert (odds.fault, odds.drawn, odds.sizes_before) == (False, 0, {"full": (1, 1, 1)})
    assert (told.before.visits.sure, told.before.seats.sure) == (3, 6)


def test_an_extension_is_left_out_and_counted_and_its_draw_is_run_as_it_was_before_it(store: Store, hand: Hand) -> None:
    office, first = extension.drawn(store, hand)
    more = extension.raised(office)
    made = extension.extended(more, first.number)
    carried_out(more, hand, made.number)
    told = replayed(office, with_ratio(office.book.get("demo@1"), extension.POOL, "1/2"), "demo")
    (odds,) = told.odds
    assert (odds.draw, odds.fault, odds.drawn, odds.would, told.passed) == (first.number, False, 5, 10, {"EXTENSION": 1})
    younger = replace(office.book.get("demo@1"), version="next", digest="next", stale_after=Term.parse("1d"))
    (odds,) = replayed(more, younger, "demo").odds
    assert (odds.relevelled, odds.would, told.odds[0].relevelled) == (True, 5, False), "of the pool only the level is recorded"
