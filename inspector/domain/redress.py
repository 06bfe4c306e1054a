"""Objections and repairs of a credit record computed again (`recompute`): their dates, what lacks, and what was decided.

What a subject has said and shown stands with the objection, or with the repair that is asked for; of a repair that was refused before, and
of what an officer has said of one, the entry alone tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from inspector.domain import creditrecord, objection
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.consequence import Signed
from inspector.domain.creditlaw import CreditLaw, RepairPaper
from inspector.domain.creditrecord import Record, RecordState
from inspector.domain.decision import Decision
from inspector.domain.objection import Objection, ObjectionState
from inspector.domain.repair import Brought, RepairAsked

OBJECTIONS = frozenset({"objection.opened", "objection.passed_on", "objection.decided", "objection.ended"})
REPAIRS = frozenset({"credit.repair_asked", "credit.repair_refused", "credit.repaired"})
Facts = Mapping[str, Any]


def bare(last: Objection) -> Objection:
    """An objection as it was handed in, before anything came of it."""
    empty = dict.fromkeys(("others", "decided_by", "reasons", "passed_by", "stead"), "")
    return replace(last, **empty, due_at=None, due_provisional=False, state=ObjectionState.OPEN, decided_at=None)  # type: ignore[arg-type]


def objected(
    rule: str, held: Objection, last: Objection, facts: Facts, law: CreditLaw, now: datetime, calendar: WorkingCalendar
) -> Decision[Objection]:
    """A step of an objection: `held` as it stood before, `last` as it is stored now."""
    match rule:
        case "objection.opened":
            return objection.opened(held, law, held.opened_at, calendar)
        case "objection.passed_on":
            by = Signed(by=last.passed_by, token="", at=now)
            return objection.passed_on(held, by, last.others, (), law, now, calendar)
        case "objection.ended":
            return objection.ended(held, facts["fallen_by"], last.reasons, now)
        case _ if "reasons" not in facts:
            return objection.answered(held, last.decided_by, last.reasons, now)
        case _:
            by = Signed(by=last.decided_by, token="", at=now, stead=last.stead)
            return objection.decide(held, by, last.reasons, (), law, now, upheld=last.state is ObjectionState.UPHELD)


def repaired(
    rule: str, held: Record, last: Record, facts: Facts, law: CreditLaw, now: datetime, calendar: WorkingCalendar
) -> Decision[Record]:
    """A step of a repair: `held` the record as it stood before, `last` as it is stored now."""
    if rule == "credit.repair_asked":
        return _asked(held, last, facts, law, now, calendar)
    grant = rule == "credit.repaired"
    officer = last.ended_by if grant and last.state is RecordState.REPAIRED else facts["officer"]
    by = Signed(by=officer, token="", at=now)
    return creditrecord.decide_repair(held, by, facts["reasons"], law, calendar.local_date(now), grant=grant)


def _asked(
    held: Record, last: Record, facts: Facts, law: CreditLaw, now: datetime, calendar: WorkingCalendar
) -> Decision[Record]:
    at, stamp = datetime.fromisoformat(facts["at"]) if "at" in facts else now, facts.get("document", "")
    papers = tuple((RepairPaper(kind), digest) for kind, _, digest in (one.partition(":") for one in facts["papers"]))
    files = tuple(facts["files"])
    kept, since = last.repair, held.repair.asked_at if held.repair is not None else at
    if kept is not None and kept.asked_at == since:  # what came later stands behind what was there
        papers, files = kept.papers[: len(papers)], kept.files[: len(files)]
    names = (one.partition(":") for one in facts["names"])
    brought = tuple(Brought(digest=digest, name=name, by=facts["by"], at=now) for digest, _, name in names)
    if held.repair is not None:  # what each is called the entry tells of all, in their order
        held = replace(held, repair=replace(held.repair, brought=()))
    told = {"papers": papers, "files": files, "brought": brought, "stamp": stamp}
    asked = RepairAsked(asked_at=at, by=facts["by"], words=facts["words"], **told)
    return creditrecord.ask_repair(held, asked, law, now, calendar)
