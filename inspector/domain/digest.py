"""The daily digest of an agency that gets many letters: one message with all of them, each still a request with a clock of its own.

A request's clock starts with the digest that carries it, so that nobody's time runs while a letter waits in our house. What would not
bear waiting goes at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

from inspector.domain.asking import term_of
from inspector.domain.assistance import TIMERS, AssistanceState, Request, noted
from inspector.domain.calendar import Due, WorkingCalendar, due
from inspector.domain.decision import Because, Decision
from inspector.domain.ladder import wound
from inspector.domain.letter import LetterKind, perhaps
from inspector.domain.policy import Policy
from inspector.domain.start import StartEvent
from inspector.domain.urgency import Urgency

PUT_BY = frozenset({LetterKind.REQUEST, LetterKind.ACKNOWLEDGE, LetterKind.REMINDER})
"""The letters that a digest carries; all others are told on the day that they are about."""


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
    if kind is LetterKind.REQUEST and request.state is AssistanceState.ORDERED:
        return case_due is None or _term(request, when, policy, calendar).at <= case_due
    return when < request.due_at


def dated(request: Request, when: datetime, policy: Policy, calendar: WorkingCalendar) -> Request:
    """A request as the digest of `when` tells it: with the date that is counted from there."""
    if request.state is not AssistanceState.ORDERED:
        return request
    term = _term(request, when, policy, calendar)
    return replace(request, due_at=term.at, due_provisional=term.provisional)


def carried(
    request: Request, when: datetime, via: str, reference: str, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """A digest has carried a request's first letter: its clock starts there, and the waits of the one before end."""
    term = _term(request, when, policy, calendar)
    facts = {"to": via, "reference": reference, "was_due": request.due_at.isoformat(), "due_at": term.at.isoformat()}
    because = Because(rule="assistance.digest", basis=(request.basis,), pack=policy.label, facts=facts)
    sent = replace(perhaps(request, via), sent_at=now)
    held, orders = wound(sent, AssistanceState.SENT, term, now, policy, calendar)
    return Decision(state=noted(held, because.rule, now), because=because, orders=orders, ends=TIMERS)


def _term(request: Request, when: datetime, policy: Policy, calendar: WorkingCalendar) -> Due:
    return due(when, term_of(policy, request.urgency).term, calendar, StartEvent.REQUEST_SENT)
