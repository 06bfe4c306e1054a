"""What the register would say of one result now: the line of a duty, from its visit, its cases and the check sheet of its team."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256

from inspector.domain.case import Outcome, SubjectKind
from inspector.domain.checkcode import CodeRow
from inspector.domain.gazette import CheckResult, Line, coded, found, leads
from inspector.domain.inspection import CheckType
from inspector.domain.leadcheck import LeadCheck
from inspector.domain.plan import Draw
from inspector.domain.publicationduty import PublicationDuty
from inspector.domain.visit import Visit
from inspector.flows.checksheets import on_sheet
from inspector.flows.fieldnotes import field_of
from inspector.flows.office import Office
from inspector.store.tx import Tx

NUMBER = "n-"
"""Begins the number of a result that names nobody."""
Outcomes = dict[str, tuple[str, str | None, str]]


@dataclass(slots=True, kw_only=True)
class Sheets:
    """Which visits of an agency have a check sheet, asked once."""

    noted: dict[str, set[str]] = field(default_factory=dict)

    def has(self, tx: Tx, agency: str, visit: str) -> bool:
        """Whether a team has kept one."""
        if agency not in self.noted:
            self.noted[agency] = tx.fieldnotes.noted(agency)
        return visit in self.noted[agency]


def outcomes_of(tx: Tx, visits: Iterable[Visit]) -> Outcomes:
    """What officers, or rules, have said of the cases that some results rest on."""
    return tx.cases.standing(list(dict.fromkeys(case for visit in visits for case in leads(visit))))


def came(duty: PublicationDuty, visit: Visit, outcomes: Outcomes) -> CheckResult | None:
    """What the visit came to for the duty's agency; None while an officer has still to decide."""
    told = {case: (outcomes[case][2], _outcome(outcomes[case][1])) for case in leads(visit) if case in outcomes}
    return found(visit, duty.agency, told, duty.ruled.found if duty.ruled else None)


def named(office: Office, duty: PublicationDuty, visit: Visit) -> bool:
    """Whether the line names its subject: natural persons are named by no pack, and firms where theirs says so."""
    return visit.kind is SubjectKind.FIRM and office.book.get(duty.pack).publish.firms


def came_of(duty: PublicationDuty, check: LeadCheck | None) -> CheckResult | None:
    """The same of a check for cause: what was found an officer says, for until then it is a lead."""
    if duty.ruled is not None:
        return duty.ruled.found
    return CheckResult.NOTHING if check is not None and check.found is False else None


def line_of(office: Office, duty: PublicationDuty, check: LeadCheck, result: CheckResult, now: datetime) -> Line:
    """The line of a check for cause, as it would become public now: it says nothing of what it was made for, nor of who told."""
    named = check.kind is SubjectKind.FIRM and office.book.get(duty.pack).publish.firms
    return Line(
        id=duty.id,
        draw="",
        agency=agency(office, duty),
        check=CheckType.LEAD,
        name=check.name if named else "",
        code=check.code if named else "",
        formed_on=office.calendar.local_date(duty.formed_at) if named else None,
        posted_on=duty.posted.on if duty.posted else office.calendar.local_date(now),
        found=result,
    )


def number(office: Office, duty: str) -> str:
    """By what a result that names nobody stands in the register: keyed, the same at each posting, and on no paper."""
    return f"{NUMBER}{hmac.new(office.secret, f'publication/{duty}'.encode(), sha256).hexdigest()[:24]}"


def told(office: Office, line: Line) -> Line:
    """A line as it stands in the register."""
    return line if line.name else replace(line, number=number(office, line.id))


def agency(office: Office, held: PublicationDuty | Draw) -> str:
    """The name of the agency that owes it, or has drawn it."""
    return office.tree[held.agency].name if held.agency in office.tree else held.agency


def line(office: Office, tx: Tx, duty: PublicationDuty, visit: Visit, result: CheckResult, now: datetime, sheets: Sheets) -> Line:
    """The line as it would become public now."""
    names = named(office, duty, visit)
    return Line(
        id=duty.id,
        draw=duty.draw,
        agency=agency(office, duty),
        check=visit.check,
        name=visit.name if names else "",
        code=visit.code if names else "",
        formed_on=office.calendar.local_date(duty.formed_at) if names else None,
        posted_on=duty.posted.on if duty.posted else office.calendar.local_date(now),
        found=result,
        codes=_codes(office, tx, duty, visit, result) if names and sheets.has(tx, duty.agency, visit.id) else (),
    )


def _codes(office: Office, tx: Tx, duty: PublicationDuty, visit: Visit, result: CheckResult) -> tuple[CodeRow, ...]:
    """What the check sheet of the agency's own team says beside its result, where there is one."""
    codes, _ = on_sheet(office, tx, visit, duty.agency)
    return coded(result, field_of(office, tx, visit, duty.agency).gathered.sheet, codes)


def _outcome(told: str | None) -> Outcome | None:
    return Outcome(told) if told else None
