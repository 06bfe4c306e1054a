"""The clock of a verification stands still for a listed reason, and goes on; its term is lengthened as the pack allows (handbook 2.4).

Invariants: a named officer does it, with words; never two suspensions at once; never after the verification is over or its date has
passed; each has an end from the beginning, so that a daemon that is away, or forgets, leaves no case standing. Nothing else waits
meanwhile: questions, requests and visits have clocks of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from inspector.domain.calendar import Term, Unit, WorkingCalendar, due
from inspector.domain.case import Case, CaseState
from inspector.domain.decision import Because, Decision, Order, OrderKind, Told
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.pause import Approver, Extension, Reason, Suspension, SuspensionRow, midnight_after
from inspector.domain.person import nameable, refuse_nameless, same
from inspector.domain.policy import Policy
from inspector.domain.terms import VerifyTerm

_RUNNING = (CaseState.RATING, CaseState.VERIFYING)
_FARTHEST = 10
"""Years ahead of a planned end that nobody bounds: a later one is a slip of the pen."""


def suspend(
    case: Case,
    reason: Reason,
    until: date,
    evidence: str,
    officer: str,
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
) -> Decision[Case]:
    """Let the clock stand still from now to the end of the day `until`, and count the date without those days.

    Raises Invalid (`officer_nameless`, `suspension_wordless`, `suspension_out_of_range`) and Refusal (`clock_over`, `term_over`,
    `suspension_open`, `suspension_not_listed`, `suspension_too_long`, `suspension_spent`).
    """
    term = running(case, officer, now)
    if case.paused is not None and case.paused.ends_at <= now:  # its row comes late
        case = case.going_on(case.paused.ends_at)
    if case.paused is not None:
        raise Refusal("suspension_open", case=case.id, reason=case.paused.reason, until=case.paused.until.isoformat())
    row = policy.suspension(reason)
    if row is None:
        listed = ", ".join(one.reason for one in policy.suspensions)
        raise Refusal("suspension_not_listed", reason=reason, pack=policy.label, known=listed or "-")
    if blank(evidence):
        raise Invalid("suspension_wordless", field="evidence")
    _within(case, row, until, now, calendar)
    held = Suspension(
        reason=reason,
        row=row.row,
        basis=row.basis,
        evidence=evidence,
        by=officer,
        since=now,
        until=until,
        ends_at=midnight_after(until, calendar),
    )
    state = replace(case, suspensions=(*case.suspensions, held))
    state = state.recounted(calendar)
    end = Order(
        kind=OrderKind.SUSPENSION_END,
        key=f"{OrderKind.SUSPENSION_END.value}:{case.id}:{len(state.suspensions)}",
        due_at=held.ends_at,
        urgent_by=held.ends_at,
        case_id=case.id,
    )
    facts: dict[str, object] = {
        "suspended_for": reason.value,
        "until": until.isoformat(),
        "row": row.row,
        "evidence_text": evidence,
    }
    because = _because("verification.suspend", row.basis, term, state, facts | {"officer": officer})
    told = Told(type="verification.suspended", data={"reason": reason.value, "until": until.isoformat(), **_date(state)})
    return Decision(state=state, because=because, orders=(end,), told=(told,))


def resume(case: Case, why: str, officer: str, now: datetime, calendar: WorkingCalendar) -> Decision[Case]:
    """An officer lets the clock go on before the planned end: the date is counted anew from the days that were left.

    Raises Invalid (`officer_nameless`, `suspension_wordless`) and Refusal (`clock_over`, `term_over`, `not_suspended`).
    """
    term, held = running(case, officer, now), case.paused
    if held is None or held.ends_at <= now:
        raise Refusal("not_suspended", case=case.id)
    if blank(why):
        raise Invalid("suspension_wordless", field="evidence")
    state = case.going_on(now, officer, why)
    state = state.recounted(calendar)
    facts: dict[str, object] = {"suspended_for": held.reason.value, "evidence_text": why, "officer": officer}
    because = _because("verification.resume", held.basis, term, state, facts)
    return Decision(state=state, because=because, told=(_resumed(state),), ends=frozenset({OrderKind.SUSPENSION_END}))


def run_out(case: Case, now: datetime) -> Decision[Case]:
    """The planned end has come: the clock goes on by itself. The date was counted for it from the beginning, so it stays."""
    held, term = case.paused, case.verify_term
    obsolete = Because(rule="timer.obsolete", basis=(held.basis,) if held is not None else (), pack=case.pack)
    if held is None or term is None or now < held.ends_at:
        return Decision(state=case, because=obsolete)
    state = case.going_on(held.ends_at)
    because = _because("suspension.over", held.basis, term, state, {"suspended_for": held.reason.value})
    return Decision(state=state, because=because, told=(_resumed(state),) if case.state in _RUNNING else ())


def extend(
    case: Case, reason: str, officer: str, approved_by: str, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Case]:
    """Lengthen the verification's term by the pack's row for it: before its date only, and no more often than the row allows.

    `approved_by` is the head who allowed it, where the row asks for one; empty otherwise. Raises Invalid (`officer_nameless`,
    `extension_wordless`, `extension_unapproved`) and Refusal (`clock_over`, `term_over`, `extension_not_allowed`, `extension_spent`).
    """
    term = running(case, officer, now)
    row = policy.extension(term.due_counted.term.unit)
    if row is None:
        raise Refusal("extension_not_allowed", case=case.id, pack=policy.label, term=str(term.due_counted.term))
    if len(case.extensions) >= row.times:
        raise Refusal("extension_spent", case=case.id, row=row.row, times=row.times)
    if blank(reason):
        raise Invalid("extension_wordless", field="reason")
    if row.approver is Approver.HEAD and (not nameable(approved_by) or same(approved_by, officer)):
        raise Invalid("extension_unapproved", field="approved_by", row=row.row)
    head = approved_by if row.approver is Approver.HEAD else ""
    made = Extension(row=row.row, term=row.term, basis=row.basis, reason=reason, by=officer, approved_by=head, at=now)
    state = replace(case, extensions=(*case.extensions, made))
    state = state.recounted(calendar)
    facts: dict[str, object] = {
        "extended_by": str(row.term),
        "row": row.row,
        "reason": reason,
        "officer": officer,
        "approved_by": head,
    }
    told = Told(type="verification.extended", data={"extended_by": str(row.term), "row": row.row, **_date(state)})
    return Decision(state=state, because=_because("verification.extend", row.basis, term, state, facts), told=(told,))


def running(case: Case, officer: str, now: datetime) -> VerifyTerm:
    """The term of a verification that is under way and in time. Raises Invalid, Refusal."""
    refuse_nameless(officer, "officer")
    term = case.verify_term
    if term is None or case.state not in _RUNNING:
        raise Refusal("clock_over", case=case.id, state=case.state)
    if now >= term.due_at:
        raise Refusal("term_over", case=case.id, due_at=f"{term.due_at:%Y-%m-%d %H:%M}")
    return term


def _within(case: Case, row: SuspensionRow, until: date, now: datetime, calendar: WorkingCalendar) -> None:
    """Raise Invalid for a planned end of yesterday or of another age, Refusal for one behind the row's longest.

    The longest is that of all suspensions of a case for the reason together: one behind the other, none would ever end.
    """
    today = calendar.local_date(now)
    if not 0 <= (until - today).days <= _FARTHEST * 366:
        raise Invalid("suspension_out_of_range", field="until", until=until.isoformat(), today=today.isoformat())
    if row.longest is None:
        return
    stood = _stood(case, row, calendar)
    latest = _latest(row.longest, stood, now, calendar)
    if any(stood) and latest <= today:
        raise Refusal("suspension_spent", case=case.id, row=row.row, term=str(row.longest), reason=row.reason)
    if until > latest:
        raise Refusal(
            "suspension_too_long", row=row.row, until=until.isoformat(), latest=latest.isoformat(), term=str(row.longest)
        )


def _latest(longest: Term, stood: tuple[int, int], now: datetime, calendar: WorkingCalendar) -> date:
    """The last day up to which the clock may stand, counted from now; a day of the past where nothing is left."""
    days, worked = stood
    if longest.unit is not Unit.WORKING_DAY:
        whole = due(now, longest, calendar).counted
        return whole.nominal - timedelta(days=days) if days else whole.last
    left, today = longest.amount - worked, calendar.local_date(now)
    return calendar.add_working_days(today, left) if left > 0 else today - timedelta(days=1)


def _stood(case: Case, row: SuspensionRow, calendar: WorkingCalendar) -> tuple[int, int]:
    """For how many days, and working days, the clock has stood for a reason: its first day is not counted, and one day at least is."""
    days = worked = 0
    for held in case.suspensions:
        if held.reason is not row.reason:
            continue
        first, last = calendar.local_date(held.since), held.until
        if held.ended_at is not None:
            last = min(last, calendar.local_date(held.ended_at))
        days += max(1, (last - first).days)
        worked += max(1, calendar.ordinal(last + timedelta(days=1)) - calendar.ordinal(first + timedelta(days=1)))
    return days, worked


def _because(rule: str, basis: str, was: VerifyTerm, state: Case, facts: Mapping[str, object]) -> Because:
    """With the date that was and the one that is."""
    return Because(
        rule=rule, basis=(basis, was.basis), pack=state.pack, facts={**facts, "was_due": was.due_at.isoformat(), **_date(state)}
    )


def _resumed(state: Case) -> Told:
    return Told(type="verification.resumed", data=_date(state))


def _date(state: Case) -> dict[str, object]:
    """The date that binds now."""
    return {"due_at": state.due_at.isoformat() if state.due_at else None}
