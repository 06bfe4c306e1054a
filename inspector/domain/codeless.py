"""A visit to a firm on which no visit code was read: where the pack says so, it is filed within the pack's term (handbook 1.4.11).

The reading is the proof of check-in. Without one the inspectors have shown their certificates alone; that takes nothing from the visit
and is held against nobody: a code may be missing for want of a key, of a phone or of signal. It is a duty of the visit's lead to enter
what was not, counted from the day of the visit, whenever its result came in. Nothing of it is asked of a visit to a natural person, to
whom no code is shown, nor where nobody went: a second look, a check of papers, a firm that was sought by telephone and letter alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

from inspector.domain.attempt import AttemptWay
from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.case import SubjectKind
from inspector.domain.catalogue import Duty, Filed
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.duty import Follow, FollowRow
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.filing import Filing
from inspector.domain.finding import Seen
from inspector.domain.inspection import CheckType
from inspector.domain.person import refuse_nameless, said
from inspector.domain.policy import Policy
from inspector.domain.start import StartEvent
from inspector.domain.visit import Visit, VisitState
from inspector.domain.visitcode import EntryScan


def days(visit: Visit) -> frozenset[date]:
    """The days on which its teams were there, as far as they say."""
    return frozenset(part.on for part in visit.parts if part.on is not None)


def proof(visit: Visit, scans: Iterable[EntryScan], calendar: WorkingCalendar) -> EntryScan | None:
    """The first reading that proves a check-in: of a code of a day on which somebody was there, and on that day by the phone's clock.

    A code of the day before was shown at a closed door; what a release kept before codes' days were kept counts for any.
    """
    there = days(visit)

    def counts(one: EntryScan) -> bool:
        if one.day is None or not there:
            return True
        return one.day in there and (one.at is None or calendar.local_date(one.at) == one.day)

    return next((one for one in scans if counts(one)), None)


ON_SITE = "on-site"
"""The code of the field's form for a check at the premises, as packs list it (handbook 1.2, the result form)."""


def went(seen: Iterable[Seen | None], modes: Collection[str], tried: Collection[AttemptWay], *, arrived: bool) -> bool:
    """Whether somebody was at the premises, as far as a visit's own papers say.

    `seen` is what its teams have entered, `modes` the ways of checking that their sheets name, `tried` how the firm was sought; `arrived`:
    somebody has checked in. Who stood before a locked door was there. Of a visit whose papers say nothing somebody was.
    """
    if arrived or AttemptWay.ON_SITE in tried or ON_SITE in modes:
        return True
    return not modes and any(one is not Seen.UNREACHABLE for one in seen)


def row(policy: Policy, kind: SubjectKind, check: CheckType) -> FollowRow | None:
    """The pack's row; None where it has none, or no code could be shown: to a natural person, and where nobody goes."""
    shown = kind is SubjectKind.FIRM and check is not CheckType.OFF_SITE
    return policy.follows.get(Follow.VISIT_FILING) if shown else None


def asked(policy: Policy, kind: SubjectKind, check: CheckType, on: date, calendar: WorkingCalendar) -> Duty | None:
    """What a pack asks of a visit of a day on which no code was read; None where it asks for nothing."""
    held = row(policy, kind, check)
    if held is None:
        return None
    counted = due(calendar.opening(on), held.term, calendar, StartEvent.VISIT_MADE)
    return Duty(row=held.row, basis=held.basis, due_at=counted.at, counted=counted.counted)


def owe(
    visit: Visit, scans: Iterable[EntryScan], policy: Policy, calendar: WorkingCalendar, now: datetime
) -> Decision[Visit] | None:
    """A visit is done: the duty to file it, from its last day on. None where the pack asks for none, or there is nothing to file.

    The date may be over when it is made: a phone without signal tells of the visit later. Late is visible then, and nobody's guilt.
    """
    if visit.state is not VisitState.DONE or visit.filing is not None:
        return None
    on = visit.made_on or calendar.local_date(now)
    duty = asked(policy, visit.kind, visit.check, on, calendar)
    if duty is None or proof(visit, scans, calendar) is not None:
        return None
    facts = {"row": duty.row, "on": on.isoformat(), "due_at": duty.due_at.isoformat(), "overdue": now >= duty.due_at}
    order = Order(
        kind=OrderKind.VISIT_FILING_DUE,
        key=work_key(visit.id),
        due_at=duty.due_at,
        urgent_by=duty.due_at,
        payload={"visit": visit.id},
    )
    because = Because(rule="visit.codeless", basis=(duty.basis,), pack=policy.label, facts=facts)
    return Decision(state=replace(visit, filing=Filing(duty=duty, on=on)), because=because, orders=(order,))


def file(visit: Visit, *, by: str, number: str, on: date | None, pack: str, today: date, now: datetime) -> Decision[Visit]:
    """The visit was filed `on` a day (today where that is unsaid); `number` proves it.

    Raises Refusal (`visit_filing_none`, `visit_filed_already`) and Invalid (`visit_filing_day`, a number or name that says nothing).
    """
    held = visit.filing
    if held is None or held.read:
        raise Refusal("visit_filing_none", visit=visit.id)
    if held.filed is not None:
        raise Refusal("visit_filed_already", visit=visit.id, number=held.filed.receipt, by=held.filed.by)
    refuse_nameless(by)
    day = on or today
    if not held.on <= day <= today:
        raise Invalid("visit_filing_day", field="on", on=day.isoformat(), first=held.on.isoformat(), last=today.isoformat())
    told = Filed(at=now, by=by, on=day, receipt=said("number", number), late=day > held.duty.due_at.date())
    facts = {"by": by, "number": told.receipt, "on": day.isoformat(), "late": told.late}
    return _ended(visit, replace(held, filed=told), "visit.filed", facts, pack)


def heard(visit: Visit, scans: Iterable[EntryScan], pack: str, calendar: WorkingCalendar) -> Decision[Visit] | None:
    """A phone has told of a reading since: if it proves the check-in nothing need be filed any more. None where it changes nothing."""
    held = visit.filing
    found = proof(visit, scans, calendar) if held is not None and held.open else None
    if held is None or found is None:
        return None
    facts = {"code": found.code, "received_at": found.received_at.isoformat()}
    return _ended(visit, replace(held, read=found.code), "visit.code_found", facts, pack)


def work_key(visit: str) -> str:
    """The key of the clock of a visit's filing."""
    return f"{OrderKind.VISIT_FILING_DUE.value}:{visit}"


def _ended(visit: Visit, filing: Filing, rule: str, facts: Mapping[str, object], pack: str) -> Decision[Visit]:
    because = Because(rule=rule, basis=(filing.duty.basis,), pack=pack, facts=facts)
    return Decision(state=replace(visit, filing=filing), because=because, ends=frozenset({OrderKind.VISIT_FILING_DUE}))
