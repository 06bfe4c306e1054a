"""Cases a second that three daemons' workers on one PostgreSQL settle, beside one, where every question takes its source 200 ms.

`python -m tests.bench.replicas --rounds 3 --cases 900`

The whole way, as in `cases`: each case has one claim, the question goes through the shipped connector over a socket, its answer is
weighed, kept and settled in one transaction, and the case ends. Every worker is a process of its own with the engine's own numbers, but for
eight calls of its source at once: one can do 40 a second at most. All cases are there when the workers begin. The rate is that of the
answers between the first tenth and the last. Each round is one worker and then all of them, or the other way round, on fresh databases with
full durability; the ratio of the medians counts, and each pair's is told. The aim is twice as many. It ends in error where a case is
settled twice, or stands still.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from multiprocessing.connection import Connection
from statistics import median

from connectors.sources.http import HttpSource, connect
from inspector.daemon import sweeps
from inspector.daemon.engine import Engine
from inspector.daemon.worker import Worker
from inspector.store import migrate
from inspector.store.store import Store
from inspector.telemetry import logs
from inspector.telemetry.metrics import Metrics
from tests.bench import servers
from tests.bench.cases import REPLY, SPAWN, office_of, take
from tests.bench.domain import Reader, Tally
from tests.bench.machine import machine, told
from tests.bench.pacing import each
from tests.bench.stub import stub
from tests.house import running

SOURCE = "registry"
SETTLED = "evidence.weigh"
"""The entry of the ledger that is written with each answer."""
AIM = 2.0
QUIET = 60.0
"""Seconds without an answer after which work stands still."""


def source_of(address: str) -> dict[str, HttpSource]:
    """The one source, as an office names it."""
    return {SOURCE: connect(SOURCE, {"url": address, **REPLY})}


def work(pipe: Connection, url: str, address: str, slots: int) -> None:
    """A worker's process: it says when it is ready, begins when it is told, and goes on until it is told again."""
    logs.configure(level="ERROR")
    sources = source_of(address)
    with closing(Store(url)) as store, closing(sources[SOURCE]):
        office = office_of(store, sources)
        worker = Worker(office, Metrics(), Engine(lane_slots=slots), f"bench-{os.getpid()}")
        pipe.send(None)
        pipe.recv()
        with running(worker), each(0.5, partial(sweeps.promote, office)):
            pipe.recv()


@contextmanager
def workers(count: int, url: str, address: str, slots: int) -> Iterator[list[Connection]]:
    """So many processes, each ready; they end with the block."""
    held: list[Connection] = []
    made = []
    for _ in range(count):
        here, there = SPAWN.Pipe()
        made.append(SPAWN.Process(target=work, args=(there, url, address, slots), daemon=True))
        made[-1].start()
        there.close()  # so that its end is heard of here
        here.recv()
        held.append(here)
    yield held
    for one in held:
        one.send(None)
    for process in made:
        process.join()


def measure(url: str, address: str, given: argparse.Namespace, count: int) -> float:
    """Cases a second of one round. Raises SystemExit where a case is settled twice, or nothing moves."""
    sources = source_of(address)
    with closing(Store(url)) as store, closing(sources[SOURCE]):
        migrate.upgrade(store)
        office = office_of(store, sources)
        for number in range(given.cases):
            take(office, number, SOURCE)
    with closing(Reader(url, ours=True, rule=SETTLED)) as reader, workers(count, url, address, given.slots) as held:
        for one in held:
            one.send(None)
        done, seen = 0, time.monotonic()
        while done < given.cases:
            time.sleep(0.2)
            if (now := reader.done()) > done:
                done, seen = now, time.monotonic()
            if time.monotonic() - seen > QUIET:
                raise SystemExit(f"{given.cases - done} of {given.cases} cases stand still with {count} workers")
        tally = reader.tally()
    return sound(tally, count).rate()


def sound(tally: Tally, count: int) -> Tally:
    """The tally, where no case has been settled twice; raises SystemExit where one has."""
    if tally.doubled:
        raise SystemExit(f"{tally.doubled} cases were settled twice by {count} workers")
    return tally


def table(rounds: Sequence[tuple[float, float]], count: int) -> str:
    """Each pair, and the medians, as a Markdown table."""
    lines = [f"| round | one | {count} | ratio |", "|---|---|---|---|"]
    lines += [f"| {at} | {one:.1f}/s | {all_:.1f}/s | {all_ / one:.2f} |" for at, (one, all_) in enumerate(rounds, 1)]
    one, all_ = (median(pair[place] for pair in rounds) for place in (0, 1))
    return "\n".join([*lines, f"| median | {one:.1f}/s | {all_:.1f}/s | {all_ / one:.2f} (the aim: {AIM:.1f}) |"])


def main() -> None:
    """Run the rounds and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="pairs of rounds")
    parser.add_argument("--cases", type=int, default=900)
    parser.add_argument("--replicas", type=int, default=3)
    parser.add_argument("--slots", type=int, default=8, help="calls of the source at once, of each")
    parser.add_argument("--latency", type=float, default=200.0, help="the source's, in ms")
    given = parser.parse_args()
    logs.configure(level="ERROR")
    load = os.getloadavg()[0]
    rounds: list[tuple[float, float]] = []
    with ExitStack() as stack:
        outside = stack.enter_context(stub(given.latency / 1000))
        cluster = stack.enter_context(servers.postgres())
        for number in range(given.rounds):
            rates: dict[int, float] = {}
            for count in (1, given.replicas) if number % 2 == 0 else (given.replicas, 1):
                url = cluster.create()
                rates[count] = measure(url, outside.url, given, count)
                cluster.drop(url)
                print(f"round {number + 1} of {count}: {rates[count]:.1f}/s", file=sys.stderr)
            rounds.append((rates[1], rates[given.replicas]))
    asked = {name: str(value) for name, value in vars(given).items()}
    loads = {"load before and after": f"{load:.1f}, {os.getloadavg()[0]:.1f}"}
    print(f"{table(rounds, given.replicas)}\n\n{told(machine() | asked | loads)}")


if __name__ == "__main__":
    main()
