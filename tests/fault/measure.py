"""The load from the command line: cases of one item a second, kills survived by many items, or the daemon's size.

`python -m tests.fault.measure --cases 10000 [--database postgres] [--kills 20 | --weigh 20000]`
"""

from __future__ import annotations

import argparse
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import linear_regression

from tests import postgres
from tests.fault.load import cpu, murder, problems, resident, stands, start, wait
from tests.fault.office import Site, pace, site
from tests.fault.senders import post

SLOPE = 5.0
"""MiB that a daemon may grow by in 100,000 cases once it is warm, which it is after half of them."""


def weigh(held: Site, cases: int, step: int) -> list[str]:
    """The size of one daemon that lives through all cases, read whenever `step` more are done with all their orders; what is wrong."""
    daemon = start(held)
    sizes: list[tuple[int, float]] = []
    for first in range(0, cases, step):
        post(held, list(range(first, min(first + step, cases))))
        wait(held, 600)
        sizes.append((len(held.accepted), resident(daemon.pid)))
        print(f"{sizes[-1][0]} cases: {sizes[-1][1]:.1f} MiB", flush=True)
    daemon.send_signal(signal.SIGTERM)
    daemon.wait(timeout=30)
    warm = sizes[(len(sizes) - 1) // 2 :]
    if len(warm) < 2:
        return ["too few readings to tell whether it grows"]
    slope = linear_regression([done for done, _ in warm], [size for _, size in warm]).slope * 100_000
    print(f"{slope:.1f} MiB in 100,000 cases from {warm[0][0]} on")
    return [f"it grows by {slope:.1f} MiB in 100,000 cases"] if slope > SLOPE else []


def main() -> None:
    """Measure, kill or weigh, from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--database", default="sqlite", help="sqlite, postgres or a URL")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--weigh", type=int, default=0, help="read the daemon's size each time so many cases are done")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, _database(given.database, Path(place)) as url:
        Path(place).chmod(0o755)
        with site(url, Path(place), mixed=bool(given.kills), day=pace(given.cases)) as held:
            began, found = time.monotonic(), list[str]()
            if given.kills:
                for number, line in enumerate(murder(held, given.kills, list(range(given.cases))), 1):
                    print(f"kill {number}:", line)
                print("came to:", ", ".join(f"{count} {sort}" for sort, count in sorted(stands(held).items())))
            elif given.weigh:
                found = weigh(held, given.cases, given.weigh)
            else:
                daemon = start(held)
                began = time.monotonic()
                post(held, list(range(given.cases)))
                print(f"posted {len(held.accepted)} in {time.monotonic() - began:.1f} s")
                wait(held, 600, everything=False)
                cases = time.monotonic() - began
                print(f"every case concluded or with a person after {cases:.1f} s: {given.cases / cases:.0f} cases/s")
                counts = wait(held, 600)
                print(f"every order carried out after {time.monotonic() - began:.1f} s; {counts}")
                print(f"the daemon's CPU: {1000 * cpu(daemon.pid) / given.cases:.1f} ms a case")
                daemon.send_signal(signal.SIGTERM)
                print("drained:", daemon.wait(timeout=30))
            found += problems(held)
            print("took", round(time.monotonic() - began, 1), "s; problems:", found or "none")
    raise SystemExit(1 if found else 0)


@contextmanager
def _database(told: str, place: Path) -> Iterator[str]:
    if told == "sqlite":
        yield f"sqlite:///{place}/load.sqlite3"
    elif told == "postgres":
        with postgres.server() as server:
            yield server.create()
    else:
        yield told


if __name__ == "__main__":
    main()
