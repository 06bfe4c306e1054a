"""A worker that asks one party at its turns, until it is killed: `python -m tests.fault.turns DATABASE ADDRESS`."""

from __future__ import annotations

import sys
import time
from dataclasses import replace
from datetime import timedelta

from connectors.http import Wire
from inspector.daemon.worker import Worker
from inspector.domain.decision import OrderKind
from inspector.domain.manners import Manners
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.flows.table import Flow
from inspector.store.store import Store
from inspector.store.work import Work
from inspector.telemetry.metrics import Metrics
from tests.engine import FAST, LANE, real_office

MANNERS = Manners(per_second=10, per_day=40)


def main() -> None:
    """Work for ever."""
    url, address = sys.argv[1:]
    store = Store(url)
    wire = Wire({"url": address, "tries": 1})

    def ask(work: Work, _office: Office) -> Settlement:
        wire.send("POST", "/", json={}, key=work.key)
        return Settlement(write=lambda _tx, _now: None)

    office = replace(real_office(store), manners={LANE: MANNERS})
    engine = replace(FAST, lease=timedelta(seconds=2))
    with store.begin() as tx:
        tx.work.void_leases()
    Worker(office, Metrics(), engine, "one", flows={OrderKind.ASK: Flow(do=ask)}).start()
    time.sleep(600)


if __name__ == "__main__":
    main()
