"""An open breaker is told until a call is answered, so that no look whether the connector is back puts an alert off."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from inspector.daemon import sweeps
from inspector.store.store import Store
from inspector.store.tables import EPOCH, lane
from inspector.telemetry.metrics import Metrics
from tests.engine import LANE
from tests.house import Hand, Table, open_office

pytestmark = pytest.mark.alike


def test_a_breaker_is_told_open_also_while_one_call_looks_whether_the_connector_is_back(store: Store, hand: Hand) -> None:
    office, metrics = open_office(store, hand, sources={LANE: Table()}), Metrics()

    def told(until: datetime) -> float | None:
        with store.begin() as tx:
            tx.connection.execute(sa.update(lane).values(open_until=until))
        sweeps.snapshot(office, metrics)
        return metrics.registry.get_sample_value("inspector_connector_breaker_open", {"connector": LANE})

    with store.begin() as tx:
        tx.lanes.ensure([LANE])
        now = tx.machine_now()
    assert [told(until) for until in (EPOCH, now + timedelta(minutes=1), now - timedelta(minutes=1))] == [0, 1, 1]
