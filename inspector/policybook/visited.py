"""Examples of visits beside a pack: "given on this day, a visit is to be made by that one", "on this day nobody may go"."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.case import SubjectKind
from inspector.domain.inspection import CheckType
from inspector.domain.policy import Policy
from inspector.domain.quiet import Whom, conflict, inside, pull
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer
from inspector.policybook.part import Part

_EXPECTED = ("due", "conflict", "inside")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitExample:
    """A visit given at a moment, by the pack's term for it, and perhaps made `on` a day.

    Expected: the day by which it is `due`, whether no day is left (`conflict`), the rows that close the day it was made on (`inside`).
    """

    name: str
    given: datetime
    check: CheckType
    subject: SubjectKind
    pool: str
    on: date | None
    expect: Mapping[str, object]

    def observe(self, policy: Policy, calendar: WorkingCalendar) -> dict[str, object]:
        """What the pack decides."""
        whom = Whom(kind=self.subject, check=self.check, pool=self.pool)
        term = due(self.given, policy.term(Timer.VISIT).term, calendar, StartEvent.VISIT_GIVEN)
        told = pull(term, self.given, policy.quiets, whom, calendar)
        shut = inside(policy.quiets, self.on, whom) if self.on is not None else ()
        return {"due": told.at.date(), "conflict": conflict(told), "inside": list(shut)}


def visit_example(part: Part) -> VisitExample:
    """`[[visit]]`."""
    part.keys(("name", "given", "check", "expect"), ("subject", "pool", "on"))
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
        expect=expect.content,
    )
