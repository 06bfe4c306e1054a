"""How long a replay of many recorded cases takes, beside plain reading of the same rows; and that what it says is right.

`python -m tests.bench.replay --cases 100000 --rounds 3`

The cases are decided by `verification.begin`, spread over half a year, items and levels, and written into a real SQLite database with an
answer for each question that was asked; a register of firms stands beside them, of which one draw is carried out. The pack that might
follow draws each stratum by half its ratio. Each measurement is a fresh process, rounds are interleaved, the median counts. The peers read
the same rows: `sqlite3` alone, and the house's own reading into domain values. Counts are compared with SQL's own.
"""

from __future__ import annotations

import argparse
import json
import logging
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from itertools import islice
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import structlog

from inspector.calendars import load_calendars
from inspector.domain import verification
from inspector.domain.case import Case, LevelReason, MatterKind, Method, Rated, SubjectKind
from inspector.domain.credit import needs_rating, rated_unknown
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.plan import DrawState
from inspector.domain.policy import Item, Policy
from inspector.flows.backtest import Effect, Period, replay
from inspector.flows.draw import announce_now
from inspector.flows.intake import Application, drafted
from inspector.flows.office import Office
from inspector.store.store import Store
from tests.bench.announce import filled
from tests.bench.machine import machine, told
from tests.house import ROOT, START, ZONE, Hand, application, open_store, settle
from tests.integration.test_draw_way import carried_out, drawing

LIMIT = 60.0
"""Seconds that a replay of 100,000 cases may take (issue 4)."""
FIRMS = 2_000
"""Objects of the register that the one draw is from."""
_TOGETHER = 5_000
_DAYS = 180
_PERIOD = Period(first=date(2026, 1, 1), last=date(2026, 6, 30), of="demo")


def office_of(store: Store, hand: Hand) -> Office:
    """An office whose plan draws from the register."""
    office, _, _ = drawing(store, hand, staff=200)
    return replace(office, plans={"weekly": replace(office.plans["weekly"], pool=True)})


def halved(policy: Policy) -> Policy:
    """The pack that might follow: half of each ratio, but for what is drawn whole."""
    rows = (row if row.whole else replace(row, ratio=row.ratio * Fraction(1, 2)) for row in policy.samplings)
    return replace(policy, version="2", samplings=tuple(rows), digest="halved")


def hurried(policy: Policy) -> Policy:
    """The same, and each item is to be verified a working day earlier."""
    items = {
        code: replace(item, verify=replace(item.verify, amount=item.verify.amount - 1)) for code, item in policy.items.items()
    }
    return replace(halved(policy), items=items)


def fill(url: str, count: int) -> None:
    """The register and its draw, then the cases."""
    store, hand = open_store(url), Hand()
    office = office_of(store, hand)
    filled(store, FIRMS)
    with store.begin() as tx:
        held = announce_now(office, tx, "weekly", "clerk", hand())
    assert held is not None
    settle(office, seconds=600.0)
    assert carried_out(office, hand, held.number).state is DrawState.DRAWN
    made = enumerate(cases(office.book.get("demo@1"), count))
    while some := list(islice(made, _TOGETHER)):
        with store.begin() as tx:
            for number, case in some:
                tx.cases.add(case, "0" * 64)
                for one in evidence(case, number):
                    tx.cases.add_evidence(case, one)
    store.close()


def cases(policy: Policy, count: int) -> Iterator[Case]:
    """Decided cases, each item by turns, each level by turns, each day by turns; three cases a subject."""
    calendar = load_calendars(ROOT / "policies" / "calendars")
    items = [item for item in policy.items.values() if not item.exempt]
    levels = [level.code for level in policy.levels]
    for number in range(count):
        item, at = (
            items[number % len(items)],
            START.replace(month=1, day=1) + timedelta(days=number % _DAYS, minutes=number % 480),
        )
        case = drafted(_given(number, item), "hall", policy, at)
        level = rated_unknown(policy, LevelReason.PERSON)
        if needs_rating(case.subject.kind):
            named = levels[number // 7 % len(levels)]
            level = Rated(level=named, as_of=at, source="credit", reason=LevelReason.STATED)
        yield verification.begin(case, policy, level, at, calendar).state


def _given(number: int, item: Item) -> Application:
    claims = {fact.code: "如诺" for fact in item.facts}
    given = application(number, item.code, claims)
    kind = SubjectKind.FIRM if SubjectKind.FIRM in item.subjects else SubjectKind.PERSON
    matter = min(item.matters)
    code = f"TEST{number // 3:014d}"
    return replace(given, subject_kind=kind, subject_code=code, matter=MatterKind(matter), signed_on=date(2025, 12, 31))


def evidence(case: Case, number: int) -> Iterator[Evidence]:
    """The answer to the first question of each claim; every tenth source knows nothing."""
    for held in case.claims:
        step = held.step
        if step is not None and step.method is Method.ONLINE_QUERY:
            yield Evidence(
                id=f"ask:{case.id}:{held.claim.key}:0",
                claim=held.claim.key,
                method=step.method,
                via=step.via,
                verdict=Verdict.NOT_FOUND if number % 10 == 0 else Verdict.MATCH,
                fresh=True,
                asked_at=case.opened_at,
                as_of=case.opened_at,
            )


def replayed(url: str, candidate: Callable[[Policy], Policy] = halved) -> dict[str, object]:
    """The replay, with what it says that SQL can say too."""
    store = Store(url)
    office = office_of(store, Hand())
    candidate_pack = candidate(office.book.get("demo@1"))
    began = time.perf_counter()
    made = replay(office, candidate_pack, _PERIOD, lambda _: None, lambda _at, _of: None)
    return {"seconds": time.perf_counter() - began, **figures(made)}


def figures(made: Effect) -> dict[str, object]:
    """What is compared."""
    (odds,) = made.odds
    asked = sum(one.sure for (method, _), one in made.before.requests.items() if method is Method.ONLINE_QUERY)
    return {
        "read": made.read,
        "unchanged": made.same,
        "faults": made.wrong,
        "asked": asked,
        "drawn": {code: sizes[2] for code, sizes in odds.sizes_before.items()},
        "would": {code: sizes[2] for code, sizes in odds.sizes_after.items()},
    }


def loaded(url: str) -> dict[str, object]:
    """The same cases and answers, read as domain values, page by page."""
    store, began, read, asked, after = Store(url), time.perf_counter(), 0, 0, ""
    since, until = datetime(2026, 1, 1, tzinfo=ZONE), datetime(2026, 7, 1, tzinfo=ZONE)
    while True:
        with store.read() as tx:
            page = tx.past.opened(since, until, after=after)
            asked += sum(map(len, tx.past.evidence([one.id for one in page]).values()))
        read += len(page)
        if len(page) < 500:
            return {"seconds": time.perf_counter() - began, "read": read, "asked": asked}
        after = page[-1].id


def plain(url: str) -> dict[str, object]:
    """The same rows by the database's own package, every byte of them."""
    connection, began = sqlite3.connect(url.removeprefix("sqlite:///")), time.perf_counter()
    within = "opened_at >= '2025-12-31 16:00' AND opened_at < '2026-06-30 16:00'"
    cases = sum(1 for _ in connection.execute(f"SELECT id, body FROM case_file WHERE {within} ORDER BY id"))
    answers = f"SELECT e.case_id, e.body FROM evidence e JOIN case_file c ON c.id = e.case_id WHERE {within}"
    return {"read": cases, "asked": sum(1 for _ in connection.execute(answers)), "seconds": time.perf_counter() - began}


def all_changed(url: str) -> dict[str, object]:
    """The replay in which every case changes."""
    return replayed(url, hurried)


WAYS = {"replay": replayed, "replay, all changed": all_changed, "read into domain values": loaded, "sqlite3 alone": plain}


def main() -> None:
    """Measure and print."""
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--cases", type=int, default=100_000)
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--one", default="", help="one way alone, in this process, on the database at --url")
    given.add_argument("--url", default="")
    asked = given.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    if asked.one:
        began = time.process_time()
        said = WAYS[asked.one](asked.url)
        print(json.dumps(said | {"cpu": time.process_time() - began, "mib": _peak()}))
        return
    print(told(machine()))
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'office.db'}"
        fill(url, asked.cases)
        _report([{way: _alone(way, url) for way in WAYS} for _ in range(asked.rounds)], asked.cases)


def _peak() -> float:
    """The most that this process has held, in MiB; what `getrusage` says would be its parent's as well."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def _alone(way: str, url: str) -> dict[str, object]:
    command = [sys.executable, "-m", "tests.bench.replay", "--one", way, "--url", url]
    said: dict[str, object] = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    return said


def _report(rounds: list[dict[str, dict[str, object]]], count: int) -> None:
    ours = rounds[0]["replay"]
    peer = rounds[0]["sqlite3 alone"]
    assert (ours["read"], ours["unchanged"], ours["faults"]) == (count, count, False), ours
    assert rounds[0]["replay, all changed"]["unchanged"] == 0
    assert (peer["read"], peer["asked"]) == (ours["read"], ours["asked"]), (peer, ours)
    times, works, peaks = (
        {way: [float(str(one[way][name])) for one in rounds] for way in WAYS} for name in ("seconds", "cpu", "mib")
    )
    base = median(times["replay"])
    for way, held in times.items():
        spread = ", ".join(f"{one:.1f}" for one in held)
        line = f"{median(held):.1f} s ({spread}), of the processor {median(works[way]):.1f} s; peak {max(peaks[way]):.0f} MiB"
        print(f"{way}: {line}; replay takes {median(works['replay']) / median(works[way]):.1f} times its processor time")
    print(f"{count} cases, {ours['asked']} answers; drawn {ours['drawn']}, by half the ratios {ours['would']}")
    print(f"limit {LIMIT:.0f} s for 100,000: {base / count * 100_000:.1f} s")


if __name__ == "__main__":
    main()
