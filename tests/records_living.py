"""Credit records, objections and bars of other authorities in each state, for requests that are generated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from inspector.domain.case import SubjectKind
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.creditrecord import Record
from inspector.domain.deputy import Deputy
from inspector.domain.gate import OutsideBar
from inspector.flows import deputies as away
from inspector.flows import eligibility, objections, repairs
from inspector.flows.bars import bar_id
from inspector.flows.office import Office

PAPERS = tuple((one, "a" * 64) for one in RepairPaper)


def records(office: Office, entries: Sequence[str]) -> list[list[str]]:
    """Groups of entries, each for its operation: a difference; records to read, to ask for, to decide, to annul, to contest."""
    groups = []
    with office.store.begin() as tx:
        for entry in entries:
            groups.append([entry])
            for number in range(5):
                name = f"{entry}{number}"
                tx.records.add(_record(office, name))
                if number == 2:
                    repairs.ask(office, tx, name, "已改正", PAPERS, "hall", office.now())
                groups.append([name])
    return groups


def contested(office: Office, entries: Sequence[str]) -> list[list[str]]:
    """Open objections, two to a case: one to be passed on, one to be decided."""
    made = []
    with office.store.begin() as tx:
        for entry in entries:
            for number in (5, 6):
                tx.records.add(_record(office, f"{entry}{number}"))
                told = objections.object(office, tx, f"{entry}{number}", "不属实", (), "hall", office.now())
                made.append([told.id])
    return made


def bars(office: Office, many: int) -> list[list[str]]:
    """Bars of other authorities, every other one repaired."""
    held = OutsideBar(
        id="",
        kind=SubjectKind.FIRM,
        code="TEST99999999999999",
        agency="bureau",
        authority="某市税务局",
        document="",
        ground="虚开发票",
        since=date(2026, 1, 5),
    )
    repair: dict[str, Any] = {"repaired_on": date(2026, 2, 2), "repaired_by": "修复1号"}
    made = [replace(held, document=f"{number}号", **(repair if number % 2 else {})) for number in range(many)]
    made = [replace(one, id=bar_id(one.kind, one.code, one.authority, one.document)) for one in made]
    with office.store.begin() as tx:
        eligibility.enter(office, tx, made, "李四", office.now())
    return [[one.id] for one in made]


def deputies(office: Office, many: int) -> list[list[str]]:
    """Officers who are away, each with a deputy of his or her own."""
    now = office.now()
    day = office.calendar.local_date(now)
    made = [
        Deputy(
            id=f"d-{number}",
            agency="bureau",
            officer=f"甲{number}",
            deputy=f"乙{number}",
            since=day,
            until=day,
            named_by=f"甲{number}",
            named_at=now,
        )
        for number in range(many)
    ]
    with office.store.begin() as tx:
        for one in made:
            away.name(office, tx, one, now)
    return [[one.id] for one in made]


def _record(office: Office, entry: str) -> Record:
    now = office.now()
    return Record(
        entry=entry,
        case_id=entry.split(":")[1],
        agency="bureau",
        kind=SubjectKind.FIRM,
        code="TEST99999999999999",
        grade="minor",
        outcome="UNTRUE_CURABLE",
        basis="S0:8",
        pack="demo@1",
        decided_by="李四",
        decided_at=now,
        decided_on=now.date(),
    )
