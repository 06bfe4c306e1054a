"""Work rows a second: claim, one HTTP call of 5 ms, settle in one transaction, with full durability; against four peers.

`python -m tests.bench.work --rounds 3 --jobs 2000 --only sqlite,postgres,celery,dramatiq,procrastinate,pgqueuer`

Rounds are interleaved, so that a noisy neighbour hits everyone; each has a fresh database, its jobs enqueued beforehand and one
worker process. The rate is that of the outcomes between the first tenth and the last; the median of the rounds counts.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from tests.bench import servers
from tests.bench.contenders import NAMES, Contender, Place, chosen, opened, tidy_when_terminated
from tests.bench.domain import Reader
from tests.bench.machine import machine, told, versions
from tests.bench.stub import stub


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One round of one contender. `cpu` is milliseconds of the worker's processes for each job, start included."""

    name: str
    rate: float
    cpu: float
    doubled: int


def measure(contender: Contender, place: Place, jobs: int, appendfsync: str) -> Measured:
    """One round. Raises RuntimeError when the worker ends or stands still."""
    with opened(contender, place, appendfsync) as held:
        held.enqueue([f"case-{number:06d}" for number in range(jobs)])
        reader = Reader(held.url, ours=held.contender.ours)
        held.start()
        done, seen = 0, time.monotonic()
        while done < jobs:
            time.sleep(0.1)
            now = reader.done()
            if now > done:
                done, seen = now, time.monotonic()
            if not held.alive or time.monotonic() - seen > 60:
                raise RuntimeError(f"{contender.name} stands still at {done} of {jobs}: {held.said()}")
        cpu = held.cpu() / jobs * 1000
        tally = reader.tally()
        reader.close()
        return Measured(name=contender.name, rate=tally.rate(), cpu=cpu, doubled=tally.doubled)


def table(contenders: Sequence[Contender], rounds: Sequence[Measured]) -> str:
    """The figures as a Markdown table; the ratio is to the fastest peer."""
    rates = {c.name: [each.rate for each in rounds if each.name == c.name] for c in contenders}
    peers = [median(rates[c.name]) for c in contenders if not c.ours and rates[c.name]]
    lines = [
        "| who | jobs/s median [range] | ratio to the fastest peer | worker CPU ms/job | configuration |",
        "|---|---|---|---|---|",
    ]
    for contender in contenders:
        held = rates[contender.name]
        if not held:
            lines.append(f"| {contender.name} | no round ended | | | {contender.setting} |")
            continue
        ratio = f"{median(held) / max(peers):.2f}" if peers else "-"
        cpu = median([each.cpu for each in rounds if each.name == contender.name])
        figures = f"{median(held):.0f} [{min(held):.0f}-{max(held):.0f}]"
        lines.append(f"| {contender.name} | {figures} | {ratio} | {cpu:.2f} | {contender.setting} |")
    return "\n".join(lines)


def main() -> None:
    """Run the rounds and print the table; `--json` keeps every figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--only", default="", help=f"some of {','.join(NAMES)}")
    parser.add_argument("--latency", type=float, default=5.0, help="the outside party's, in ms")
    parser.add_argument(
        "--appendfsync", default="always", choices=("always", "everysec"), help="Redis; always is full durability"
    )
    parser.add_argument("--json", type=Path, help="where to write the figures")
    given = parser.parse_args()
    tidy_when_terminated()
    contenders = chosen(given.only)
    rounds: list[Measured] = []
    with ExitStack() as stack:
        outside = stack.enter_context(stub(given.latency / 1000))
        needed = any(c.database == "postgres" for c in contenders)
        cluster = stack.enter_context(servers.postgres()) if needed else None
        place = Place(postgres=cluster, redis="", stub=outside.url, lease=60.0)
        for number in range(given.rounds):
            start = number % len(contenders)
            for contender in contenders[start:] + contenders[:start]:
                try:
                    rounds.append(measure(contender, place, given.jobs, given.appendfsync))
                except RuntimeError as error:
                    print(error, file=sys.stderr)
                    continue
                print(f"round {number + 1} {contender.name}: {rounds[-1].rate:.0f}/s", file=sys.stderr)
    facts = machine() | {"redis appendfsync": given.appendfsync, "jobs a round": str(given.jobs), "call": f"{given.latency} ms"}
    packages = versions(package for c in contenders for package in (*c.packages, "httpx", "httpcore"))
    print(f"{table(contenders, rounds)}\n\n{told(facts | packages)}")
    if given.json:
        figures = {"machine": facts, "versions": packages, "rounds": [asdict(each) for each in rounds]}
        given.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
