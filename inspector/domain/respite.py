"""Another date for an answer: an extension by the pack, a date proposed and agreed, an urgency that was contested.

Each is a new clock: its steps are counted anew, and the case's own clock goes on (handbook 1.5.6, 1.5.13, scenario 54). A date that the
agency has named is not lost by another word of it: it waits on, or the new clock has met it (`ladder.wound`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from inspector.domain.asking import term_of
from inspector.domain.assistance import (
    TIMERS,
    AssistanceState,
    Owed,
    Proposed,
    Request,
    Word,
    must_be_open,
    noted,
    stands,
)
from inspector.domain.calendar import Counting, Due, Term, Unit, WorkingCalendar, due
from inspector.domain.day import refuse_beyond
from inspector.domain.decision import Because, Decision, OrderKind, Told
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.ladder import MET, named, wound
from inspector.domain.letter import anew, letter
from inspector.domain.policy import Policy
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer
from inspector.domain.urgency import Urgency

MOST = 1
"""How often a request is extended: once (handbook 1.5.6, scenario 54)."""

FARTHEST = 3_650
"""Days after which nobody means a date for an answer: it is a slip of the pen."""


def extend(
    request: Request,
    word: Word,
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
) -> Decision[Request]:
    """The agency takes longer, by what the pack allows: before the date, with reasons, once. Raises Invalid, Refusal.

    Its word counts from when it was here (`Door.came`): what has lain in our house is nobody's delay.
    """
    must_be_open(request)
    said = word.facts()
    row, told = policy.terms.get(Timer.ASSIST_EXTEND), request.due_counted
    if refused := not_extended(request, policy, word.came(now)):
        raise refused
    assert row is not None, "else it would be refused"
    assert told.since is not None, "likewise"
    term = due(told.since, told.term, calendar, told.event, told.stops, (*told.extended, row.term))
    facts = _moved(request, term, {"term": str(row.term), **said})
    because = Because(rule="assistance.extend", basis=(request.basis, row.basis), pack=policy.label, facts=facts)
    asked = replace(request, extended=request.extended + 1, accepted_at=request.accepted_at or now)
    held, orders = wound(asked, AssistanceState.EXTENDED, term, now, policy, calendar)
    held = noted(held, because.rule, now, said=word.reasons)
    return Decision(state=held, because=because, orders=orders, told=(_told(held),), ends=TIMERS)


def not_extended(request: Request, policy: Policy, came: datetime) -> Refusal | None:
    """Why the agency may not take longer by itself by a word that `came` at a moment; None where it may."""
    row, told = policy.terms.get(Timer.ASSIST_EXTEND), request.due_counted
    if row is None:
        return Refusal("extension_not_provided", request=request.id, pack=policy.label)
    if came >= request.due_at:
        return Refusal("extension_after_due", request=request.id, due_at=request.due_at.isoformat())
    if request.extended >= MOST:
        return Refusal("extension_used", request=request.id)
    if _was_agreed(request) or told.since is None:
        return Refusal("extension_after_agreement", request=request.id, due_at=request.due_at.isoformat())
    if row.term.unit is not told.term.unit:
        return Refusal("extension_not_provided", request=request.id, pack=policy.label)
    return None


def _was_agreed(request: Request) -> bool:
    """Whether the clock that runs began with an agreement: also where a letter of ours that left late has moved its day since.

    An agreed day is the longer time that the agency wanted, and is extended no more; a decision of the superior begins another clock,
    and whoever a request is forwarded to has agreed to nothing yet.
    """
    if request.due_counted.event is StartEvent.REQUEST_AGREED:
        return True
    rules = (one.rule for one in reversed(request.history))
    return next((rule for rule in rules if rule in _CLOCKS), "") == _AGREED


_AGREED = "assistance.agree"
_CLOCKS = frozenset({_AGREED, "assistance.decide", "assistance.forward"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Latest:
    """The end of the last day to which an answer can be put off by agreement, all agreements together, and the pack's row for it.

    `binds`: the pack has that row for it. Of one without, nobody is refused a day, but no later one keeps the ladder standing still.
    """

    at: datetime
    row: str
    basis: str
    binds: bool


def latest(request: Request, policy: Policy, calendar: WorkingCalendar) -> Latest:
    """How far an answer can be put off, counted from the date that bound before any other was agreed (`assist_longest`).

    A pack without that row: by as much time as a whole verification has; what comes later serves no case.
    """
    own = policy.terms.get(Timer.ASSIST_LONGEST)
    row = own or policy.term(Timer.VERIFY)
    at = due(request.put_off or request.due_at, row.term, calendar, StartEvent.REQUEST_DUE).at
    return Latest(at=at, row=row.row, basis=row.basis, binds=own is not None)


def propose(
    request: Request,
    day: date,
    word: Word,
    now: datetime,
    calendar: WorkingCalendar,
    pack: str,
    last: Latest | None = None,
) -> Decision[Request]:
    """The agency names the working day by which it can answer, with reasons. Until that is agreed the old date binds (1.5.13).

    A day that the date which binds reaches asks us for nothing: it is met with the word that names it (`MET`), the request is taken on, and
    clock and ladder stay as they are. Whether that day has passed is asked of when the word was here. Behind the `last` that binds nobody
    may agree, and the agency hears at once which day that is. Raises Invalid, Refusal.
    """
    must_be_open(request)
    said = word.facts()
    refuse_beyond(day, "day")
    today = calendar.local_date(now)
    if (day - today).days > FARTHEST:
        end = today + timedelta(days=FARTHEST)
        raise Invalid("day_beyond", field="day", value=day.isoformat(), first=today.isoformat(), last=end.isoformat())
    due_at = calendar.closing(day)
    met = due_at <= request.due_at
    if not calendar.is_working_day(day) or due_at <= (word.came(now) if met else now):
        raise Invalid("date_not_working", field="day", day=day.isoformat())
    if last is not None and last.binds and not met and due_at > last.at:
        until = calendar.local_date(last.at).isoformat()
        raise Refusal("date_too_far", request=request.id, day=day.isoformat(), last=until, row=last.row, basis=last.basis)
    waiting = request.proposed.unheard if request.proposed is not None and request.longer else None
    told = Proposed(due_at=due_at, reasons=word.reasons, signer=word.signer, at=now, since=waiting)
    facts: dict[str, object] = {
        "due_at": request.due_at.isoformat(),
        "proposed": due_at.isoformat(),
        **({"proposal_met": True} if met else {}),
        **said,
    }
    because = Because(rule="assistance.propose", basis=(request.basis,), pack=pack, facts=facts)
    held = replace(request, proposed=None if met else told, accepted_at=request.accepted_at or now)
    if met:
        held = noted(held, MET, now, said=day.isoformat())
    if not met or request.state.silent or request.state is AssistanceState.PROPOSED:
        held = replace(held, state=stands(request, AssistanceState.ACCEPTED if met else AssistanceState.PROPOSED))
    held = noted(held, because.rule, now, said=f"{day.isoformat()}: {word.reasons}")
    return Decision(state=held, because=because, ends=frozenset({OrderKind.ASSIST_ACK}))


def waits_for_us(request: Request) -> bool:
    """Whether the agency has named another date and hears nothing of us; while the superior decides a dispute that date rests."""
    return request.longer and request.state.open and request.state is not AssistanceState.DISPUTED


def agree(
    request: Request, seen: datetime, by: str, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """The requester agrees to the date that it was shown (`seen`): it binds from now on.

    Raises Refusal, also where it is another now, or has passed.
    """
    told = _proposed(request, seen)
    if told.due_at <= now:
        raise Refusal("date_passed", request=request.id, due_at=told.due_at.isoformat())
    term, asked = _agreed(now, told.due_at, calendar), replace(request, proposed=None, put_off=request.put_off or request.due_at)
    because = Because(rule=_AGREED, basis=(request.basis,), pack=policy.label, facts=_moved(asked, term, {"by": by}))
    held, orders = wound(asked, AssistanceState.ACCEPTED, term, now, policy, calendar)
    note = letter(held, "agreed", held.requested, now, held.due_at)
    held = replace(held, owed=Owed(key=note.key, since=now))
    held = noted(held, because.rule, now, said=calendar.local_date(told.due_at).isoformat())
    return Decision(state=held, because=because, orders=(note, *orders), told=(_told(held),), ends=TIMERS)


def keep(request: Request, seen: datetime, word: Word, now: datetime, pack: str) -> Decision[Request]:
    """The requester does not agree to the date that it was shown, and says why: the old date stands. Raises Invalid, Refusal.

    So a proposal ends whose day has passed meanwhile, too: nobody can agree to that one any more.
    """
    told = _proposed(request, seen)
    said = word.facts()
    facts = {"due_at": request.due_at.isoformat(), "proposed": told.due_at.isoformat(), **said}
    because = Because(rule="assistance.keep", basis=(request.basis,), pack=pack, facts=facts)
    held = replace(request, state=stands(request, AssistanceState.ACCEPTED), proposed=None)
    until = held.escalate_at if held.end_at is None else held.end_at
    note = letter(
        held, "kept", held.requested, now, until if until > now else None
    )  # the ladder may have stood still for this very word
    if before := sum(one.rule == because.rule for one in request.history):  # each date that was named is answered
        held, note = anew(held, note, f"date{before}")
    return Decision(state=noted(held, because.rule, now, said=word.reasons), because=because, orders=(note,))


def calm(
    request: Request,
    word: Word,
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
) -> Decision[Request]:
    """The agency contests that the request is urgent, with reasons: it is treated as any other (1.5.13). Raises Invalid, Refusal.

    Its term is counted from the day it was sent, as if it had never been urgent; a date that is later already stays.
    """
    must_be_open(request)
    said = word.facts()
    if request.urgency is Urgency.NORMAL:
        raise Refusal("request_not_urgent", request=request.id)
    row = term_of(policy, Urgency.NORMAL, request.question)
    event = StartEvent.REQUEST_OPENED if request.sent_at is None else StartEvent.REQUEST_SENT
    began = request.lain[-1].left_at if request.lain else request.sent_at or request.opened_at
    term = due(began, row.term, calendar, event)
    if term.at < request.due_at:
        term = Due(at=request.due_at, counted=request.due_counted)
    if word.came(now) >= request.due_at:
        raise Refusal("extension_after_due", request=request.id, due_at=request.due_at.isoformat())
    facts = _moved(request, term, said)
    because = Because(rule="assistance.calm", basis=(request.basis, row.basis), pack=policy.label, facts=facts)
    asked = replace(request, urgency=Urgency.NORMAL, accepted_at=request.accepted_at or now)
    held, orders = wound(asked, AssistanceState.ACCEPTED, term, now, policy, calendar)
    held = noted(held, because.rule, now, said=word.reasons)
    return Decision(state=held, because=because, orders=orders, told=(_told(held),), ends=TIMERS)


def _told(request: Request) -> Told:
    """What the approving system hears: the day of an answer has moved, its case's has not."""
    data = {"request": request.id, "claim": request.claim, "due_at": request.due_at.isoformat()}
    return Told(type="assistance.moved", data=data)


def _proposed(request: Request, seen: datetime) -> Proposed:
    must_be_open(request)
    if request.proposed is None:
        raise Refusal("date_not_proposed", request=request.id)
    if request.proposed.due_at != seen:
        raise Refusal("date_changed", request=request.id, seen=seen.isoformat(), proposed=request.proposed.due_at.isoformat())
    return request.proposed


def _moved(request: Request, term: Due, more: dict[str, object]) -> dict[str, object]:
    """The old date and the new one, and what becomes of one that was named, as facts of a decision."""
    return {"was_due": request.due_at.isoformat(), "due_at": term.at.isoformat(), **named(request, term), **more}


def _agreed(now: datetime, due_at: datetime, calendar: WorkingCalendar) -> Due:
    """An agreed day is so many days after the agreement: one that is off by then moves to the next working day (Civil Code art. 203).

    A year whose notice is still to come, or is amended, can move it so. Of today nobody will say anything else.
    """
    after, last = calendar.local_date(now), calendar.local_date(due_at)
    if last > after:
        return due(now, Term(amount=(last - after).days, unit=Unit.DAY), calendar, StartEvent.REQUEST_AGREED)
    told = Counting(
        term=Term(amount=1, unit=Unit.DAY),
        after=last - timedelta(days=1),
        nominal=last,
        last=last,
        event=StartEvent.REQUEST_AGREED,
    )
    return Due(at=due_at, counted=told)
