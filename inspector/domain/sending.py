"""A letter of a request leaves, and there the agency's time begins: our own delay is never held against it (handbook 1.5.5).

The first one, and every other that tells how or by when to answer (`Owed`). One that leaves late moves the date; before somebody outside
has it no step of the ladder is taken; and what never left ends as what reached nobody, which is no silence.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain import dispute, ladder
from inspector.domain.asking import term_of
from inspector.domain.assistance import TIMERS, AssistanceState, Lain, Owed, Request, noted
from inspector.domain.calendar import SHANGHAI, Due, Term, Unit, WorkingCalendar, due
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.ladder import accept_by, named, wound
from inspector.domain.letter import ABOVE, NOT_POSTED, POSTED, kind_of, laid, lies, read, undeliverable, unescalated
from inspector.domain.letter import sent as handed_over
from inspector.domain.policy import Policy
from inspector.domain.scoreboard import heard_at
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer

UNSENT = "assistance.unsent"
"""The rule of a clock that begins anew because its letter has not left."""

NOT_SENT = "not_sent"
"""Why a request ends whose letter did not leave in two terms."""

RETURNED = "assistance.returned"
"""The line of history of a first letter that came back while another one, or its link, had brought the request."""

_TELLING = frozenset({"agreed", "decided"})
"""Kinds of letters that tell the agency a date without which it is in no delay."""

_SHORT = frozenset({Unit.HOUR, Unit.MINUTE})
_A_PART = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Begins:
    """The date that a letter tells, as it is counted if it is posted on the day `after` which the time runs."""

    due_at: datetime
    after: date


def begins(request: Request, kind: str) -> Begins | None:
    """What a letter of a kind tells by a date that its posting moves (`posted`); None where it moves none that stands on it."""
    if kind == "dispute" and request.dispute is not None:
        return Begins(due_at=request.dispute.due_at, after=request.dispute.counted.after)
    if kind == "escalation" and request.end_at is not None and request.end_counted is not None:
        return Begins(due_at=request.end_at, after=request.end_counted.after)
    if request.state.above or request.state is AssistanceState.DISPUTED or request.knows:
        return None
    if request.owed is not None and request.reached:
        if kind_of(request, request.owed.key) != kind:
            return None
        return Begins(due_at=request.due_at, after=request.owed.since.astimezone(SHANGHAI).date())
    return Begins(due_at=request.due_at, after=request.due_counted.after) if kind == "request" else None


def late(request: Request, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Due | None:
    """The date as it is counted from a sending `now`; None where the one that binds leaves the agency its whole term.

    Days are counted from the day after, so that it is later with the day of the sending; of hours where more than a tenth is lost.
    A further letter that we owe takes its time from nobody but us, so that what it has lain here is what is lost.
    """
    if request.knows or not request.state.open or request.state is AssistanceState.DISPUTED:
        return None
    row = _term(request, policy)
    term = due(now, row, calendar, StartEvent.REQUEST_SENT)
    if request.owed is not None and request.reached:
        was = due(request.owed.since, row, calendar, StartEvent.REQUEST_SENT)
        if term.at <= (request.end_at if request.state.above and request.end_at else request.due_at):
            return None
        if row.unit in _SHORT:
            return term if (term.at - was.at) * _A_PART > was.at - request.owed.since else None
        return term if calendar.local_date(term.at) > calendar.local_date(was.at) else None
    if term.counted.term.unit in _SHORT:
        lost = (term.at - request.due_at) * _A_PART > request.due_at - request.opened_at
        return term if lost else None
    return term if calendar.local_date(term.at) > calendar.local_date(request.due_at) else None


def written(request: Request, via: str, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Request] | None:
    """A letter that we owe is written down, later than it was to leave: it tells the date that is counted from here. None: in time."""
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
    key: str = "",
) -> Decision[Request]:
    """Somebody has taken a letter (`via`, its `key`). One that we owe begins the agency's time, where its tries have taken any of it.

    One that lies here to be posted (`by_hand`) has left nothing behind but work for a person: `posted` says that it has left.
    """
    if by_hand:
        return laid(request, kind_of(request, key), via, reference, now, policy.label)
    brings = request.owed is not None and request.owed.key == key
    if via != request.requested and key:
        return _above(request, via, reference, policy, now, calendar, key)
    if via != request.requested or (request.reached and not brings):
        return handed_over(request, via, reference, now, policy.label, key)
    term = late(request, policy, now, calendar)
    again = request.reached  # what the agency has had before; what lay with us is no delay of its
    if brings:
        request = replace(_lain(request, now, calendar), owed=None)
    held, orders = (request, ()) if term is None else _wound(request, term, policy, now, calendar)
    told = handed_over(held, via, reference, now, policy.label, key)
    if again:
        told = replace(told, state=noted(told.state, told.because.rule, now))
    if term is None:
        return told
    facts = {**told.because.facts, "was_due": request.due_at.isoformat(), "due_at": term.at.isoformat(), **_named(request, term)}
    return replace(told, because=replace(told.because, facts=facts), orders=orders, ends=TIMERS)


def _above(
    request: Request, via: str, reference: str, policy: Policy, now: datetime, calendar: WorkingCalendar, key: str
) -> Decision[Request]:
    """The superior has its letter: the time until its date, or until the end, begins there. What lay here is no delay of its."""
    held, orders = request, tuple[Order, ...]()
    if key == request.letter_key("dispute", via):
        held, orders = dispute.begun(request, policy, now, calendar)
    elif (
        key == request.letter_key("escalation", via) and request.state is AssistanceState.ESCALATED and request.end_at is not None
    ):
        term = due(now, policy.term(Timer.ASSIST_END).term, calendar, StartEvent.REQUEST_SENT)
        if calendar.local_date(term.at) > calendar.local_date(request.end_at):
            held = replace(request, turn=request.turn + 1, end_at=term.at, end_counted=term.counted)
            orders = (ladder.wait(held, OrderKind.ASSIST_END, term.at),)
    told = handed_over(held, via, reference, now, policy.label, key)
    if not orders:
        return told
    facts = {**told.because.facts, "superior_until": orders[0].due_at.isoformat()}
    return replace(told, because=replace(told.because, facts=facts), orders=orders, ends=TIMERS)


def posted(
    request: Request,
    by: str,
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
    *,
    key: str = "",
    via: str = "",
) -> Decision[Request]:
    """A person has posted the letter that lay here (`via`, its `key`): there the time begins of who gets it.

    The agency's of one that we owe, the superior's of one above; of a step's, the steps behind it are counted from there where it lay.
    Of a request that is over nothing follows.
    """
    to, kind = via or request.requested, kind_of(request, key)
    because = Because(rule=POSTED, basis=(request.basis,), pack=policy.label, facts={"by": by, "to": to})
    brings = request.owed is not None and request.owed.key == key
    if not request.state.open:
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    if kind in ABOVE:
        told = _above(request, to, "", policy, now, calendar, key)
    elif to == request.requested and (not request.reached or brings):
        told = sent(request, to, "", policy, now, calendar, key=key)
    else:
        told = ladder.left(request, kind, handed_over(request, to, "", now, policy.label, key), policy, now, calendar)
    made = [one for one in told.state.history[len(request.history) :] if one.rule != "assistance.sent"]
    state = noted(replace(told.state, history=(*request.history, *made)), POSTED, now, to, kind)
    moved = {name: value for name, value in told.because.facts.items() if name != "reference"}
    return replace(told, state=state, because=replace(because, facts={**moved, **because.facts}))


def escalate(
    request: Request, superior: str | None, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """The superior's day: nobody above hears of a letter that has not left. Its clock begins anew, once; then the request ends.

    It ends as one that reached nobody, and the case takes its next way: an outage is no silence.
    """
    if request.knows or not request.state.open:
        return ladder.escalate(request, superior, policy, now, calendar)
    return _unsent(request, policy, now, calendar)


def end(request: Request, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Request]:
    """The last day. Of an agency that lacks a letter of ours it begins anew, once; then the request ends as one that reached nobody.

    A superior whose letter lies here on paper was not told, and has let nothing pass.
    """
    if request.state is AssistanceState.ESCALATED and lies(request, "escalation", request.escalated_to):
        request = unescalated(request, NOT_POSTED, now, policy.label).state
    if request.knows or not request.state.above:
        return ladder.silent(request, now, policy.label)
    return _unsent(request, policy, now, calendar)


def link_called_back(request: Request, key: str, now: datetime) -> Request:
    """The agency's link opens nothing any more: until the letter `key` brings another one, or it speaks otherwise, it cannot answer.

    So it is also where no such letter was ordered. Of a request whose first letter has yet to leave nothing is owed: it brings the link
    that counts.
    """
    return replace(request, owed=Owed(key=key, since=now, link=True)) if request.state.open and request.reached else request


def owed_again(request: Request, kind: str, key: str, now: datetime) -> Request:
    """A letter that had left came back: another link, or the date that binds, which it was to tell, is owed again."""
    here = (request.turn, request.turn - 1) if request.lain else (request.turn,)
    telling = kind in _TELLING and key in {replace(request, turn=turn).letter_key(kind, request.requested) for turn in here}
    link = kind == "request" and key in request.again[-1:]
    if not request.state.open or request.owed is not None or not (telling or link):
        return request
    return replace(request, owed=Owed(key=key, since=now, link=link))


def brought(request: Request) -> bool:
    """Whether anything shows that the agency knows of a request whose first letter came back: it spoke, read it by a token of its own, or

    has another letter, which has left and did not come back. A push leaves nobody a letter, and an opened link shows nobody there: what
    scans mail opens it, too, and then says that there is no such box (`reply.deliver`).
    """
    spoken = request.accepted or request.dispute is not None or heard_at(request) is not None
    return spoken or bool(request.had) or read(request)


def astray(request: Request) -> bool:
    """Whether its first letter came back, and nothing else has brought it to the agency, or does any more."""
    back = any(one.rule == RETURNED and one.at >= request.opened_at for one in request.history)
    return back and request.state.open and not brought(request)


def returned(
    request: Request, via: str, code: str, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """The first letter came back, and what else has brought the request stands: the agency's time begins there, if that is a letter.

    Where somebody above was told already, its date stays: the history says why the agency may have had less.
    """
    because = Because(rule=RETURNED, basis=(request.basis,), pack=policy.label, facts={"to": via, "error": code})
    held = noted(replace(request, sent_at=min(request.had.values(), default=request.sent_at)), RETURNED, now, via, code)
    if held.sent_at is None or request.state.above or request.state is AssistanceState.DISPUTED:
        return Decision(state=held, because=because)
    term = due(held.sent_at, term_of(policy, request.urgency, request.question).term, calendar, StartEvent.REQUEST_SENT)
    if calendar.local_date(term.at) <= calendar.local_date(request.due_at):
        return Decision(state=held, because=because)
    held, orders = wound(held, held.state, term, now, policy, calendar)
    facts = {**because.facts, "was_due": request.due_at.isoformat(), "due_at": term.at.isoformat(), **named(request, term)}
    return Decision(state=held, because=replace(because, facts=facts), orders=orders, ends=TIMERS)


def spoke(request: Request) -> Request:
    """The agency has said something by another way than its link: it can answer so."""
    return replace(request, owed=None) if request.owed is not None and request.owed.link else request


def _unsent(request: Request, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Request]:
    if any(one.rule == UNSENT and one.at >= request.opened_at for one in request.history):
        return undeliverable(request, NOT_SENT, now, policy.label)
    term = due(now, _term(request, policy), calendar, StartEvent.REQUEST_SENT)
    return _begun(request, term, UNSENT, {}, policy, now, calendar)


def _term(request: Request, policy: Policy) -> Term:
    """The time that a letter of ours takes from the agency if it lies here: to answer, or, once the superior was told, to the end."""
    return policy.term(Timer.ASSIST_END).term if request.state.above else term_of(policy, request.urgency, request.question).term


def _begun(
    request: Request, term: Due, rule: str, facts: dict[str, object], policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    told = {**facts, "was_due": request.due_at.isoformat(), "due_at": term.at.isoformat(), **_named(request, term)}
    because = Because(rule=rule, basis=(request.basis,), pack=policy.label, facts=told)
    held, orders = _wound(request, term, policy, now, calendar)
    return Decision(state=noted(held, rule, now), because=because, orders=orders, ends=TIMERS)


def _wound(
    request: Request, term: Due, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> tuple[Request, tuple[Order, ...]]:
    """The clock that begins here, with its own time to acknowledge; that of a last date alone where the superior was told.

    A letter that is still owed is so from here on: what it had lain here before is made up for.
    """
    if request.owed is not None:
        request = _lain(request, now, calendar)
    if request.state.above:
        held = replace(request, turn=request.turn + 1, end_at=term.at, end_counted=term.counted)
        return held, (ladder.wait(held, OrderKind.ASSIST_END, term.at),)
    held, orders = wound(request, request.state, term, now, policy, calendar)
    if held.accepted:
        return held, orders
    by = accept_by(held.rungs)
    return replace(held, accept_by=by, hear_by=by or term.at), orders


def _named(request: Request, term: Due) -> dict[str, object]:
    """What the clock makes of a date that was named: nothing where only a last date moves."""
    return {} if request.state.above else named(request, term)


def _lain(request: Request, now: datetime, calendar: WorkingCalendar) -> Request:
    """The same, the letter that it owes having lain here until now: no day of that is held against the agency (handbook 1.5.5)."""
    if request.owed is None:
        return request
    here, there = (calendar.ordinal(calendar.local_date(at)) for at in (request.owed.since, now))
    request = replace(request, owed=replace(request.owed, since=now))
    if there <= here:
        return request
    before = calendar.ordinal(calendar.local_date(request.counted_from(now)))
    since = calendar.opening(calendar.nth(before + there - here))
    return replace(request, lain=(*request.lain, Lain(left_at=now, since=since)))
