"""What the public register costs: built whole, and posted anew when nothing, a little and one line in the middle has moved.

`python -m tests.bench.register --results 100000`

On SQLite with full durability, of results that are public already, twenty to a draw, each held to the sealed entry by which it was said.
Each posting is the command's own way (gathered, written, checked where it is served, said, bound); at the end is the daily look at every
line. It tells bodies of duties that were opened, statements sent, files made and written, and seconds by the clock and of the
processor; those depend on the machine, the counts do not.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from inspector import gazette as pages
from inspector.daemon import sweeps
from inspector.domain import publicationduty as domain
from inspector.domain.gazette import CheckResult, Fallen, Line
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.flows import affix, edition, gazette, printed, publication, unpublish
from inspector.flows.office import Office
from inspector.store import migrate, publications
from inspector.store.codec import load
from inspector.store.store import Store
from inspector.telemetry import logs
from tests.bench.machine import machine, told
from tests.house import Hand
from tests.integration.test_gazette import over
from tests.integration.test_publications import look
from tests.integration.test_publications import office as made_office
from tests.owing import owe

ADDRESS, TITLE, BY = "https://example.org/results", "云溪区市场监管局", "李四"
A_DRAW = 20
counts = {"bodies": 0, "statements": 0, "files": 0}


def seeded(office: Office, results: int) -> None:
    """So many results that are public, from the one that is owed; and as many draws as they need."""
    with office.store.read() as tx:
        (first,) = tx.publications.page(("bureau",), None, "", 1)
        visit, made = tx.visits.get(first.visit), tx.draws.get(first.draw)
    for start in range(1, results + 1, 1000):
        with office.store.begin() as tx:
            for number in range(start, min(start + 1000, results + 1)):
                draw = f"bureau-2025-{number // A_DRAW:05d}"
                at = first.formed_at - timedelta(hours=results // A_DRAW - number // A_DRAW)
                if number % A_DRAW == 0 or number == 1:
                    tx.draws.add(replace(made, number=draw, slot=f"{number}"))
                name, on = f"{draw}-{number % A_DRAW:04d}", at.date()
                tx.visits.add(replace(visit, id=name, draw=draw, code=f"TEST{number:014d}", name=f"第{number}饮食店", version=0))
                line = Line(
                    id=f"{name}.bureau",
                    draw=draw,
                    agency="区市场监管局",
                    check=visit.check,
                    name=f"第{number}饮食店",
                    code=f"TEST{number:014d}",
                    formed_on=on,
                    posted_on=on,
                    found=CheckResult.NOTHING,
                )
                owed = replace(first, id=line.id, visit=name, draw=draw, formed_at=at)
                done = domain.publish(owed, line, on, f"{ADDRESS}/results-00001.html", BY, at, office.calendar)
                owe(tx, owed, at)
                tx.publications.put(done.state)
                unpublish.write(tx, done, at)
        sweeps.seal(office.store, office)


def owed(office: Office, count: int, first: int) -> None:
    """So many more that nobody has published."""
    with office.store.begin() as tx:
        (one,) = tx.publications.page(("bureau",), None, "", 1)
        visit = tx.visits.get(one.visit)
        for number in range(first, first + count):
            name = f"zz-{number:06d}"
            tx.visits.add(replace(visit, id=name, code=f"NEWS{number:014d}", name=f"新{number}饮食店", case_ids=(), version=0))
            duty = replace(one, id=f"{name}.bureau", visit=name, state=PublicationState.OWED, posted=None, shown=None)
            owe(tx, duty, office.now())


def post(office: Office, folder: Path) -> tuple[int, int]:
    """Post the register as the command does; (written, unchanged)."""
    now, sight = office.now(), pages.look(TITLE)
    former = edition.last(office, folder, sight)
    later = edition.later(office, now, former) if former is not None else None
    held = later.gathered if later is not None else gazette.gather(office, now, post=True)
    register = pages.Register(
        title=TITLE,
        lines=held.lines,
        withheld=held.withheld,
        counted=held.counted,
        on=office.calendar.local_date(now),
        removed=held.removed,
    )
    stand: dict[str, str] = {}
    if later is not None:
        register = replace(register, same=later.same)
        stand = {name: later.former.sums[name] for name in pages.unchanged(register)}
    made = list[str]()

    def each() -> Any:
        for name, content in pages.files(register):
            made.append(name)
            yield name, content

    written, left = affix.write(folder, each(), stand)
    listed = (folder / "manifest.json").read_bytes()
    affix.check(folder, listed)
    whole = gazette.say(office, held, ADDRESS, BY, now)
    affix.prove(folder, affix.bind(office, listed, ADDRESS, len(held.lines), sight if whole else ""))
    counts["files"] = len(made)
    return written, left


def measured(name: str, office: Office, folder: Path) -> None:
    """One posting, and what it took."""
    for one in counts:
        counts[one] = 0
    began, busy = time.perf_counter(), time.process_time()
    written, left = post(office, folder)
    took, busy = time.perf_counter() - began, time.process_time() - busy
    load = os.getloadavg()[0]
    print(
        f"{name}: {counts['bodies']:,} bodies, {counts['statements']:,} statements, {counts['files']} files made, {written} written, "
        f"{left} left; {took:.1f} s, {busy:.1f} s of a processor (load {load:.1f})",
        flush=True,
    )


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--results", type=int, default=100_000)
    asked = given.parse_args()
    logs.configure(level="ERROR", json=False)
    print(told(machine()))

    def loaded(kind: type[Any], text: str) -> Any:
        counts["bodies"] += kind is PublicationDuty
        return load(kind, text)

    publications.load = loaded  # type: ignore[attr-defined]
    with tempfile.TemporaryDirectory() as room, closing(Store(f"sqlite:///{Path(room) / 'office.sqlite3'}")) as store:
        migrate.upgrade(store)
        hand = Hand()
        office = made_office.__wrapped__(store, hand)  # type: ignore[attr-defined]
        look(office, hand)
        over(office)
        seeded(office, asked.results)
        sa.event.listen(sa.engine.Engine, "before_cursor_execute", lambda *_: counts.update(statements=counts["statements"] + 1))
        folder = Path(room) / "site"
        measured("whole, from nothing", office, folder)
        measured("nothing has moved", office, folder)
        owed(office, 2, 1)
        hand.on(days=1)
        measured("two more results", office, folder)
        with store.begin() as tx:
            middle = f"bureau-2025-{asked.results // A_DRAW // 2:05d}-0007.bureau"
            publication.recall(office, tx, middle, Fallen.REVOKED, "", "", BY, hand())
        measured("one taken back in the middle", office, folder)
        os.truncate(folder / "manifest.json", 0)
        measured("whole, over the same files", office, folder)
        began = time.perf_counter()
        found = printed.look(store)
        print(f"every line held to the ledger, as once a day: {len(found)} differ; {time.perf_counter() - began:.1f} s")
        if found:
            raise SystemExit(f"not what the ledger tells: {found[:3]}")


if __name__ == "__main__":
    main()
