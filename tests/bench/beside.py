"""How long the work of nine healthy sources takes from due to settled, alone and beside a tenth that takes every call and never answers.

`python -m tests.bench.beside --rounds 7 --jobs 1500 --rate 100`

One worker with the engine's own numbers and full durability; one question for each case, to the nine in turn. Beside: the dead source
has a backlog that is more urgent than all the rest; its calls hang until their budget, then its breaker opens and the backlog waits
behind it. Each round is a pair on fresh databases, alone and beside, in an order that alternates; the median of the pairs' ratios counts.
"""

from __future__ import annotations

import argparse
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from connectors.http import Wire
from inspector.daemon import sweeps
from inspector.daemon.engine import Engine
from inspector.daemon.worker import Worker
from inspector.domain.decision import Order, OrderKind
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.flows.table import Flow
from inspector.store import migrate
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.store.work import Work
from inspector.telemetry import logs
from inspector.telemetry.metrics import Metrics
from tests.bench import servers
from tests.bench.machine import machine, told
from tests.bench.stub import stub
from tests.house import ZONE, open_office, running

DEAD = "dead"


def now() -> datetime:
    """Office time that is the machine's."""
    return datetime.now(ZONE)


@contextmanager
def silent() -> Iterator[str]:
    """The address of a party that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as held:
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def order(name: str, lane: str, due: datetime) -> Order:
    """A question that has three days."""
    dates = {"due_at": due, "urgent_by": due, "expires_at": due + timedelta(days=3)}
    return Order(kind=OrderKind.ASK, key=f"ask:{lane}:{name}", lane=lane, case_id=name, payload={}, **dates)


def ask(wires: dict[str, Wire], done: dict[str, float], work: Work, _office: Office) -> Settlement:
    """The job: one call. When it is settled is noted once the commit is durable."""
    wires[work.lane].send("POST", f"/verify/{work.case_id}", json={}, key=work.key)

    def write(tx: Tx, _now: datetime) -> None:
        tx.committed.append(lambda: done.__setitem__(work.key, time.time()))

    return Settlement(write=write)


def measure(url: str, wires: dict[str, Wire], given: argparse.Namespace, *, backlog: int) -> list[float]:
    """Milliseconds from due to settled of each healthy job of one round, fed at a steady rate."""
    store = Store(url)
    migrate.upgrade(store)
    office = open_office(store, now)
    with store.begin() as tx:
        tx.lanes.ensure([*wires])
        tx.work.order([order(f"{number:06d}", DEAD, now() - timedelta(days=1)) for number in range(backlog)], now())
    well = [lane for lane in wires if lane != DEAD]
    done: dict[str, float] = {}
    due: dict[str, float] = {}
    worker = Worker(office, Metrics(), Engine(), "bench", flows={OrderKind.ASK: Flow(do=partial(ask, wires, done))})
    with running(worker, grace=given.budget + 1):
        time.sleep(0.5)  # the dead one has its share by now
        began = time.monotonic()
        for number in range(given.jobs):
            time.sleep(max(0.0, began + number / given.rate - time.monotonic()))
            made = order(f"{number:06d}", well[number % len(well)], now())
            due[made.key] = made.due_at.timestamp()
            with store.begin() as tx:
                tx.work.order([made], made.due_at)
            worker.wake()
            if number % int(given.rate) == 0:
                sweeps.promote(office)  # as the tick does each second
        end = time.monotonic() + 60
        while not due.keys() <= done.keys():
            if time.monotonic() > end:
                raise SystemExit(f"{len(due.keys() - done.keys())} healthy jobs stand still")
            time.sleep(0.05)
    store.close()
    return [(done[key] - at) * 1000 for key, at in due.items()]


def percentiles(found: list[float]) -> tuple[float, float]:
    """The median and the 99th."""
    cut = quantiles(found, n=100)
    return cut[49], cut[98]


def table(found: Mapping[str, Sequence[tuple[tuple[float, float], tuple[float, float]]]]) -> None:
    """Print medians over the pairs, for each database: (median, 99th) alone and beside, and the ratio of each pair."""
    print(
        "| database | p50 alone | beside | ratio | p99 alone | beside | ratio | ratios of the rounds |\n|---|---|---|---|---|---|---|---|"
    )
    for name, pairs in found.items():
        cells: list[str] = []
        ratios: list[float] = []
        for one in (0, 1):
            alone, beside = (median(pair[side][one] for pair in pairs) for side in (0, 1))
            ratios = sorted(pair[1][one] / pair[0][one] for pair in pairs)
            cells.append(f"{alone:.1f} ms | {beside:.1f} ms | {median(ratios):.2f}")
        print(f"| {name} | {' | '.join(cells)} | {ratios[0]:.2f} to {ratios[-1]:.2f} |")


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="pairs of rounds")
    parser.add_argument("--jobs", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=100.0, help="healthy jobs a second, of all sources together")
    parser.add_argument("--sources", type=int, default=10, help="one of them is the dead one")
    parser.add_argument("--backlog", type=int, default=5000, help="rows of the dead source")
    parser.add_argument("--budget", type=float, default=3.0, help="seconds that a call of it may hang")
    given = parser.parse_args()
    logs.configure(level="ERROR")
    found: dict[str, list[tuple[tuple[float, float], tuple[float, float]]]] = {"SQLite": [], "PostgreSQL": []}
    with ExitStack() as stack:
        outside, dead = stack.enter_context(stub(0.005)), stack.enter_context(silent())
        cluster = stack.enter_context(servers.postgres())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hangs = {"url": dead, "read_seconds": given.budget, "budget_seconds": given.budget, "tries": 1}
        wires = {f"registry-{number}": Wire({"url": outside.url}) for number in range(1, given.sources)} | {DEAD: Wire(hangs)}
        for number in range(given.rounds):
            for name, pairs in found.items():
                pair = {}
                for beside in (False, True) if number % 2 else (True, False):
                    url = cluster.lend() if name == "PostgreSQL" else f"sqlite:///{folder / f'{number}-{beside}.sqlite3'}"
                    pair[beside] = percentiles(measure(url, wires, given, backlog=given.backlog if beside else 0))
                    print(f"round {number + 1} {name} {'beside' if beside else 'alone'}: {pair[beside]}", file=sys.stderr)
                pairs.append((pair[False], pair[True]))
    table(found)
    print(f"\n{told(machine() | {name: str(value) for name, value in vars(given).items()})}")


if __name__ == "__main__":
    main()
