"""How long pushes to 500 inspectors at once take, from when they may leave to the gateway's receipt; and how many a second.

`python -m tests.bench.push --visits 250`

A real draw sends 500 inspectors to 250 visits while the gateway is away; then it is there, and all pushes may leave in one moment.
Each is signed and posted over a socket to a gateway in a process of its own that answers after 5 ms. None may be posted twice, and
none be lost.
"""

from __future__ import annotations

import argparse
import base64
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import median, quantiles

from connectors.channels.webhook import WebhookChannel
from inspector.daemon import sweeps
from inspector.daemon.engine import Engine
from inspector.daemon.worker import Worker
from inspector.domain.visit import SeatState
from inspector.flows.office import Office
from inspector.ports import Message, Receipt
from inspector.store import migrate
from inspector.store.store import Store
from inspector.telemetry import logs
from inspector.telemetry.metrics import Metrics
from tests.bench import servers
from tests.bench.machine import machine, told
from tests.bench.stub import stub
from tests.house import Hand, running
from tests.integration.test_draw_way import announced, carried_out, drawing
from tests.phones import AWAY, Line


class Timed:
    """A channel that notes when each receipt came."""

    def __init__(self, inner: WebhookChannel) -> None:
        self.inner = inner
        self.card = inner.card
        self.receipts: list[tuple[float, str]] = []

    def push(self, message: Message, *, key: str) -> Receipt:
        """Hand over, and note."""
        receipt = self.inner.push(message, key=key)
        self.receipts.append((time.monotonic(), key))
        return receipt


def waiting(store: Store, count: int) -> Office:
    """An office whose pushes all wait for their gateway."""
    hand = Hand()
    office, _, _ = drawing(store, hand, staff=2 * count)
    away = Line("phones", fault=AWAY)
    office = replace(office, connectors=replace(office.connectors, channels={"phones": away}))
    _, held = announced(office, hand, cases=count)
    carried_out(office, hand, held.number)
    with store.begin() as tx:
        tx.lanes.succeeded("phones")
    hand.on(hours=2)
    return office


def measure(store: Store, count: int, url: str, folder: Path) -> list[float]:
    """Seconds from the moment when all may leave to each receipt, in order."""
    secret = folder / "secret"
    secret.write_text("whsec_" + base64.b64encode(b"s" * 32).decode(), encoding="ascii")
    secret.chmod(0o600)
    made = WebhookChannel("phones", {"url": url, "path": "/verify/push", "secret_file": str(secret)})
    away = waiting(store, count)
    with closing(made):
        timed = Timed(made)
        office = replace(away, connectors=replace(away.connectors, channels={"phones": timed}))
        with running(Worker(office, Metrics(), Engine(), "bench")) as worker:
            time.sleep(1.5)  # its threads are there, its first look is over
            began = time.monotonic()
            sweeps.promote(office)
            worker.wake()
            while _ordered(office) and time.monotonic() < began + 60:
                time.sleep(0.05)
        twice = [key for key, times in Counter(key for _, key in timed.receipts).items() if times > 1]
        if twice or len(timed.receipts) != 2 * count:
            raise RuntimeError(f"{len(timed.receipts)} receipts for {2 * count} pushes, {len(twice)} of them twice")
        return sorted(at - began for at, _ in timed.receipts)


def _ordered(office: Office) -> bool:
    with office.store.read() as tx:
        _, seats = tx.visits.counts()
    return any(row[0] == SeatState.ORDERED.value for row in seats)


def main() -> int:
    """Both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=250)
    asked = parser.parse_args()
    logs.configure(level="ERROR", json=True)
    sys.stdout.write(told(machine()) + "\n\n| database | pushes | median | p99 | last | a second |\n|---|---|---|---|---|---|\n")
    with stub(0.005) as outside, tempfile.TemporaryDirectory() as folder, servers.postgres() as cluster:
        for name, address in (("SQLite", f"sqlite:///{folder}/push.sqlite3"), ("PostgreSQL", cluster.lend())):
            with closing(Store(address)) as store:
                migrate.upgrade(store)
                took = measure(store, asked.visits, outside.url, Path(folder))
            p99 = quantiles(took, n=100)[98]
            rate = len(took) / took[-1]
            sys.stdout.write(f"| {name} | {len(took)} | {median(took):.2f} s | {p99:.2f} s | {took[-1]:.2f} s | {rate:.0f} |\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
