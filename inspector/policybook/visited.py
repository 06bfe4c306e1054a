"""Examples of visits beside a pack: "to be made by that day", "on this one nobody may go", "without a code to be filed by then"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.case import SubjectKind
from inspector.domain.codeless import asked
from inspector.domain.inspection import CheckType
from inspector.domain.policy import Policy
from inspector.domain.quiet import Whom, conflict, inside, pull
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer
from inspector.policybook.part import Part

_EXPECTED = ("due", "conflict", "inside", "file_by")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitExample:
    """A visit given at a moment, by the pack's term for it, and perhaps made `on` a day; `read`: a firm's phone has read a visit code.

    Expected: the day by which it is `due`, whether no day is left (`conflict`), the rows that close the day it was made on (`inside`),
    the day by which it is to be filed (`file_by`, empty where nothing is).
    """

    name: str
    given: datetime
    check: CheckType
    subject: SubjectKind
    pool: str
    on: date | None
    read: bool
    expect: Mapping[str, object]

    def observe(self, policy: Policy, calendar: WorkingCalendar) -> dict[str, object]:
        """What the pack decides."""
        whom = Whom(kind=self.subject, check=self.check, pool=self.pool)
        term = due(self.given, policy.term(Timer.VISIT).term, calendar, StartEvent.VISIT_GIVEN)
        told = pull(term, self.given, policy.quiets, whom, calendar)
        shut = inside(policy.quiets, self.on, whom) if self.on is not None else ()
        filing = asked(policy, self.subject, self.check, self.on, calendar) if self.on is not None and not self.read else None
        file_by = filing.due_at.date() if filing is not None else ""
        return {"due": told.at.date(), "conflict": conflict(told), "inside": list(shut), "file_by": file_by}


def visit_example(part: Part) -> VisitExample:
    """`[[visit]]`."""
    part.keys(("name", "given", "check", "expect"), ("subject", "pool", "on", "read"))
    expect = part.table("expect")
    expect.keys((), _EXPECTED)
    if "expect" in part.content and not expect.content:
        part.flaw("fields_missing", "expect", value=" / ".join(_EXPECTED))
    return VisitExample(
        name=part.text("name"),
        given=part.moment("given"),
        check=part.choice("check", CheckType),
        subject=part.choice("subject", SubjectKind) if "subject" in part.content else SubjectKind.FIRM,
        pool=part.maybe("pool") or "",
        on=part.maybe_day("on"),
        read="read" in part.content and part.flag("read"),
        expect=expect.content,
    )
