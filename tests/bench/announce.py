"""What a daemon holds while it announces and carries out a draw from a large register: the peak of its process, an object.

`python -m tests.bench.announce --objects 200000`, or `--edits 10000`: processor time of an announcement behind so many former edits

The register (SQLite, half of it rated) is written by one process; another one announces, a third one carries out, so that the peak of
each is its own. What the process weighs before it begins is taken off. Tickets are computed in Python, as on SQLite.

Of edits each is an entry of the ledger by itself, which is the dearest; an import has one for five hundred. Announcements are undone.
"""

from __future__ import annotations

import argparse
import logging
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

import structlog

from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision
from inspector.domain.edits import Edit
from inspector.domain.plan import DrawState
from inspector.domain.policy import Policy
from inspector.domain.roster import RosterObject
from inspector.flows.draw import announce_now, prepare
from inspector.flows.edits import RULE
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seeding import type_figures
from inspector.store.sorting import RUN
from inspector.store.store import Store
from tests.bench.machine import machine, told
from tests.house import START, Hand, open_store, settle
from tests.integration.test_draw_way import drawing, thrown

_TOGETHER = 20_000
T = TypeVar("T")


def office_of(store: Store, hand: Hand) -> Office:
    """An office whose plan draws from the pool."""
    office, _, _ = drawing(store, hand, staff=200)
    plans = {"weekly": replace(office.plans["weekly"], pool=True)}
    return replace(office, plans=plans, held=RUN, book=replace(office.book, packs=tuple(map(_sparing, office.book.packs))))


def _sparing(pack: Policy) -> Policy:
    """The pack with one in two hundred of the pool: what was drawn is held, and is not what is measured here."""
    rows = (replace(row, ratio=Fraction(1, 200)) if row.stratum.startswith("pool-") else row for row in pack.samplings)
    return replace(pack, samplings=tuple(rows))


def filled(store: Store, objects: int) -> str:
    """A register in districts; every second firm has a credit level."""
    for start in range(0, objects, _TOGETHER):
        some = list(_firms(start, min(start + _TOGETHER, objects)))
        with store.begin() as tx:
            for row in some:
                tx.rosters.enrol(row)
            for row in some[::2]:
                tx.credit.state(row.kind, row.code, "A", START, "credit")
    return ""


def _firms(start: int, stop: int) -> Iterator[RosterObject]:
    for number in range(start, stop):
        code = f"91330100MA{number * 7919 % 100_000_000:08d}"
        name = f"某某第{number}食品有限公司"
        yield RosterObject(agency="bureau", kind=SubjectKind.FIRM, code=code, original=code, name=name, pool="bureau")


def fill(url: str, objects: int) -> tuple[str, float, float]:
    """The register and the office's inspectors."""
    store = open_store(url)
    office_of(store, Hand())
    return weighed(lambda: filled(store, objects))


def announce(url: str, _: str) -> tuple[str, float, float]:
    """(the draw, seconds, MiB)."""
    quiet()
    store, hand = Store(url), Hand()
    office = office_of(store, hand)

    def made() -> str:
        with store.begin() as tx:
            held = announce_now(office, tx, "weekly", "clerk", hand())
        assert held is not None
        settle(office, seconds=3_600.0)
        return held.number

    return weighed(made)


def carry_out(url: str, number: str) -> tuple[str, float, float]:
    """(the draw's state, seconds, MiB)."""
    quiet()
    store, hand = Store(url), Hand()
    office = office_of(store, hand)
    with store.read() as tx:
        held = tx.draws.get(number)
    assert held.seed_at is not None
    hand.now = held.seed_at
    settle(office, seconds=3_600.0)
    for by in ("赵", "钱"):
        with store.begin() as tx:
            type_figures(office, tx, number, by, thrown(number), hand())

    def drawn() -> str:
        settle(office, seconds=3_600.0)
        with store.read() as tx:
            return str(tx.draws.get(number).state)

    state, seconds, mib = weighed(drawn)
    assert state == DrawState.DRAWN, state
    return state, seconds, mib


def behind_edits(url: str, edits: int, objects: int = 50) -> Iterator[tuple[int, float]]:
    """(former edits, processor seconds of an announcement) for none, ten, a hundred and so on: the median of seven."""
    quiet()
    store, hand = open_store(url), Hand()
    office = office_of(store, hand)
    filled(store, objects)
    written, steps = 0, [0, *(10**power for power in range(1, len(str(edits)) + 1) if 10**power <= edits)]
    for step in steps:
        with store.begin() as tx:
            for number in range(written, step):
                edit = Edit(who=f"{number:032x}", aspect="cap", old=1, new=2)
                facts = {"by": "clerk", "edited": 1, "edited_back": 0, "part": [1, 1], "edits": [edit.value()]}
                because = Because(rule=RULE, basis=(), pack="", facts=facts)
                record(tx, "roster:bureau", Decision(state=None, because=because), hand(), {})
        written = step
        with store.begin() as tx:
            while tx.ledger.seal(hand()):
                pass
        yield step, median(undone(office, hand()) for _ in range(7))


def undone(office: Office, now: datetime) -> float:
    """Processor seconds of an announcement, of which nothing stays."""
    began = time.process_time()
    with suppress(InterruptedError), office.store.begin() as tx:
        prepare(office, tx, "weekly", "slot", now, by="clerk")
        raise InterruptedError
    return time.process_time() - began


def quiet() -> None:
    """No line for each piece of work."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))


def weighed(step: Callable[[], str]) -> tuple[str, float, float]:
    """What a step gives, how long it takes, and by how much it raises the peak of the process."""
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    given = step()
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return given, time.perf_counter() - begun, (after - before) / 1024


def main() -> None:
    """Each step in a process of its own."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--objects", type=int, default=200_000)
    reader.add_argument("--edits", type=int, default=0)
    given = reader.parse_args()
    objects: int = given.objects
    print(told(machine()))
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'office.db'}"
        if given.edits:
            for edits, seconds in behind_edits(url, given.edits):
                print(f"behind {edits} former edits: {1000 * seconds:.1f} ms of the processor")
            return

        def alone(step: Callable[[str, T], tuple[str, float, float]], given: T) -> tuple[str, float, float]:
            with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
                return pool.submit(step, url, given).result()

        alone(fill, objects)
        number = shown(objects, "announced", alone(announce, ""))
        shown(objects, "carried out", alone(carry_out, number))


def shown(objects: int, what: str, measured: tuple[str, float, float]) -> str:
    """Print a measurement; what the step gave."""
    given, seconds, mib = measured
    print(f"{what}: {objects} objects, {seconds:.1f} s, {mib:.1f} MiB, {mib * 1024 / objects:.2f} KiB an object")
    return given


if __name__ == "__main__":
    main()
