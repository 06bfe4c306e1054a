"""By when a verification must be over, and what is done for it: counted from the event that the item names, anew once that is known.

Invariant: no date comes nearer in silence. Where the decision was made before the case came in, the case bears a remark, and the
proof of the date names the decision as its begin.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from inspector.domain.calendar import Due, WorkingCalendar
from inspector.domain.case import Case, CaseRemark, CaseState, VerifyFrom
from inspector.domain.decision import Told
from inspector.domain.policy import Item
from inspector.domain.start import StartEvent
from inspector.domain.terms import VerifyTerm


def dated(case: Case, item: Item, calendar: WorkingCalendar) -> Case:
    """A case that comes in, with its verification's term."""
    counted = case.counted(item.verify, calendar, item.verify_from)
    term = VerifyTerm(
        due_at=counted.at, due_provisional=counted.provisional, due_counted=counted.counted, basis=item.verify_basis
    )
    by_intake = counted.counted.event is StartEvent.CASE_OPENED  # as nearly always: the calendar is not counted through again
    otherwise = counted if by_intake else case.counted(item.verify, calendar, VerifyFrom.INTAKE)
    return _remarked(replace(case, verify_term=term), counted, otherwise)


def told_nearer(case: Case, item: Item, calendar: WorkingCalendar) -> tuple[Told, ...]:
    """What the sender of a new case hears whose date is nearer than by its coming in; nothing where it is not."""
    term = case.verify_term
    if term is None or CaseRemark.DECIDED_BEFORE not in case.remarks:
        return ()
    was = case.counted(item.verify, calendar, VerifyFrom.INTAKE)
    moved = {"was_due": was.at.isoformat(), "due_at": term.due_at.isoformat(), "due_provisional": term.due_provisional}
    return (Told(type="deadline.moved", data=moved),)


def decided(case: Case, item: Item, calendar: WorkingCalendar) -> Case:
    """A case whose matter has been concluded: its date counted anew where the item counts from the decision, else as it was."""
    term = case.verify_term
    if term is None or item.verify_from is not VerifyFrom.DECISION:
        return case
    counted = case.counted(term.due_counted.term, calendar, VerifyFrom.DECISION)
    was = Due(at=term.due_at, counted=term.due_counted)
    return case if counted.counted == was.counted else _remarked(case.redated(counted), counted, was)


def earliest(cases: Iterable[Case]) -> datetime | None:
    """The first date by which one of the verifications that are under way must be over."""
    running = (case.verify_term for case in cases if case.state in (CaseState.RATING, CaseState.VERIFYING))
    return min((term.due_at for term in running if term is not None), default=None)


def within(told: Due, limit: datetime | None, given: datetime, calendar: WorkingCalendar) -> Due:
    """The date of what is done for cases, no later than the `limit` they have, where that still lay ahead when it was `given`."""
    if limit is None or not given < limit < told.at:
        return told
    return Due(at=limit, counted=replace(told.counted, last=calendar.local_date(limit), bounded=told.counted.last))


def answer(told: Due, visit: datetime, given: datetime, calendar: WorkingCalendar) -> Due:
    """By when an inspector accepts: before the last day of the `visit`, so that another can still go; on that day itself, by its end."""
    opening = calendar.opening(calendar.local_date(visit))
    return within(told, opening if given < opening else visit, given, calendar)


def _remarked(case: Case, counted: Due, otherwise: Due) -> Case:
    """Marked where the date is nearer than it would be otherwise."""
    if counted.at >= otherwise.at:
        return case
    return replace(case, remarks=tuple(dict.fromkeys((*case.remarks, CaseRemark.DECIDED_BEFORE))))
