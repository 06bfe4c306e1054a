"""How long a settled decision takes at 200 a second, with nobody sealing and with the sealer at its second; and whether it keeps up.

`python -m tests.bench.ledger --rounds 5 --jobs 3000 --rate 200`

One worker with the engine's own numbers and full durability; a job is one decision: an entry of the ledger and a date that it waits for,
in one transaction with the end of its row. It counts from the moment for which it was set down, however late it was ordered. The sealer is
the daemon's own: it chains, and lets the tree grow. Each round is a pair on fresh databases, without and with it, in an order that
alternates; the median of the pairs' ratios counts. The entries and the age of the oldest are those before each sealing; at the end two
more must leave nothing, and the whole chain must hold.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median

from inspector.daemon import sweeps
from inspector.daemon.engine import Engine
from inspector.daemon.worker import Worker
from inspector.domain.decision import Because, Order, OrderKind
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.flows.table import Flow
from inspector.store import migrate
from inspector.store.store import Store
from inspector.store.tx import Tx, new_id
from inspector.store.work import Work
from inspector.telemetry import logs
from inspector.telemetry.metrics import Metrics
from tests.bench import servers
from tests.bench.machine import machine, told
from tests.bench.pacing import Paced, each, now, percentiles
from tests.house import ZONE, open_office, running

LANE = "registry"
STEP = 0.05
"""Seconds between two messages, each of as many jobs as the rate asks for."""
WARM = 200
"""So many jobs come before those that count."""


@dataclass
class Sealer:
    """What the daemon's tick does, and what lay there when it came."""

    office: Office
    waiting: list[int] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)
    took: list[float] = field(default_factory=list)

    def seal(self) -> int:
        """Once, as each second; how many rows."""
        with self.office.store.read() as tx:
            count, since = tx.ledger.unsealed()
        self.waiting.append(count)
        self.ages.append((now() - since).total_seconds() if since is not None else 0.0)
        began = time.monotonic()
        done = sweeps.seal(self.office.store, self.office)
        self.took.append(time.monotonic() - began)
        return done


def decide(done: dict[str, float], work: Work, _office: Office) -> Settlement:
    """The job. When it is settled is noted once the commit is durable."""

    def write(tx: Tx, at: datetime) -> None:
        about = work.case_id or ""
        tx.ledger.append(
            new_id(), about, Because(rule="bench", basis=("bench",), pack="bench", facts={"answer": "MATCH"}), {}, at
        )
        due = at + timedelta(days=3)
        tx.work.order([Order(kind=OrderKind.VERIFY_DUE, key=f"next:{about}", due_at=due, urgent_by=due, case_id=about)], at)
        tx.committed.append(lambda: done.__setitem__(work.key, time.time()))

    return Settlement(write=write)


def asked(numbers: range, at: datetime) -> list[Order]:
    """A job for each number, due at a moment."""
    dates = {"due_at": at, "urgent_by": at, "expires_at": at + timedelta(days=3)}
    return [Order(kind=OrderKind.ASK, key=f"ask:{one}", lane=LANE, case_id=f"{one:06d}", payload={}, **dates) for one in numbers]


def _warm(store: Store, worker: Worker, sealer: Sealer, done: dict[str, float]) -> None:
    """Some jobs that do not count, and one sealing, with or without a sealer: what a daemon does for the first time costs more."""
    first = asked(range(10**6, 10**6 + WARM), now())
    with store.begin() as tx:
        tx.work.order(first, now())
    worker.wake()
    while len(done) < WARM:
        time.sleep(0.05)
    sweeps.seal(store, sealer.office)
    done.clear()


def measure(url: str, given: argparse.Namespace, *, sealed: bool) -> tuple[list[float], float, Sealer]:
    """Milliseconds from due to settled of each job of one round, the rate from the first to the last of them, and the sealer."""
    store = Store(url)
    migrate.upgrade(store)
    office = open_office(store, now)
    with store.begin() as tx:
        tx.lanes.ensure([LANE])
    done: dict[str, float] = {}
    due: dict[str, float] = {}
    sealer = Sealer(office)
    worker = Worker(office, Metrics(), Engine(), "bench", flows={OrderKind.ASK: Flow(do=partial(decide, done))})
    many = round(given.rate * STEP)
    with ExitStack() as stack:
        stack.enter_context(running(worker, grace=5))
        _warm(store, worker, sealer, done)
        if sealed:
            stack.enter_context(each(1.0, sealer.seal))
        messages = Paced(given.jobs // many, given.rate / many)
        for message, moment in messages:
            number, at = message * many, datetime.fromtimestamp(moment, ZONE)
            orders = asked(range(number, number + many), at)
            with store.begin() as tx:
                tx.work.order(orders, at)
            due |= {one.key: moment for one in orders}
            worker.wake()
        end = time.monotonic() + 60
        while not due.keys() <= done.keys():
            if time.monotonic() > end:
                raise SystemExit(f"{len(due.keys() - done.keys())} jobs stand still")
            time.sleep(0.05)
    messages.kept()
    if sealed:
        _prove(store, sealer, len(due) + WARM)
    store.close()
    rate = len(done) / (max(done.values()) - min(due.values()))
    return [(done[key] - at) * 1000 for key, at in due.items()], rate, sealer


def _prove(store: Store, sealer: Sealer, jobs: int) -> None:
    """Raise SystemExit where two more sealings leave something, or the chain and its tree do not hold over every entry."""
    left = [sealer.seal(), sealer.seal()]
    with store.read() as tx:
        problem, size = tx.ledger.verify()[1], tx.tree.head().size
    if left[1] or problem is not None or size < jobs:
        raise SystemExit(f"the sealer does not keep up: {left}, {problem}, {size} of {jobs} in the tree")


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="pairs of rounds")
    parser.add_argument("--jobs", type=int, default=3000)
    parser.add_argument("--rate", type=float, default=200.0, help="decisions a second")
    given = parser.parse_args()
    logs.configure(level="ERROR")
    found: dict[str, list[dict[bool, tuple[float, float]]]] = {"SQLite": [], "PostgreSQL": []}
    rates: dict[str, list[float]] = {name: [] for name in found}
    seen: dict[str, list[Sealer]] = {name: [] for name in found}
    load = os.getloadavg()[0]
    with ExitStack() as stack:
        cluster = stack.enter_context(servers.postgres())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        for number in range(given.rounds):
            for name, pairs in found.items():
                pair = {}
                for sealed in (False, True) if number % 2 else (True, False):
                    url = cluster.lend() if name == "PostgreSQL" else f"sqlite:///{folder / f'{number}-{sealed}.sqlite3'}"
                    times, rate, sealer = measure(url, given, sealed=sealed)
                    pair[sealed] = percentiles(times)
                    print(
                        f"round {number + 1} {name} {'sealed' if sealed else 'alone'}: {pair[sealed]}, {rate:.0f}/s",
                        file=sys.stderr,
                    )
                    if sealed:
                        rates[name].append(rate)
                        seen[name].append(sealer)
                pairs.append(pair)
    print(
        "| database | settled a second | p50 without | sealed | ratio | p99 without | sealed | ratio | a sealing | waited at most |"
    )
    print("|---|---|---|---|---|---|---|---|---|---|")
    for name, pairs in found.items():
        cells = [f"{median(rates[name]):.0f}"]
        for one in (0, 1):
            without, with_ = (median(pair[sealed][one] for pair in pairs) for sealed in (False, True))
            ratios = sorted(pair[True][one] / pair[False][one] for pair in pairs)
            cells.append(f"{without:.1f} ms | {with_:.1f} ms | {median(ratios):.2f} [{ratios[0]:.2f}-{ratios[-1]:.2f}]")
        took = [each * 1000 for sealer in seen[name] for each in sealer.took]
        most = max(each for sealer in seen[name] for each in sealer.waiting)
        age = max(each for sealer in seen[name] for each in sealer.ages)
        print(f"| {name} | {' | '.join(cells)} | {median(took):.0f} ms, at most {max(took):.0f} | {most} entries, {age:.1f} s |")
    asked = {name: str(value) for name, value in vars(given).items()}
    print(f"\n{told(machine() | asked | {'load before and after': f'{load:.1f}, {os.getloadavg()[0]:.1f}'})}")


if __name__ == "__main__":
    main()
