"""Work lost and effects doubled under `kill -9`: 700 jobs, four kills of the worker at random times, each followed by a restart.

`python -m tests.bench.kills --jobs 700 --kills 4 --only sqlite,postgres,celery,dramatiq,procrastinate,pgqueuer`

Lost: no outcome though nothing has happened for `--quiet` seconds. Doubled: a second outcome row. Extra calls: what the outside
heard beyond one call a case; after a kill some are unavoidable, for nobody can know whether the call went out.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.bench import servers
from tests.bench.contenders import NAMES, Contender, Place, Round, chosen, opened, tidy_when_terminated
from tests.bench.domain import Reader
from tests.bench.machine import machine, told, versions
from tests.bench.stub import Stub, stub


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was left after the last kill. `kills_at` are the outcomes written when each kill hit."""

    name: str
    lost: int
    doubled: int
    extra_calls: int
    kills_at: tuple[int, ...]
    seconds_after: float


def judge(contender: Contender, place: Place, outside: Stub, given: argparse.Namespace, chance: random.Random) -> Judged:
    """Run, kill, restart, wait for quiet, count."""
    outside.reset()
    with opened(contender, place, given.appendfsync) as held:
        held.enqueue([f"case-{number:06d}" for number in range(given.jobs)])
        reader = Reader(held.url, ours=held.contender.ours)
        hits = []
        step = given.jobs // (given.kills + 1)
        held.start()
        for _ in range(given.kills):
            _until(reader, reader.done() + chance.randint(step // 4, step), seconds=given.quiet)
            time.sleep(chance.uniform(0, 0.03))
            held.kill()
            hits.append(reader.done())
            held.start()
        seconds = _quiet(held, reader, given.jobs, given.quiet)
        tally = reader.tally()
        reader.close()
        return Judged(
            name=contender.name,
            lost=given.jobs - tally.cases,
            doubled=tally.doubled,
            extra_calls=outside.calls() - given.jobs,
            kills_at=tuple(hits),
            seconds_after=seconds,
        )


def _until(reader: Reader, wanted: int, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while reader.done() < wanted and time.monotonic() < deadline:
        time.sleep(0.005)


def _quiet(held: Round, reader: Reader, jobs: int, quiet: float) -> float:
    """Wait until all is done and a second of doubles is over, or nothing has moved for `quiet` seconds; seconds to the last."""
    began = moved = time.monotonic()
    done = reader.done()
    while time.monotonic() - moved < quiet:
        time.sleep(0.2)
        if not held.alive:
            held.kill()
            held.start()
        now = reader.done()
        if now != done:
            done, moved = now, time.monotonic()
        if done >= jobs and time.monotonic() - moved > 10:
            break
    return moved - began


def table(judged: Sequence[Judged]) -> str:
    """The counts as a Markdown table."""
    lines = ["| who | lost | doubled | extra calls | kills hit at (outcomes) | s from the last restart to the last outcome |"]
    lines.append("|---|---|---|---|---|---|")
    for each in judged:
        hits = ", ".join(map(str, each.kills_at))
        lines.append(f"| {each.name} | {each.lost} | {each.doubled} | {each.extra_calls} | {hits} | {each.seconds_after:.1f} |")
    return "\n".join(lines)


def main() -> None:
    """Judge each contender in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=700)
    parser.add_argument("--kills", type=int, default=4)
    parser.add_argument("--only", default="", help=f"some of {','.join(NAMES)}")
    parser.add_argument("--lease", type=float, default=6.0, help="lease, visibility timeout or heartbeat timeout, in seconds")
    parser.add_argument(
        "--quiet", type=float, default=60.0, help="how long nothing must move before work counts as lost, in seconds"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--appendfsync", default="always", choices=("always", "everysec"))
    parser.add_argument("--json", type=Path, help="where to write the figures")
    given = parser.parse_args()
    tidy_when_terminated()
    contenders = chosen(given.only)
    judged: list[Judged] = []
    with ExitStack() as stack:
        outside = stack.enter_context(stub(0.005))
        needed = any(c.database == "postgres" for c in contenders)
        cluster = stack.enter_context(servers.postgres()) if needed else None
        place = Place(postgres=cluster, redis="", stub=outside.url, lease=given.lease)
        for contender in contenders:
            judged.append(judge(contender, place, outside, given, random.Random(given.seed)))
            print(judged[-1], file=sys.stderr)
    facts = machine() | {"lease": f"{given.lease} s", "quiet": f"{given.quiet} s", "seed": str(given.seed)}
    packages = versions(package for c in contenders for package in c.packages)
    print(f"{table(judged)}\n\n{told(facts | packages)}")
    if given.json:
        figures = {"machine": facts, "versions": packages, "judged": [asdict(each) for each in judged]}
        given.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
