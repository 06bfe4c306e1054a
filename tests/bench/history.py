"""What a claim, a tick and a night cost beside a long history: 10^7 done rows of work and 5 x 10^5 that wait, beside a young office.

`python -m tests.bench.history --database sqlite,postgres --done 10000000 --waiting 500000`; `--small` says how many rows the young office
has that it is compared with. The rows are made by the database itself; nothing else is in it. Each of claim, promotion, counts and
a night's search is done some times; told are the medians in milliseconds and what the database has looked at for it (rows of `work` on
PostgreSQL, hundreds of steps of its machine on SQLite). Exit code 1 where claim, promotion or a night's span
of 5,000 rows looks at a fifth more.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import sqlalchemy as sa

from inspector.store import migrate
from inspector.store.store import Store
from inspector.store.tables import work
from inspector.store.tx import Tx
from tests.bench import servers
from tests.bench.machine import machine, told

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
LANES, ROUNDS, SPAN, GATHERED = 8, 9, 5_000, 100_000
READY = 64
"""Rows that can be claimed, in the young office and in the old one."""
FLAT = ("claim", "promote", "night")
"""What must not grow. Counts go over what is open, and no further."""
ALLOWED, LITTLE = 1.2, 10
"""So much more may be looked at, and so much by the way."""
STEPS = 100


def fill(store: Store, done: int, waiting: int) -> None:
    """So many done rows, over the last seven days of the ids, and such as wait for dates to come; some that are ready."""
    with store.engine.begin() as connection:
        connection.execute(sa.delete(work))
    for begin in range(0, done, GATHERED):
        _rows(store, begin, min(GATHERED, done - begin), "done", due=-7 * 86_400, spread=7 * 86_400 / max(1, done))
    for begin in range(0, waiting, GATHERED):
        _rows(store, done + begin, min(GATHERED, waiting - begin), "waiting", due=3_600, spread=1.0)
    _rows(store, done + waiting, READY, "ready", due=-60, spread=0.0)
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("ANALYZE" if store.sqlite else "VACUUM ANALYZE work"))


def _rows(store: Store, begin: int, count: int, state: str, *, due: float, spread: float) -> None:
    """Made by the database, in a transaction of their own. `due`: seconds from now of the first, `spread`: between two."""
    first = NOW + timedelta(seconds=due + spread * begin if state == "done" else due)
    if store.sqlite:
        at = "strftime('%Y-%m-%d %H:%M:%f', :first, '+' || round((n - :begin) * :spread, 3) || ' seconds') || '000'"
        numbers = "WITH RECURSIVE told(n) AS (SELECT :begin + 1 UNION ALL SELECT n + 1 FROM told WHERE n < :last)"
        source, moment = "told", first.replace(tzinfo=None).isoformat(sep=" ")
    else:
        at, numbers = "CAST(:first AS timestamptz) + (n - :begin) * :spread * interval '1 second'", ""
        source, moment = "generate_series(CAST(:begin AS bigint) + 1, CAST(:last AS bigint)) AS told(n)", first.isoformat()
    lane = f"'lane-' || (n % {LANES})"
    ended = at if state == "done" else "NULL"
    text = f"""{numbers}
INSERT INTO work (id, key, kind, lane, case_id, payload, state, due_at, urgent_by, lease_until, fence, attempts, unheard, made_at, done_at)
SELECT n, 'ask:' || n, 'ASK', {lane}, 'case-' || (n / 4), '{{}}', :state, {at}, {at}, :epoch, 0, 0, 0, {at}, {ended} FROM {source}"""
    if store.sqlite:  # a WITH stands behind the INSERT's head there
        text = text.replace(f"{numbers}\n", "", 1).replace("\nSELECT n,", f"\n{numbers} SELECT n,", 1)
    epoch = "1970-01-01 00:00:00.000000" if store.sqlite else "1970-01-01T00:00:00+00:00"
    facts = {"begin": begin, "last": begin + count, "first": moment, "spread": spread, "state": state, "epoch": epoch}
    with store.engine.begin() as connection:
        connection.execute(sa.text(text), facts)


@contextmanager
def looked(tx: Tx) -> Iterator[list[int]]:
    """How much the database looks at meanwhile."""
    counted: list[int] = []
    driver: Any = tx.connection.connection.driver_connection
    before = 0 if tx.sqlite else _read(tx)
    if tx.sqlite:
        driver.set_progress_handler(lambda: counted.append(1), STEPS)
    yield counted
    if tx.sqlite:
        driver.set_progress_handler(None, STEPS)
    else:
        counted.append(_read(tx) - before)


def _read(tx: Tx) -> int:
    asked = sa.text("select seq_tup_read + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables where relname = 'work'")
    return int(tx.connection.execute(asked).scalar_one())


def _claim(tx: Tx) -> None:
    assert len(tx.work.claim("bench", tx.machine_now(), NOW, timedelta(minutes=1), 16)) == 16


def _promote(tx: Tx) -> None:
    assert tx.work.promote(NOW) == 0


def _counts(tx: Tx) -> None:
    assert tx.work.counts(tx.machine_now())


def _night(tx: Tx) -> None:
    """A span in which nothing is over its days: so is most of the table each night."""
    assert tx.work.aged(NOW - timedelta(days=30), 0, SPAN)[0] == []


STEPS_OF_A_DAY: dict[str, Callable[[Tx], None]] = {"claim": _claim, "promote": _promote, "counts": _counts, "night": _night}


def measure(store: Store) -> dict[str, tuple[float, int]]:
    """(milliseconds, looked at) of each step, the medians of some rounds."""
    found: dict[str, list[tuple[float, int]]] = {name: [] for name in STEPS_OF_A_DAY}
    for _ in range(ROUNDS):
        for name, step in STEPS_OF_A_DAY.items():
            with store.begin() as tx, looked(tx) as counted:
                undone = tx.connection.begin_nested()  # so that each round finds the same
                begun = time.perf_counter()
                step(tx)
                seconds = time.perf_counter() - begun
                undone.rollback()
            found[name].append((seconds * 1_000, sum(counted)))
    return {name: (round(median(ms for ms, _ in held), 2), int(median(rows for _, rows in held))) for name, held in found.items()}


def main() -> None:
    """Fill, measure, compare."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--database", default="sqlite,postgres")
    asked.add_argument("--done", type=int, default=10_000_000)
    asked.add_argument("--waiting", type=int, default=500_000)
    asked.add_argument("--small", type=int, default=10_000)
    given = asked.parse_args()
    offices = {"young": (given.small, given.small), "old": (given.done, given.waiting)}
    found = [dearer for database in given.database.split(",") for dearer in _compared(database, offices)]
    sys.stdout.write(json.dumps({"machine": told(machine()), "dearer": found}) + "\n")
    sys.exit(1 if found else 0)


def _compared(database: str, offices: Mapping[str, tuple[int, int]]) -> list[str]:
    """What costs more beside the long history, on one database."""
    held = dict[str, dict[str, tuple[float, int]]]()
    with ExitStack() as stack:
        if database == "sqlite":
            url = f"sqlite:///{Path(stack.enter_context(TemporaryDirectory())) / 'history.sqlite3'}"
        else:
            url = stack.enter_context(servers.postgres()).lend()
        store = stack.enter_context(closing(Store(url, synchronous="OFF")))
        migrate.upgrade(store, copy=False)
        for name, (done, waiting) in offices.items():
            begun = time.monotonic()
            fill(store, done, waiting)
            filled = round(time.monotonic() - begun)
            held[name] = measure(store)
            row = {"database": database, "office": name, "done": done, "waiting": waiting, "filled_s": filled, **held[name]}
            sys.stdout.write(json.dumps(row) + "\n")
            sys.stdout.flush()
    young, old = held["young"], held["old"]
    return [f"{database}: {name}" for name in FLAT if old[name][1] > ALLOWED * young[name][1] + LITTLE]


if __name__ == "__main__":
    main()
