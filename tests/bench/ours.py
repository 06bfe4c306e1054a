"""Our side of the measurements: the real store, worker and wire, with one flow that is the job. Also the worker's own process."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

import sqlalchemy as sa

from connectors.http import Wire, WireConfig
from inspector.daemon.daemon import on_signal, until
from inspector.daemon.engine import Engine
from inspector.daemon.worker import Worker
from inspector.domain.decision import Because, Order, OrderKind
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.flows.table import Flow
from inspector.ports import Garbled
from inspector.store import migrate
from inspector.store.store import Store
from inspector.store.tx import Tx, new_id
from inspector.store.work import Work
from inspector.telemetry import logs
from inspector.telemetry.metrics import Metrics
from tests.bench import domain
from tests.bench.machine import settled_down
from tests.house import ZONE, open_office

LANE = "registry"

_CLOSED = sa.update(domain.case).where(domain.case.c.id == sa.bindparam("which"))
_CLOSED = _CLOSED.values(state="CLOSED", version=domain.case.c.version + 1)


class Kept(WireConfig):
    """A party whose answers name their question, and which therefore keeps its connections, as the peers do with theirs."""

    @property
    def names_question(self) -> bool:
        """By the case, which `verify` compares."""
        return True


def enqueue(url: str, cases: Iterable[str]) -> None:
    """One order for each case, due now."""
    store = Store(url)
    migrate.upgrade(store)
    now = datetime.now(ZONE)
    orders = [
        Order(kind=OrderKind.ASK, key=f"ask:{name}", due_at=now, urgent_by=now, lane=LANE, case_id=name, payload={"fact": "area"})
        for name in cases
    ]
    with store.begin() as tx:
        tx.lanes.ensure([LANE])
        for start in range(0, len(orders), 1000):
            tx.work.order(orders[start : start + 1000], now)
    store.close()


def verify(wire: Wire, work: Work, _office: Office) -> Settlement:
    """The job: one call, then what is to be written in one transaction with the end of the work row."""
    reply = wire.send("POST", f"/verify/{work.case_id}", json=dict(work.payload), key=work.key, case_id=work.case_id or "")
    if json.loads(reply.body).get("case") != work.case_id:
        raise Garbled("echo_other", digest=reply.reply_digest)
    return Settlement(write=partial(_write, work, reply.body.decode()))


def _write(work: Work, answer: str, tx: Tx, now: datetime) -> None:
    """The house's own rows, which are wider than a peer's: a salted ledger entry is the outcome, an event is the outbox row."""
    about = work.case_id or ""
    because = Because(rule=domain.RULE, basis=("bench",), pack="bench", facts={"answer": answer})
    tx.ledger.append(new_id(), about, because, {"verdict": domain.VERDICT}, now)
    tx.cases.batch.expect(_CLOSED, about, {"which": about})
    tx.events.add(new_id(), "bench", about, "verification.concluded", now, {"outcome": "TRUE"})
    due = now + domain.NEXT
    tx.work.order([Order(kind=OrderKind.VERIFY_DUE, key=f"next:{about}", due_at=due, urgent_by=due, case_id=about)], now)


def main() -> None:
    """Work until told to stop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--stub", required=True)
    parser.add_argument("--lease", type=float, default=60.0)
    given = parser.parse_args()
    logs.configure()
    store = Store(given.url)
    wire = Wire(Kept(url=given.stub, reuse=True), LANE)
    office = open_office(store, lambda: datetime.now(ZONE), sources={LANE: wire})  # a daemon has its connectors
    with store.begin() as tx:
        if tx.sqlite:
            tx.work.void_leases()  # as the daemon does at its start: it owns the file alone
    flows = {OrderKind.ASK: Flow(do=partial(verify, wire))}
    engine = engine_of(given.lease)
    worker = Worker(office, Metrics(), engine, f"bench-{os.getpid()}", flows=flows)
    settled_down()
    worker.start()
    until(on_signal())
    worker.stop(5.0)
    store.close()


def engine_of(lease: float) -> Engine:
    """The engine's defaults, but for the lease."""
    return Engine(lease=timedelta(seconds=lease))


if __name__ == "__main__":
    main()
