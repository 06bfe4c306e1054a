"""The office was away for weeks: legal dates are kept, a draw is made once, stale notices and missed housekeeping are let go."""

from __future__ import annotations

from collections import Counter

from inspector.daemon.clock import Clock
from inspector.daemon.schedules import schedules
from inspector.domain.case import CaseState
from inspector.domain.letter import LetterKind
from inspector.flows.office import Plan
from inspector.settings import Schedules
from inspector.store.store import Store
from inspector.telemetry.metrics import Metrics
from tests.house import Hand, Table, application, open_office, post, settle
from tests.integration.test_draw_way import FACTS, Dice, Party
from tests.integration.test_way import HOUSEHOLD, Post, person


def test_three_weeks_away_are_caught_up_each_thing_in_its_own_way(store: Store, hand: Hand) -> None:
    civil = Post("civil-affairs")
    plan = Plan(name="weekly", agency="bureau", trigger="cron mon 10:00")
    office = open_office(
        store,
        hand,
        plans={plan.name: plan},
        sources={"registers": Table(default=None), "social": Table(name="social", default="=")},
        agencies={"civil-affairs": civil},
        seeds={"dice": Dice(), "justice": Party("justice"), "audit": Party("audit")},
    )
    clock = Clock(store, Metrics(), hand, "one", schedules(Schedules(), office.plans, hand()))
    clock.declare()
    post(office, person(1, "relief-household", HOUSEHOLD))
    premises = post(office, application(2, "dispatch-premises", FACTS))
    settle(office)
    assert [letter.kind for letter in civil.letters] == [LetterKind.REQUEST]

    hand.on(days=22)
    for _ in range(2):
        clock.fire_due()
        settle(office)

    with store.read() as tx:
        ordered = Counter(row["kind"] for row in tx.work.page(limit=1000))
        overdue = tx.cases.get(premises)
        matters = {row["kind"] for row in tx.attention.page(None, 100)}
        passed = tx.schedules.all()
    assert (overdue.state, overdue.review_reason) == (CaseState.REVIEW, "DEADLINE"), "a legal date is kept, however late"
    assert "superior_unknown" not in matters, "nobody above hears of an agency that we have not reminded"
    assert [letter.kind for letter in civil.letters] == [LetterKind.REQUEST, LetterKind.REMINDER]
    assert ordered["draw.announce"] == 1, "three Mondays were missed, one draw is made up for"
    assert ordered["forget"] == 0, "housekeeping is let go: the next night forgets as much"
    assert ordered["roster.look"] == 1
    assert ordered["coverage.look"] == 1
    assert len(passed) == 7
    assert all(row["next_at"] > hand() for row in passed)
