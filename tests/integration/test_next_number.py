"""The number that follows a void draw, and a slot that waits, are not lost with the row of their order (ruling 12, decision 121)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from inspector.daemon.schedules import plan_order
from inspector.domain.decision import OrderKind
from inspector.domain.plan import Draw, DrawState
from inspector.flows import overlooked, review
from inspector.flows.lapse import overdue
from inspector.flows.office import Office
from inspector.ports import Unavailable
from inspector.store.draws import HISTORY
from inspector.store.store import Store
from inspector.store.tables import tick, work
from tests.drawn import announced, carried_out, drawing
from tests.house import Hand, settle
from tests.integration.test_caps import matters
from tests.integration.test_draw_rivals import pooled
from tests.integration.test_draw_way import agreeing
from tests.integration.test_queue import come, draws
from tests.integration.test_seed_asked import Failing, having
from tests.integration.test_seed_unasked import figures, worked
from tests.integration.test_supplement import LOOK

pytestmark = [pytest.mark.alike, pytest.mark.slow]

ANNOUNCE = work.c.kind == OrderKind.DRAW_ANNOUNCE.value
LOST = "draw_next_lost"


def look(office: Office, hand: Hand, *, hours: int = 2) -> None:
    """The daily look some hours later, and what it orders."""
    hand.on(hours=hours)
    with office.store.begin() as tx:
        overlooked.to_come(office, tx, "bureau", hand())
    settle(office)


def void(store: Store, hand: Hand) -> tuple[Office, Draw]:
    """A draw whose party has given no part; the order for the next number is written, and not carried out yet."""
    office, _, _ = drawing(store, hand)
    _, held = announced(office, hand)
    silent = having(office, justice=Failing(Unavailable("timeout")))
    figures(silent, hand, held)
    until = agreeing(office, held.number).reveal_by
    assert until is not None
    for hand.now in (until - timedelta(hours=1), until):
        if hand.now < until:
            worked(silent)
    with store.begin() as tx:
        overdue(replace(LOOK, payload={"draw": held.number}, key=f"draw.overdue:{held.number}"), office).write(tx, hand())
    made = agreeing(office, held.number)
    assert (made.state, made.withheld, made.followed) == (DrawState.VOID, ("justice",), True)
    return office, made


def written(store: Store, **values: object) -> None:
    """Somebody writes in the rows of the orders to announce, or takes them out."""
    with store.begin() as tx:
        changed: Any = sa.update(work).where(ANNOUNCE).values(**values) if values else sa.delete(work).where(ANNOUNCE)
        assert tx.connection.execute(changed).rowcount


def after(store: Store, held: Draw) -> Draw | None:
    with store.read() as tx:
        return tx.draws.by_slot(held.plan, f"{held.slot}+")


@pytest.mark.parametrize("how", ["gone", "done", "quarantined", "put off", "unreadable"])
def test_the_next_number_comes_though_somebody_took_its_order_away(store: Store, hand: Hand, how: str) -> None:
    office, held = void(store, hand)
    written(
        store, **({"gone": {}, "put off": {"state": "waiting", "due_at": hand() + timedelta(days=900)}}.get(how, {"state": how}))
    )
    settle(office)
    assert after(store, held) is None
    look(office, hand, hours=0)
    assert after(store, held) is None, "an order of this hour is not looked for yet"
    look(office, hand)
    again = after(store, held)
    assert again is not None
    assert again.without == ("justice",)
    assert [one["about"] for one in matters(office, LOST)] == [held.number]


def test_an_order_that_waits_for_its_turn_is_left_alone(store: Store, hand: Hand) -> None:
    office, held = void(store, hand)
    hand.on(hours=2)
    with store.begin() as tx:
        overlooked.to_come(office, tx, "bureau", hand())
    with store.read() as tx:
        assert tx.connection.execute(sa.select(sa.func.count()).where(ANNOUNCE, work.c.state != "done")).scalar_one() == 1
    settle(office)
    assert after(store, held) is not None
    assert matters(office, LOST) == []


def test_a_next_number_that_found_nothing_to_draw_is_not_looked_for_for_ever_and_the_matter_says_so(
    store: Store, hand: Hand
) -> None:
    office, held = void(store, hand)
    (told,) = matters(office, "draw_void")
    assert json.loads(told["body"])["next"] is True
    with store.begin() as tx:
        for case in tx.cases.open_ids("", 100):
            review.withdraw(office, tx, case, "不再申请", "窗口", hand())
    settle(office)
    assert after(store, held) is None
    for _ in range(3):
        look(office, hand, hours=24)
    with store.read() as tx:
        notes = [row for row in tx.ledger.about("bureau") if row["rule"] == "draw.nothing_to_draw"]
    assert len(notes) == 1
    assert matters(office, LOST) == []
    (told,) = matters(office, "draw_void")
    assert json.loads(told["body"])["next"] is False


def test_a_next_number_that_the_records_keep_back_is_ordered_once_a_person_has_seen_to_it(store: Store, hand: Hand) -> None:
    office, held = void(store, hand)
    with store.begin() as tx:
        cases = tx.cases.open_ids("", 100)
        tx.cases.mark_drawn(cases, "elsewhere")
    settle(office)
    look(office, hand)
    assert after(store, held) is None
    assert matters(office, LOST) == [], "nobody took it away"
    with store.begin() as tx:
        tx.cases.unmark_drawn("elsewhere")
        assert tx.attention.close(f"{HISTORY}:plan:weekly", hand())
    look(office, hand)
    assert after(store, held) is not None


def test_a_slot_that_waits_for_another_draw_is_not_lost_with_its_row(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms", "shops")
    come(office, hand, "firms", "shops")
    settle(office)
    (first,) = draws(office)
    written(store)
    look(office, hand, hours=3)
    with store.read() as tx:
        waits = [json.loads(body)["plan"] for _, body in tx.work.waiting(OrderKind.DRAW_ANNOUNCE.value)]
    assert waits == [{"firms": "shops", "shops": "firms"}[first.plan]]
    carried_out(office, hand, first.number)
    assert [one.plan for one in draws(office)] == [first.plan, *waits]


def test_the_order_of_a_slot_of_the_period_is_not_lost_with_its_row(store: Store, hand: Hand) -> None:
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms")
    made = plan_order(office.plans["firms"], hand(), hand())
    with store.begin() as tx:
        tx.connection.execute(
            sa.insert(tick).values(name="plan:firms", slot=hand().astimezone(UTC).isoformat(), at=hand(), replica="one")
        )
    look(office, hand, hours=0)
    assert draws(office) == []
    look(office, hand)
    assert [(one.plan, one.slot) for one in draws(office)] == [("firms", made.payload["slot"])]


def test_of_two_daily_looks_the_second_orders_nothing_more(store: Store, hand: Hand) -> None:
    office, held = void(store, hand)
    written(store)
    hand.on(hours=2)
    for _ in range(2):
        with store.begin() as tx:
            overlooked.to_come(office, tx, "bureau", hand())
    with store.read() as tx:
        assert tx.connection.execute(sa.select(sa.func.count()).where(ANNOUNCE)).scalar_one() == 1
    settle(office)
    assert after(store, held) is not None


def test_a_slot_that_has_come_and_nobody_has_taken_yet_has_lost_nothing(store: Store, hand: Hand) -> None:
    """The daemon was away for longer than an hour of office time, and its daily look comes before the slot is taken."""
    office, _, _ = drawing(store, hand)
    office = pooled(office, "firms")
    with store.begin() as tx:
        tx.schedules.declare("plan:firms", "cron * 09:00", hand())
    look(office, hand, hours=3)
    assert (matters(office, LOST), draws(office)) == ([], [])
    with store.begin() as tx:
        assert tx.schedules.fired("plan:firms", hand() - timedelta(hours=3), None, hand(), "one")
    look(office, hand, hours=0)
    assert draws(office) == [], "its order is of this hour"
    look(office, hand)
    assert [one.plan for one in draws(office)] == ["firms"]
