"""The clock of a verification stands still, goes on, or is given more time: what officers do, and what happens by itself."""

from __future__ import annotations

from datetime import date, datetime

from inspector.domain import suspension
from inspector.domain.case import Case
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.pause import Reason
from inspector.domain.transition import Scope
from inspector.flows.office import Office
from inspector.flows.settle import Settlement, settle_case
from inspector.store.tx import Tx
from inspector.store.work import Work


def suspend(
    office: Office, tx: Tx, case_id: str, reason: Reason, until: date, evidence: str, officer: str, now: datetime
) -> Case:
    """A named officer lets the clock stand still; the same words again while it does change nothing. Raises Refusal, Invalid, Missing."""
    case = tx.cases.get(case_id, lock=True)
    held = case.paused
    if held is not None and (held.reason, held.until, held.evidence, held.by) == (reason, until, evidence, officer):
        return case
    ruled = office.ruling(case.agency, case.pack, Scope.SUSPENSIONS, now)
    decision = suspension.suspend(case, reason, until, evidence, officer, ruled.policy, now, office.calendar)
    return _settle(office, tx, ruled.told(decision), now)


def resume(office: Office, tx: Tx, case_id: str, why: str, officer: str, now: datetime) -> Case:
    """A named officer lets the clock go on; the same words again change nothing. Raises Refusal, Invalid, Missing."""
    case = tx.cases.get(case_id, lock=True)
    last = case.suspensions[-1] if case.suspensions else None
    if last is not None and last.ended_by and (last.ended_by, last.ended_for) == (officer, why):
        return case
    return _settle(office, tx, suspension.resume(case, why, officer, now, office.calendar), now)


def extend(office: Office, tx: Tx, case_id: str, reason: str, officer: str, approved_by: str, now: datetime) -> Case:
    """A named officer lengthens the term as the pack allows; the same words again change nothing. Raises Refusal, Invalid, Missing."""
    case = tx.cases.get(case_id, lock=True)
    last = case.extensions[-1] if case.extensions else None
    if last is not None and (last.reason, last.by) == (reason, officer):
        return case
    ruled = office.ruling(case.agency, case.pack, Scope.EXTENSIONS, now)
    decision = suspension.extend(case, reason, officer, approved_by, ruled.policy, now, office.calendar)
    return _settle(office, tx, ruled.told(decision), now)


def run_out(work: Work, office: Office) -> Settlement:
    """A suspension has come to its end: the clock goes on by itself."""

    def write(tx: Tx, now: datetime) -> None:
        case = tx.cases.get(str(work.case_id), lock=True)
        decision = suspension.run_out(case, now)
        if decision.because.rule != "timer.obsolete":
            settle_case(tx, office, decision, office.book.get(case.pack), now)

    return Settlement(write=write)


def _settle(office: Office, tx: Tx, decision: Decision[Case], now: datetime) -> Case:
    """Write it down, with the new date of the case's clock. What was under way when it moved is refused and comes again."""
    case = settle_case(tx, office, decision, office.book.get(decision.state.pack), now)
    if case.verify_term is not None:
        tx.work.redate(case.verify_term.due_at, now, case_id=case.id, kind=OrderKind.VERIFY_DUE)
    return case
