"""When patience is over: what was never tried is asked once on a healthy connector; nobody is called where that serves nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inspector.daemon.worker import Worker
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Away
from inspector.flows.table import Flow
from inspector.ports import Unavailable
from inspector.store.store import Store
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from tests.engine import FAST, LANE, Hands, at_work, clock, fails, lines, listening, order, put, real_office, row, states, until
from tests.house import claim, let_lapse, running

HOUR = timedelta(hours=1)


def down(store: Store) -> None:
    """The connector has failed twice in a row, and is not asked for a while."""
    now = datetime.now(UTC)
    with store.begin() as tx:
        for _ in range(2):
            tx.lanes.failed(LANE, "refused", now, threshold=2, pause=lambda _failures, _threshold: FAST.breaker_cool)


def paused(store: Store) -> None:
    """A person has stopped the connector."""
    with store.begin() as tx:
        tx.lanes.pause(LANE, tx.machine_now())


@pytest.mark.parametrize(("shut", "why"), [(paused, None), (down, "refused")])
def test_on_a_connector_that_is_shut_late_work_ends_without_a_call(store: Store, shut: object, why: str | None) -> None:
    office = real_office(store)
    shut(store)  # type: ignore[operator]
    put(store, order(1, lane=LANE, expires_at=clock() - HOUR))
    with store.read() as tx:
        before = tx.lanes.all()
    hands = Hands()
    with at_work(office, hands, patient=True):
        until(lambda: states(store) == {"1": "done"}, office)
    assert (hands.calls, hands.gave_up) == ([], [f"ask:1:{why}"])
    with store.read() as tx:
        assert tx.lanes.all() == before, "what was not asked has not answered: the connector stays shut"


def test_on_a_healthy_connector_late_work_that_was_never_tried_is_asked_once(store: Store) -> None:
    office = real_office(store)
    put(store, order(1, lane=LANE, expires_at=clock() - HOUR))
    hands = Hands()
    with at_work(office, hands, patient=True):
        until(lambda: states(store) == {"1": "done"}, office)
    assert (hands.calls, hands.gave_up) == (["ask:1"], [])


def test_late_work_whose_daemon_died_before_it_could_ask_is_asked_once_all_the_same(store: Store) -> None:
    office = real_office(store)
    put(store, order(1, lane=LANE, expires_at=clock() - HOUR))
    claim(office)
    let_lapse(office)
    hands = Hands()
    with at_work(office, hands, patient=True):
        until(lambda: states(store) == {"1": "done"}, office)
    assert (hands.calls, hands.gave_up) == (["ask:1"], [])


@pytest.mark.parametrize(
    ("kind", "payload"), [(OrderKind.PUSH, {}), (OrderKind.ASSIST_SEND, {"letter": "reminder"})], ids=["push", "reminder"]
)
def test_nobody_is_pushed_or_reminded_about_a_date_that_has_passed(
    store: Store, kind: OrderKind, payload: dict[str, str]
) -> None:
    office = real_office(store)
    late = Order(kind=kind, key="ask:1", due_at=clock(), urgent_by=clock(), expires_at=clock() - HOUR, lane=LANE, payload=payload)
    put(store, late)
    hands = Hands()
    flows = {kind: Flow(do=hands.do, give_up=hands.give_up)}
    with running(Worker(office, Metrics(), FAST, "one", flows=flows)):
        until(lambda: states(store) == {"1": "done"}, office)
    assert (hands.calls, hands.gave_up) == ([], ["ask:1:None"])


@pytest.mark.parametrize("shut", [False, True])
def test_neither_a_wait_that_was_asked_for_nor_a_shut_connector_outlasts_patience(store: Store, shut: bool) -> None:
    office = real_office(store)
    patience = clock() + timedelta(minutes=2)
    put(store, order(1, lane=LANE, expires_at=patience))
    engine = replace(FAST, breaker_threshold=1, breaker_cool=HOUR) if shut else FAST
    hands = fails(Unavailable("busy", retry_after=None if shut else 86_400))
    with at_work(office, hands, engine, patient=True):
        until(lambda: states(store) == {"1": "waiting"})
    assert (row(store, 1)["due_at"], hands.gave_up) == (patience, []), "the next way is taken on the day the pack says"


def test_our_own_database_that_is_away_costs_no_try_and_a_statement_that_runs_too_long_does(store: Store) -> None:
    office, away = real_office(store), Away("database_unavailable", problem="OperationalError")
    tries: Counter[str] = Counter()

    def say(held: Work) -> None:
        tries[held.key] += 1
        if held.key == "ask:long":
            raise Away("database_unavailable", problem="57014")
        if tries[held.key] <= 3 * FAST.ladder.tries:
            raise away

    put(store, order("away"), order("long"))
    with listening() as said, at_work(office, Hands(say=say)):
        until(lambda: states(store) == {"away": "done", "long": "quarantined"}, office)
    assert (tries["ask:away"], tries["ask:long"]) == (3 * FAST.ladder.tries + 1, FAST.ladder.tries)
    assert {line["work"] for line in lines(said) if line["event"] == "work.failed"} == {"ask:long"}, (
        "an outage is no bug of a flow"
    )
