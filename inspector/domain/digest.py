"""The daily digest of an agency that gets many letters: one message with all of them, each still a request with a clock of its own.

A request's clock starts with the digest that carries it, so that nobody's time runs while a letter waits in our house. It is wound where
the digest is written, before its first try: what was told binds, whatever becomes of the tries. What would not bear waiting goes at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from inspector.domain.asking import term_of
from inspector.domain.assistance import TIMERS, AssistanceState, Request, noted
from inspector.domain.calendar import Due, WorkingCalendar, due
from inspector.domain.decision import Because, Decision
from inspector.domain.ladder import accept_by, wound
from inspector.domain.letter import LetterKind
from inspector.domain.policy import Policy
from inspector.domain.start import StartEvent
from inspector.domain.urgency import Urgency

PUT_BY = frozenset({LetterKind.REQUEST, LetterKind.ACKNOWLEDGE, LetterKind.REMINDER})
"""The letters that a digest carries; all others are told on the day that they are about."""

BESIDE = 20
"""So many open requests besides, the nearest date first, are told again in a digest; of the rest it says how many they are."""


_DIGEST = "assistance.digest"


def slot(now: datetime, at: time, calendar: WorkingCalendar) -> datetime:
    """When the next digest goes: the next working day's hour after `now`, this day's where it lies ahead."""
    here = calendar.local(now)
    day = here.date()
    while not calendar.is_working_day(day) or here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0) <= now:
        here += timedelta(days=1)
        day = here.date()
    return here.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)


def bears(
    request: Request, kind: LetterKind, when: datetime, case_due: datetime | None, policy: Policy, calendar: WorkingCalendar
) -> bool:
    """Whether a letter may wait for the digest of `when`.

    Nothing urgent does. A request does where the date that is counted from the digest is still within its case's own; a reminder where
    the digest goes before the request's date.
    """
    if kind not in PUT_BY or request.urgency is Urgency.URGENT:
        return False
    if _first(request, kind):
        return case_due is None or _term(request, when, policy, calendar).at <= case_due
    return when < request.due_at


def patience(request: Request, kind: LetterKind, when: datetime, policy: Policy, calendar: WorkingCalendar) -> datetime:
    """So long a digest of `when` is tried with this letter in it: to the date that the letter tells, as a letter alone is."""
    return _term(request, when, policy, calendar).at if _first(request, kind) else request.due_at


def enclosed(request: Request, via: str, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Request] | None:
    """A digest is written with a request's first letter in it: the clock starts here, and the waits of the one before end.

    None where the agency knows of the request already, or was told its date by a digest before this one: that date binds.
    """
    if not _first(request, LetterKind.REQUEST):
        return None
    term = _term(request, now, policy, calendar)
    facts = {"to": via, "was_due": request.due_at.isoformat(), "due_at": term.at.isoformat()}
    because = Because(rule=_DIGEST, basis=(request.basis,), pack=policy.label, facts=facts)
    held, orders = wound(request, AssistanceState.ORDERED, term, now, policy, calendar)
    by = accept_by(held.rungs)
    held = noted(replace(held, accept_by=by, hear_by=by or term.at), because.rule, now)
    return Decision(state=held, because=because, orders=orders, ends=TIMERS)


def _first(request: Request, kind: LetterKind) -> bool:
    """Whether the letter is the one that asks, no digest has told its date, and the agency knows nothing yet."""
    told = any(one.rule == _DIGEST and one.at >= request.opened_at for one in request.history)
    return kind is LetterKind.REQUEST and not request.reached and not told


def _term(request: Request, when: datetime, policy: Policy, calendar: WorkingCalendar) -> Due:
    return due(when, term_of(policy, request.urgency, request.question).term, calendar, StartEvent.REQUEST_SENT)
