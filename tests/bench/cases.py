"""How long nine sources' cases take from taken in to settled answer, while a tenth answers, and while it takes every call and says nothing.

`python -m tests.bench.cases --rounds 7 --cases 1500 --rate 100`

The whole of it: cases come in at the interface's door (`intake`), each has one claim that one of ten sources can settle, the question goes
through the shipped connector over a socket, its answer is weighed, kept and settled, and the case ends. One worker with the engine's own
numbers and full durability. Of the tenth a backlog of cases was taken in before, and it gets its tenth of the new ones. Alone: it answers
like the others, and the backlog is settled when the round begins. Beside: it takes every call and says nothing. Each round is a pair on
fresh databases, alone and beside, in an order that alternates; the median of the pairs' ratios counts, of the nine alone.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from functools import partial
from pathlib import Path

from connectors.sources.http import HttpSource, connect
from inspector.daemon import sweeps
from inspector.daemon.engine import Engine
from inspector.daemon.worker import Worker
from inspector.domain.decision import OrderKind
from inspector.domain.policy import Compare
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.flows.table import FLOWS
from inspector.store import migrate
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.store.work import Work
from inspector.telemetry import logs
from inspector.telemetry.metrics import Metrics
from tests.bench import servers
from tests.bench.beside import DEAD, now, percentiles, silent, table
from tests.bench.machine import machine, told
from tests.bench.stub import stub
from tests.house import application, open_office, post, running

FACT, ITEM = "registration-status", "business-licence"
REPLY = {"path": "/verify/{case}", "code_field": "status", "ok_codes": ["FOUND"], "value_field": "value", "live": True}
"""How the other side speaks (`stub`)."""


def office_of(store: Store, sources: Mapping[str, HttpSource]) -> Office:
    """The office, with an item for each source, whose one fact that source holds."""
    office = open_office(store, now, sources=sources)
    packs = []
    for pack in office.book.packs:
        if pack.id == "demo":
            plain = pack.items[ITEM]
            held = {
                name: replace(plain, code=name, facts=(replace(plain.facts[0], source=name, compare=Compare.EXACT, values=()),))
                for name in sources
            }
            pack = replace(pack, items={**pack.items, **held})  # noqa: PLW2901 - the same pack, with these items
        packs.append(pack)
    return replace(office, book=replace(office.book, packs=tuple(packs)))


def take(office: Office, number: int, name: str) -> str:
    """A case comes in whose claim this source can settle; its id."""
    return post(office, application(number, name, {FACT: "yes"}))


def noting(done: dict[str, float], work: Work, office: Office) -> Settlement:
    """The flow of every question as it is, and when its settlement is durable."""
    made = FLOWS[OrderKind.ASK].do(work, office)

    def write(tx: Tx, at: object) -> None:
        made.write(tx, at)  # type: ignore[arg-type]
        tx.committed.append(lambda: done.__setitem__(str(work.case_id), time.time()))

    return replace(made, write=write)


def measure(url: str, sources: Mapping[str, HttpSource], given: argparse.Namespace, *, dead: bool) -> list[float]:
    """Milliseconds from taken in to settled of each case of the nine, of one round that is fed at a steady rate; DEAD is the tenth."""
    with closing(Store(url)) as store:
        migrate.upgrade(store)
        office = office_of(store, sources)
        before = [take(office, number, DEAD) for number in range(given.backlog)]
        done: dict[str, float] = {}
        due: dict[str, float] = {}
        flows = {**FLOWS, OrderKind.ASK: replace(FLOWS[OrderKind.ASK], do=partial(noting, done))}
        worker = Worker(office, Metrics(), Engine(), "bench", flows=flows)
        names = [*sources]
        with running(worker, grace=given.budget + 1):
            while not dead and not done.keys() >= {*before}:
                time.sleep(0.05)
            time.sleep(0.5)  # a dead one has its share by now
            began, late = time.monotonic(), 0.0
            for number in range(given.cases):
                time.sleep(max(0.0, began + number / given.rate - time.monotonic()))
                late = time.monotonic() - began - number / given.rate
                name, at = names[number % len(names)], time.time()
                case_id = take(office, given.backlog + number, name)
                if name != DEAD:
                    due[case_id] = at
                worker.wake()
                if number % int(given.rate) == 0:
                    sweeps.promote(office)  # as the tick does each second
            end = time.monotonic() + 60
            while not due.keys() <= done.keys():
                if time.monotonic() > end:
                    raise SystemExit(f"{len(due.keys() - done.keys())} cases of the nine stand still")
                time.sleep(0.05)
        if late > 1:
            raise SystemExit(f"this machine does not take {given.rate} cases a second in: {late:.1f} s behind at the end")
        return [(done[case_id] - at) * 1000 for case_id, at in due.items()]


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="pairs of rounds")
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=100.0, help="cases a second, of all ten sources together")
    parser.add_argument("--backlog", type=int, default=500, help="cases of the tenth that were taken in before")
    parser.add_argument("--budget", type=float, default=3.0, help="seconds that a call of the dead one may hang")
    parser.add_argument("--databases", nargs="+", default=["SQLite", "PostgreSQL"])
    given = parser.parse_args()
    logs.configure(level="ERROR")
    found: dict[str, list[tuple[tuple[float, float], tuple[float, float]]]] = {name: [] for name in given.databases}
    with ExitStack() as stack:
        outside, dead = stack.enter_context(stub(0.005)), stack.enter_context(silent())
        cluster = stack.enter_context(servers.postgres())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hangs = {"url": dead, "read_seconds": given.budget, "budget_seconds": given.budget, "tries": 1}
        for number in range(given.rounds):
            for name, pairs in found.items():
                pair = {}
                for beside in (False, True) if number % 2 else (True, False):
                    well = {f"registry-{one}": connect(f"registry-{one}", {"url": outside.url, **REPLY}) for one in range(1, 10)}
                    tenth = connect(DEAD, {**REPLY, **(hangs if beside else {"url": outside.url})})
                    url = cluster.lend() if name == "PostgreSQL" else f"sqlite:///{folder / f'{number}-{beside}.sqlite3'}"
                    sources = {**well, DEAD: tenth}
                    pair[beside] = percentiles(measure(url, sources, given, dead=beside))
                    for source in sources.values():
                        source.close()
                    print(f"round {number + 1} {name} {'beside' if beside else 'alone'}: {pair[beside]}", file=sys.stderr)
                pairs.append((pair[False], pair[True]))
    table(found)
    print(f"\n{told(machine() | {name: str(value) for name, value in vars(given).items()})}")


if __name__ == "__main__":
    main()
