"""The load from the command line: cases of one item a second, or kills survived by many items.

`python -m tests.fault.measure --cases 10000 [--database postgres] [--kills 20] [--seed 1]`
"""

from __future__ import annotations

import argparse
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import postgres
from tests.fault.chance import use
from tests.fault.load import cpu, murder, problems, stands, start, wait
from tests.fault.office import pace, site
from tests.fault.senders import post


def main() -> None:
    """Measure or kill, from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--database", default="sqlite", help="sqlite, postgres or a URL")
    parser.add_argument("--kills", type=int, default=0)
    parser.add_argument("--seed", type=int, default=None, help="of the kills and of who speaks when; by chance, and said")
    given = parser.parse_args()
    print("seed", use(given.seed), flush=True)
    with tempfile.TemporaryDirectory() as place, _database(given.database, Path(place)) as url:
        Path(place).chmod(0o755)
        with site(url, Path(place), mixed=bool(given.kills), day=pace(given.cases)) as held:
            began = time.monotonic()
            if given.kills:
                for number, line in enumerate(murder(held, given.kills, list(range(given.cases))), 1):
                    print(f"kill {number}:", line)
                print("came to:", ", ".join(f"{count} {sort}" for sort, count in sorted(stands(held).items())))
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
            found = problems(held)
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
