"""What sealing costs: cases taken in a second with keys and without, and names looked up among many subjects.

`python -m tests.bench.sealing --rounds 7 --cases 1500`

One thread, one transaction a case (as the interface takes them in), full durability, fresh databases. Each round is a pair, plain and
sealed, in an order that alternates; the median of the pairs' ratios counts. `--together` takes so many cases in one transaction, as an
import does: there the disk is waited for less, and what is left is the work itself.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path
from statistics import median

from inspector.flows.intake import take
from inspector.store import keys, migrate
from inspector.store.keyring import Keyring
from inspector.store.store import Store
from inspector.telemetry import logs
from tests.bench.machine import machine, told
from tests.house import ZONE, open_office
from tests.integration.test_way import HOUSEHOLD, person
from tests.sealing import RING


def now() -> datetime:
    """Office time that is the machine's."""
    return datetime.now(ZONE)


def measure(url: str, ring: Keyring, cases: int, together: int) -> tuple[float, float, float]:
    """(cases taken in a second, processor milliseconds for each, milliseconds to look a name up among them)."""
    with closing(Store(url, keys=ring)) as store:
        migrate.upgrade(store)
        if ring.current:
            keys.settle_codes(store)
        office = open_office(store, now)
        given = [person(number, "relief-household", HOUSEHOLD) for number in range(cases)]
        began, busy = time.perf_counter(), time.process_time()
        for start in range(0, cases, together):
            with store.begin() as tx:
                for one in given[start : start + together]:
                    take(office, tx, one, "hall", now())
        rate, busy = cases / (time.perf_counter() - began), 1000 * (time.process_time() - busy) / cases
        began = time.perf_counter()
        with store.read() as tx:
            assert tx.docket.find(["bureau"], "查无此名", "", 50) == []
        return rate, busy, 1000 * (time.perf_counter() - began)


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--rounds", type=int, default=7)
    given.add_argument("--cases", type=int, default=1500)
    given.add_argument("--together", type=int, default=1)
    asked = given.parse_args()
    logs.configure(level="ERROR", json=False)
    print(told(machine()))
    ratios: list[float] = []
    effort: dict[str, list[float]] = {"plain": [], "sealed": []}
    rates: dict[str, list[float]] = {"plain": [], "sealed": []}
    finds: dict[str, list[float]] = {"plain": [], "sealed": []}
    for number in range(asked.rounds):
        pair = [("plain", Keyring()), ("sealed", RING)]
        for name, ring in pair if number % 2 else reversed(pair):
            with tempfile.TemporaryDirectory() as folder:
                rate, busy, found = measure(f"sqlite:///{Path(folder) / 'office.sqlite3'}", ring, asked.cases, asked.together)
            rates[name].append(rate)
            finds[name].append(found)
            effort[name].append(busy)
        ratios.append(rates["sealed"][-1] / rates["plain"][-1])
    for name, held in rates.items():
        print(f"{name}: {median(held):,.0f} cases a second ({min(held):,.0f} to {max(held):,.0f})")
        print(
            f"{name}: {median(effort[name]):.2f} ms of a processor for each ({min(effort[name]):.2f} to {max(effort[name]):.2f})"
        )
        print(f"{name}: {median(finds[name]):,.1f} ms to look a name up among {asked.cases:,} subjects")
    busier = [sealed / plain for sealed, plain in zip(effort["sealed"], effort["plain"], strict=True)]
    print(f"processor time, sealed to plain: {median(busier):.2f} ({min(busier):.2f} to {max(busier):.2f})")
    print(f"rate, sealed to plain: {median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
