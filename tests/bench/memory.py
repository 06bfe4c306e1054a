"""Memory of our worker while cases pile up behind it: its resident size should be flat from 20,000 to 100,000 cases.

`python -m tests.bench.memory --only sqlite --start 20000 --stop 100000 --step 20000`

One worker process works all the while; each step enqueues more cases, waits until all have their outcome, and reads its size.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench import domain, servers
from tests.bench.contenders import Contender, Place, Round, chosen, opened, tidy_when_terminated
from tests.bench.machine import machine, told
from tests.bench.stub import stub


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The worker's resident size in MiB, its threads and file descriptors when so many cases were done."""

    name: str
    cases: int
    resident: float
    threads: int
    files: int


def weigh(contender: Contender, place: Place, given: argparse.Namespace) -> list[Weighed]:
    """One reading a step, from one worker."""
    readings: list[Weighed] = []
    with opened(contender, place, "always") as held:
        cases = 0
        reader: domain.Reader | None = None
        for goal in range(given.start, given.stop + 1, given.step):
            held.enqueue([f"case-{number:06d}" for number in range(cases, goal)])
            cases = goal
            reader = reader or domain.Reader(held.url, ours=held.contender.ours)
            if not held.alive:
                held.start()
            _until(held, reader, goal)
            readings.append(_weighed(held, contender.name, goal))
            print(readings[-1], file=sys.stderr)
    return readings


def _until(held: Round, reader: domain.Reader, goal: int) -> None:
    while reader.done() < goal:
        if not held.alive:
            raise SystemExit(held.said())
        time.sleep(1)
    time.sleep(2)


def _weighed(held: Round, name: str, cases: int) -> Weighed:
    process = Path("/proc") / str(held.pid)
    resident = int((process / "statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    threads, files = (len(list((process / kind).iterdir())) for kind in ("task", "fd"))
    return Weighed(name=name, cases=cases, resident=resident, threads=threads, files=files)


def table(readings: Sequence[Weighed]) -> str:
    """The readings as a Markdown table."""
    lines = ["| who | cases | resident MiB | threads | files |", "|---|---|---|---|---|"]
    lines += [f"| {each.name} | {each.cases:,} | {each.resident:.1f} | {each.threads} | {each.files} |" for each in readings]
    return "\n".join(lines)


def main() -> None:
    """Weigh our worker on each database asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="sqlite", help="sqlite,postgres")
    parser.add_argument("--start", type=int, default=20_000)
    parser.add_argument("--stop", type=int, default=100_000)
    parser.add_argument("--step", type=int, default=20_000)
    parser.add_argument("--latency", type=float, default=0.0, help="the outside party's, in ms")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    given = parser.parse_args()
    tidy_when_terminated()
    contenders = [contender for contender in chosen(given.only) if contender.ours]
    readings: list[Weighed] = []
    with ExitStack() as stack:
        outside = stack.enter_context(stub(given.latency / 1000))
        needed = any(c.database == "postgres" for c in contenders)
        cluster = stack.enter_context(servers.postgres()) if needed else None
        place = Place(postgres=cluster, redis="", stub=outside.url, lease=60.0)
        for contender in contenders:
            readings += weigh(contender, place, given)
    facts = machine()
    print(f"{table(readings)}\n\n{told(facts)}")
    if given.json:
        figures = {"machine": facts, "readings": [asdict(each) for each in readings]}
        given.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
