"""A daemon that lives through very many cases: is it as large, as quick, and has it as few files open, as when it was warm?

`python -m tests.fault.soak --cases 200000 --state FOLDER [--rate 30] [--step 5000] [--warm 25000] [--database URL]`

Cases come in over HTTP at a steady rate and are verified against a source over a socket. Each time `--step` of them have come to rest a
line is added to FOLDER/readings.jsonl: the memory that is the daemon's own (RssAnon and VmSwap), its descriptors, and the 99th of the
step's answers, from ordered to settled. It may be stopped at any moment, by Ctrl-C, SIGTERM or SIGKILL, and started again with the same
FOLDER: it goes on with the step that it was in. A daemon that began anew is another life: what grows is looked for within each life,
once that has `--warm` cases behind it. At the end it says by how much memory grows in 100,000 cases, whether descriptors are as many as
when it was warm, and whether the 99th is flat (the last quarter of the cases beside the second), and ends with 1 where one is not, where
a case has not ended, or where the ledger does not hold.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from statistics import fmean, median, quantiles

import sqlalchemy as sa

from inspector.domain.case import CaseState
from inspector.domain.decision import OrderKind
from inspector.store.tables import case_file, work
from tests.bench.pacing import Paced
from tests.fault.load import kill, resident, start, wait
from tests.fault.office import Site, site
from tests.fault.senders import post

SLOPE = 5.0
"""MiB that a daemon may grow by in 100,000 cases once it is warm."""
FLAT = 1.25
"""So many times the second quarter's 99th the last one's may be: medians of the steps', which a machine in use by others moves alone."""
CONNECTIONS = (".sqlite3", ".sqlite3-wal")
"""Files of which each connection to SQLite has one open."""
POOL = 13
"""Connections that a daemon may have to SQLite: twelve that read, and one that writes (`Store`)."""
TOGETHER = 8
"""Cases that come in at once, each by a hand of its own."""
LOOKS = 5
"""Descriptors are counted so often, each half second, and the least counts: a connection that ends just then is no leak."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read when so many `cases` had come to rest, of which the daemon of this `life` has `lived` through so many.

    `files`: descriptors by what they lead to. `p99`: of the step's answers, in ms. `late`: by how many seconds the feeder was behind its
    rate at worst.
    """

    life: int
    cases: int
    lived: int
    mebibytes: float
    files: Mapping[str, int]
    p99: float
    late: float
    load: float
    at: str


def judged(readings: Sequence[Reading], warm: int) -> list[str]:
    """What the readings say, line by line; what must not be begins with an exclamation mark."""
    lives = [[one for one in held if one.lived >= warm] for _, held in groupby(readings, key=lambda one: one.life)]
    lives = [life for life in lives if len(life) > 1]
    if not lives:
        return ["! too few readings of a warm daemon to tell whether it grows"]
    grows = slope(lives)
    told = [f"{'! ' if grows > SLOPE else ''}memory: {grows:.1f} MiB in 100,000 cases once warm, of {SLOPE:g} at most"]
    told += [descriptors(life[0], life[-1]) for life in lives]
    whole = readings[-1].cases
    second, fourth = ([one.p99 for one in readings if whole * part / 4 < one.cases <= whole * (part + 1) / 4] for part in (1, 3))
    if not second or not fourth:
        return [*told, "! too few readings to tell whether the 99th is flat"]
    ratio = median(fourth) / median(second)
    figures = f"{median(second):.0f} ms in the second quarter, {median(fourth):.0f} in the last: {ratio:.2f}"
    return [*told, f"{'! ' if ratio > FLAT else ''}p99: {figures}, of {FLAT:g} at most"]


def descriptors(warm: Reading, end: Reading) -> str:
    """How many a daemon had when it was warm, how many at its end, and which are more or fewer.

    Connections to SQLite come when so many read at once, and stay, as many as the pool may have: up to there they are no leak.
    """
    other = {name: end.files.get(name, 0) - warm.files.get(name, 0) for name in sorted({*warm.files, *end.files})}
    leaks = {name: count for name, count in other.items() if count and not name.endswith(CONNECTIONS)}
    most = max([count for name, count in end.files.items() if name.endswith(CONNECTIONS)], default=0)
    moved = "".join(f", {count:+} {name}" for name, count in other.items() if count)
    told = f"descriptors of life {end.life}: {sum(warm.files.values())} when warm, {sum(end.files.values())} at its end{moved}"
    return f"! {told}" if leaks or most > POOL else told


def slope(lives: Sequence[Sequence[Reading]]) -> float:
    """MiB in 100,000 cases: one slope for all lives, each about its own middle, for a new daemon begins small."""
    above = below = 0.0
    for life in lives:
        cases, sizes = fmean(one.lived for one in life), fmean(one.mebibytes for one in life)
        above += sum((one.lived - cases) * (one.mebibytes - sizes) for one in life)
        below += sum((one.lived - cases) ** 2 for one in life)
    return above / below * 100_000


class State:
    """The folder in which a soak goes on: its readings, its database, and which daemon was its last."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._readings = folder / "readings.jsonl"
        self._daemon = folder / "daemon.pid"

    def readings(self) -> list[Reading]:
        """All that is whole: a line that was being written when somebody pulled the plug is not."""
        found = []
        for line in self._readings.read_text(encoding="utf-8").splitlines() if self._readings.exists() else ():
            with suppress(json.JSONDecodeError):
                found.append(Reading(**json.loads(line)))
        return found

    def add(self, reading: Reading) -> None:
        """Keep a reading, whatever happens next."""
        with self._readings.open("a", encoding="utf-8") as file:
            if file.tell() and not self._readings.read_bytes().endswith(b"\n"):
                file.write("\n")
            file.write(json.dumps(asdict(reading)) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def end_former(self) -> None:
        """End a daemon that outlived whoever had started it: it alone may have the database."""
        if not self._daemon.exists():
            return
        pid = int(self._daemon.read_text(encoding="ascii"))
        with suppress(OSError):
            if str(self.folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.killpg(pid, signal.SIGKILL)
                while str(self.folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes():
                    time.sleep(0.05)
        self._daemon.unlink()

    @contextmanager
    def daemon(self, held: Site) -> Iterator[int]:
        """A daemon for the length of a block; its process. It leaves in order, or SystemExit says that it did not."""
        process = start(held)
        self._daemon.write_text(str(process.pid), encoding="ascii")
        try:
            yield process.pid
            process.send_signal(signal.SIGTERM)
            if process.wait(timeout=120):
                raise SystemExit(f"the daemon did not leave in order: {process.returncode}")
        finally:
            kill(process)
            self._daemon.unlink()


def step(held: Site, pid: int, numbers: range, rate: float, *, life: int, lived: int) -> Reading:
    """Cases of these numbers come in and come to rest; what the daemon is like then. Cases that are there already change nothing."""
    with closing(held.store()) as store, store.read() as tx:
        floor = tx.connection.execute(sa.select(sa.func.coalesce(sa.func.max(work.c.id), 0))).scalar_one()
    coming = Paced(-(-len(numbers) // TOGETHER), rate / TOGETHER)
    for place, _ in coming:
        post(held, list(numbers[place * TOGETHER : (place + 1) * TOGETHER]), threads=TOGETHER)
    wait(held, 600)
    return Reading(
        life=life,
        cases=numbers.stop,
        lived=lived + len(numbers),
        mebibytes=round(resident(pid), 2),
        files=files(pid),
        p99=round(slowest(held, floor), 1),
        late=round(coming.late, 2),
        load=round(os.getloadavg()[0], 1),
        at=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def files(pid: int) -> dict[str, int]:
    """The fewest descriptors that a process has open within a while, by what they lead to."""
    looks = []
    for _ in range(LOOKS):
        looks.append(Counter(_leads_to(one) for one in Path(f"/proc/{pid}/fd").iterdir()))
        time.sleep(0.5)
    return dict(sorted(min(looks, key=Counter.total).items()))


def _leads_to(descriptor: Path) -> str:
    """A file's name, or what else it is: socket, pipe, anon_inode."""
    try:
        told = str(descriptor.readlink())
    except FileNotFoundError:  # closed between the list and the look
        return "gone"
    return Path(told).name if told.startswith("/") else told.partition(":")[0]


def slowest(held: Site, floor: int) -> float:
    """The 99th of the answers to the questions ordered since, in ms, from ordered to settled."""
    with closing(held.store()) as store, store.read() as tx:
        asked = sa.select(work.c.made_at, work.c.done_at)
        since = asked.where(work.c.id > floor, work.c.kind == OrderKind.ASK.value, work.c.done_at.is_not(None))
        took = [(row.done_at - row.made_at).total_seconds() * 1000 for row in tx.connection.execute(since)]
    return quantiles(took, n=100)[98] if len(took) > 1 else 0.0


def amiss(held: Site, cases: int) -> list[str]:
    """Cases that are not there or have not come to an officer or an end, orders in quarantine, a ledger that does not hold."""
    with closing(held.store()) as store, store.read() as tx:
        states = sa.select(case_file.c.state, sa.func.count()).group_by(case_file.c.state)
        stands = {row[0]: row[1] for row in tx.connection.execute(states)}
        shut = sa.select(sa.func.count()).where(work.c.state == "quarantined")
        held_back = tx.connection.execute(shut).scalar_one()
        problem = tx.ledger.verify()[1]
    rested = sum(stands.get(state.value, 0) for state in (CaseState.CLOSED, CaseState.REVIEW))
    found = {
        f"! {cases} cases were to come to rest: {stands}": rested != cases or sum(stands.values()) != cases,
        f"! {held_back} orders in quarantine": held_back > 0,
        f"! ledger: {problem}": problem is not None,
    }
    return [line for line, holds in found.items() if holds]


def main() -> None:
    """Go on with a soak from the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--state", type=Path, required=True, help="the folder in which it goes on")
    parser.add_argument("--rate", type=float, default=30.0, help="cases a second")
    parser.add_argument("--step", type=int, default=5_000, help="cases between two readings")
    parser.add_argument("--warm", type=int, default=25_000, help="cases after which a daemon is warm")
    parser.add_argument("--database", default="", help="a URL; SQLite in the folder where none is said")
    given = parser.parse_args()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda number, _frame: sys.exit(128 + number))
    state = State(given.state.resolve())
    state.end_former()
    readings = state.readings()
    done, life, lived = (readings[-1].cases, readings[-1].life + 1, 0) if readings else (0, 1, 0)
    found: list[str] = []
    if readings:
        print(f"goes on behind {done} cases, life {life}", flush=True)
    with site(given.database or f"sqlite:///{state.folder}/load.sqlite3", state.folder) as held:
        with state.daemon(held) as pid:
            for first in range(done, given.cases, given.step):
                numbers = range(first, min(first + given.step, given.cases))
                readings.append(step(held, pid, numbers, given.rate, life=life, lived=lived))
                state.add(readings[-1])
                lived = readings[-1].lived
                print(readings[-1], flush=True)
        found += [*amiss(held, given.cases), *(f"! {told}" for told in held.wrong)]
    told = [*judged(readings, given.warm), *found]
    print("\n".join(told))
    raise SystemExit(1 if any(line.startswith("!") for line in told) else 0)


if __name__ == "__main__":
    main()
