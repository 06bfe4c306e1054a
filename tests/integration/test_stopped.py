"""What has stopped is shown to a person, whatever stopped it. On both databases."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from inspector.daemon.worker import Worker
from inspector.domain.decision import OrderKind
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.flows.table import Flow
from inspector.store.store import Store
from inspector.store.tables import lane
from inspector.store.tx import Tx
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from tests import house
from tests.engine import FAST, LANE, count, order, put, real_office, row, states, until


def test_a_settlement_that_the_database_does_not_take_is_a_try_and_ends_in_quarantine(store: Store) -> None:
    office = real_office(store)
    put(store, order(1), order(2))
    calls: list[str] = []

    def do(held: Work, _office: Office) -> Settlement:
        def write(tx: Tx, _now: datetime) -> None:
            if held.key == "ask:1":
                tx.connection.execute(sa.insert(lane).from_select([*lane.c.keys()], sa.select(lane).where(lane.c.name == LANE)))

        calls.append(held.key)
        return Settlement(write=write)

    worker = Worker(office, Metrics(), FAST, "one", flows={OrderKind.ASK: Flow(do=do)})
    with house.running(worker):
        until(lambda: states(store) == {"1": "quarantined", "2": "done"}, office)
        assert count(worker, "inspector_settlements_failed_total") == 0
    assert calls.count("ask:1") == FAST.ladder.tries
    assert row(store, 1)["error"] == "IntegrityError"
    with store.read() as tx:
        (matter,) = tx.attention.page(None)
    assert (matter["kind"], matter["about"]) == ("work_stopped", f"ask:{office.house}"), "and a person is told"
