"""How long nine sources' cases take from taken in to settled answer, while a tenth answers, and while it takes every call and says nothing.

`python -m tests.bench.cases --rounds 7 --cases 1500 --rate 100`

The whole of it: cases come in at the interface's door (`intake`), each has one claim that one of ten sources can settle, the question goes
through the shipped connector over a socket, its answer is weighed, kept and settled, and the case ends. One worker with the engine's own
numbers and full durability; on PostgreSQL cases are taken in by a process of its own, as by the interface of another daemon, on SQLite
by the one that there is. A case counts from the moment for which it was set down, however late the feeder came to it (`pacing`).

`answering`: the tenth answers as the others do; a backlog of its cases is settled when the round begins, and it gets its tenth of the new
ones. `absent`: nothing is asked of it, so that the nine have the machine to themselves. `dead`: it takes every call and says nothing, and
has its backlog. Each round is all three on fresh databases, in an order that goes round; the median of the rounds' ratios counts, dead to
answering and dead to absent, of the nine alone.
"""

from __future__ import annotations

import argparse
import multiprocessing
import socket
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

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
from tests.bench.machine import machine, settled_down, told
from tests.bench.pacing import Paced, each, kept, now, percentiles
from tests.bench.stub import stub
from tests.house import application, open_office, post, running

DEAD, ANSWERING, ABSENT = "dead", "answering", "absent"
ROUND = (ANSWERING, ABSENT, DEAD)
"""How the tenth is; the source itself goes by the name of what it may become."""
SPAWN = multiprocessing.get_context("spawn")
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


@contextmanager
def silent() -> Iterator[str]:
    """The address of a party that takes connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0), backlog=1024) as held:
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


def sources_of(url: str, tenth: Mapping[str, object]) -> dict[str, HttpSource]:
    """Nine sources of one stand-in, and the tenth."""
    well = {f"registry-{of}": connect(f"registry-{of}", {"url": url, **REPLY}) for of in range(1, 10)}
    return {**well, DEAD: connect(DEAD, {**REPLY, **tenth})}


Come = tuple[str, float, bool]
"""A case's id, the moment it was set down for, and whether it counts: it is one of the nine."""


def come(office: Office, names: Sequence[str], coming: Paced, first: int, *, absent: bool) -> Iterator[Come]:
    """Cases of the sources in turn, taken in at a steady rate; where the tenth is `absent`, of the nine alone."""
    for number, moment in coming:
        name = names[number % len(names)]
        if name != DEAD or not absent:
            yield take(office, first + number, name), moment, name != DEAD


@contextmanager
def apart(url: str, address: str, given: argparse.Namespace, *, absent: bool) -> Iterator[Iterator[Come]]:
    """What a process of its own takes in, as another daemon's interface does; it is ready when the block begins."""
    here, there = SPAWN.Pipe()
    feeder = SPAWN.Process(target=feed, args=(there, url, address, given, absent), daemon=True)
    feeder.start()
    there.close()  # so that its end is heard of here
    here.recv()

    def heard() -> Iterator[Come]:
        here.send(None)
        while isinstance(one := here.recv(), tuple):
            yield one
        kept(given.rate, one)

    yield heard()
    feeder.join()


@contextmanager
def within(office: Office, names: Sequence[str], given: argparse.Namespace, *, absent: bool) -> Iterator[Iterator[Come]]:
    """What this process takes in itself: of an embedded database it is the only one."""

    def taken() -> Iterator[Come]:
        coming = Paced(given.cases, given.rate)
        yield from come(office, names, coming, given.backlog, absent=absent)
        coming.kept()

    yield taken()


def feed(told: Connection, url: str, address: str, given: argparse.Namespace, absent: bool) -> None:
    """The process that takes cases in: it says when it is ready, then each case, and in the end how late it was."""
    logs.configure(level="ERROR")
    with closing(Store(url)) as store:
        sources = sources_of(address, {"url": address})
        office, coming = office_of(store, sources), Paced(given.cases, given.rate)
        settled_down()
        told.send(None)
        told.recv()
        for one in come(office, [*sources], coming, given.backlog, absent=absent):
            told.send(one)
        told.send(coming.late)


def measure(url: str, address: str, hangs: Mapping[str, object], given: argparse.Namespace, *, tenth: str) -> list[float]:
    """Milliseconds from set down to settled of each case of the nine, of one round that is fed at a steady rate."""
    sources = sources_of(address, hangs if tenth == DEAD else {"url": address})
    with closing(Store(url)) as store, ExitStack() as stack:
        for source in sources.values():
            stack.callback(source.close)
        migrate.upgrade(store)
        office = office_of(store, sources)
        before = [take(office, number, DEAD) for number in range(given.backlog if tenth != ABSENT else 0)]
        done: dict[str, float] = {}
        due: dict[str, float] = {}
        flows = {**FLOWS, OrderKind.ASK: replace(FLOWS[OrderKind.ASK], do=partial(noting, done))}
        worker = Worker(office, Metrics(), Engine(), "bench", flows=flows)
        absent = tenth == ABSENT
        settled_down()
        feeding = within(office, [*sources], given, absent=absent) if store.sqlite else apart(url, address, given, absent=absent)
        with running(worker, grace=given.budget + 1), each(0.5, partial(sweeps.promote, office)), feeding as cases:
            while tenth == ANSWERING and not done.keys() >= {*before}:
                time.sleep(0.05)
            time.sleep(0.5)  # a dead one has its share by now
            for case_id, moment, counts in cases:
                if counts:
                    due[case_id] = moment
                worker.wake()
            end = time.monotonic() + 60
            while not due.keys() <= done.keys():
                if time.monotonic() > end:
                    raise SystemExit(f"{len(due.keys() - done.keys())} cases of the nine stand still")
                time.sleep(0.05)
        return [(done[case_id] - at) * 1000 for case_id, at in due.items()]


Round = Mapping[str, tuple[float, float]]
"""(median, 99th) by how the tenth was."""


def table(found: Mapping[str, Sequence[Round]]) -> None:
    """Print, for each database and figure, medians over the rounds, and the ratios of dead to each baseline with their least and most."""
    print(
        f"| database | figure | {' | '.join(ROUND)} | {DEAD} to {ANSWERING} | {DEAD} to {ABSENT} |\n|---|---|---|---|---|---|---|"
    )
    for name, rounds in found.items():
        for place, figure in enumerate(("median", "p99")):
            cells = [f"{median(one[how][place] for one in rounds):.1f} ms" for how in ROUND]
            for base in (ANSWERING, ABSENT):
                ratios = [one[DEAD][place] / one[base][place] for one in rounds]
                cells.append(f"{median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")
            print(f"| {name} | {figure} | {' | '.join(cells)} |")


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="rounds of three")
    parser.add_argument("--cases", type=int, default=1500)
    parser.add_argument("--rate", type=float, default=100.0, help="cases a second, of all ten sources together")
    parser.add_argument("--backlog", type=int, default=500, help="cases of the tenth that were taken in before")
    parser.add_argument("--budget", type=float, default=3.0, help="seconds that a call of the dead one may hang")
    parser.add_argument("--databases", nargs="+", default=["SQLite", "PostgreSQL"])
    given = parser.parse_args()
    logs.configure(level="ERROR")
    found: dict[str, list[Round]] = {name: [] for name in given.databases}
    with ExitStack() as stack:
        outside, dead = stack.enter_context(stub(0.005)), stack.enter_context(silent())
        cluster = stack.enter_context(servers.postgres())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        hangs = {"url": dead, "read_seconds": given.budget, "budget_seconds": given.budget, "tries": 1}
        for number in range(given.rounds):
            for name, rounds in found.items():
                one = {}
                for how in (*ROUND[number % 3 :], *ROUND[: number % 3]):
                    url = cluster.lend() if name == "PostgreSQL" else f"sqlite:///{folder / f'{number}-{how}.sqlite3'}"
                    one[how] = percentiles(measure(url, outside.url, hangs, given, tenth=how))
                    print(f"round {number + 1} {name} {how}: {one[how]}", file=sys.stderr)
                rounds.append(one)
    table(found)
    print(f"\n{told(machine() | {name: str(value) for name, value in vars(given).items()})}")


if __name__ == "__main__":
    main()
