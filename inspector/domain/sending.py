"""The first letter of a request leaves, and there the agency's time begins: our own delay is never held against it (handbook 1.5.5).

A letter that leaves late moves its date; before somebody outside has it no step of the ladder is taken; and what never left ends as
what reached nobody, which is no silence.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain import ladder
from inspector.domain.asking import term_of
from inspector.domain.assistance import TIMERS, Request, noted
from inspector.domain.calendar import Due, Unit, WorkingCalendar, due
from inspector.domain.decision import Because, Decision, Order
from inspector.domain.ladder import accept_by, wound
from inspector.domain.letter import perhaps, undeliverable
from inspector.domain.letter import sent as handed_over
from inspector.domain.policy import Policy
from inspector.domain.start import StartEvent

UNSENT = "assistance.unsent"
"""The rule of a clock that begins anew because its letter has not left."""

NOT_SENT = "not_sent"
"""Why a request ends whose letter did not leave in two terms."""

_SHORT = frozenset({Unit.HOUR, Unit.MINUTE})
_A_PART = 10


def late(request: Request, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Due | None:
    """The date as it is counted from a sending `now`; None where the one that binds leaves the agency its whole term.

    Days are counted from the day after, so that it is later with the day of the sending; of hours where more than a tenth is lost.
    """
    if request.reached or not request.state.open:
        return None
    term = due(now, term_of(policy, request.urgency).term, calendar, StartEvent.REQUEST_SENT)
    if term.counted.term.unit in _SHORT:
        lost = (term.at - request.due_at) * _A_PART > request.due_at - request.opened_at
        return term if lost else None
    return term if calendar.local_date(term.at) > calendar.local_date(request.due_at) else None


def written(request: Request, via: str, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Request] | None:
    """The first letter is written down, later than the request was opened: it tells the date that is counted from here. None: in time."""
    term = late(request, policy, now, calendar)
    return None if term is None else _begun(request, term, "assistance.late", {"to": via}, policy, now, calendar)


def sent(
    request: Request,
    via: str,
    reference: str,
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    by_hand: bool = False,
) -> Decision[Request]:
    """Somebody has taken a letter (`via`). The first one begins the agency's time, where its tries have taken any of it.

    One that lies here to be posted (`by_hand`) has left nothing behind but work for a person: `posted` says that it has left.
    """
    if via != request.requested or request.reached:
        return handed_over(request, via, reference, now, policy.label)
    if by_hand:
        because = Because(
            rule="assistance.laid", basis=(request.basis,), pack=policy.label, facts={"to": via, "reference": reference}
        )
        return Decision(state=noted(perhaps(request, via), because.rule, now), because=because)
    term = late(request, policy, now, calendar)
    told = handed_over(request, via, reference, now, policy.label)
    if term is None:
        return told
    facts = {**told.because.facts, "was_due": request.due_at.isoformat()}
    held, orders = _wound(told.state, term, policy, now, calendar)
    because = replace(told.because, facts={**facts, "due_at": term.at.isoformat()})
    return replace(told, state=held, because=because, orders=orders, ends=TIMERS)


def posted(request: Request, by: str, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Request]:
    """A person has posted the letter that lay here: the agency's time begins. Of one that the agency knows of nothing follows."""
    because = Because(rule="assistance.posted", basis=(request.basis,), pack=policy.label, facts={"by": by})
    if request.reached or not request.state.open:
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    told = sent(request, request.requested, "", policy, now, calendar)
    history = (*request.history, replace(told.state.history[-1], rule=because.rule))
    moved = {name: value for name, value in told.because.facts.items() if name in ("was_due", "due_at")}
    return replace(told, state=replace(told.state, history=history), because=replace(because, facts={"by": by, **moved}))


def escalate(
    request: Request, superior: str | None, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """The superior's day: nobody above hears of a letter that has not left. Its clock begins anew, once; then the request ends.

    It ends as one that reached nobody, and the case takes its next way: an outage is no silence.
    """
    if request.reached or not request.state.open:
        return ladder.escalate(request, superior, policy, now, calendar)
    if any(one.rule == UNSENT and one.at >= request.opened_at for one in request.history):
        return undeliverable(request, NOT_SENT, now, policy.label)
    term = due(now, term_of(policy, request.urgency).term, calendar, StartEvent.REQUEST_SENT)
    return _begun(request, term, UNSENT, {}, policy, now, calendar)


def _begun(
    request: Request, term: Due, rule: str, facts: dict[str, object], policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    told = {**facts, "was_due": request.due_at.isoformat(), "due_at": term.at.isoformat()}
    because = Because(rule=rule, basis=(request.basis,), pack=policy.label, facts=told)
    held, orders = _wound(request, term, policy, now, calendar)
    return Decision(state=noted(held, rule, now), because=because, orders=orders, ends=TIMERS)


def _wound(
    request: Request, term: Due, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> tuple[Request, tuple[Order, ...]]:
    """The clock that begins here, with its own time to acknowledge."""
    held, orders = wound(request, request.state, term, now, policy, calendar)
    return replace(held, accept_by=accept_by(held.rungs)), orders
