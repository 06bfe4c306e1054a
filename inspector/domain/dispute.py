"""Two agencies do not agree, and the common superior decides (handbook 1.5.4): whose competence, which ground, whether a refusal holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from inspector.domain.asking import term_of
from inspector.domain.assistance import (
    TIMERS,
    AssistanceState,
    Dispute,
    Owed,
    Quarrel,
    Request,
    Word,
    noted,
)
from inspector.domain.calendar import Due, WorkingCalendar, due
from inspector.domain.decision import Because, Decision, Order, OrderKind, Told
from inspector.domain.errors import Refusal
from inspector.domain.ladder import named, wait, wound
from inspector.domain.letter import NOT_POSTED, letter, lies
from inspector.domain.ordered import DECIDED
from inspector.domain.policy import Policy
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer

UNJUDGED = "assistance.unjudged"
"""The rule by which a dispute ends that reached nobody who could decide it."""


def dispute(
    request: Request,
    about: Quarrel,
    word: Word,
    superior: str | None,
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
) -> Decision[Request]:
    """One side disputes, with reasons: the requested agency its competence or the ground, the requester a refusal (`REFUSAL`).

    The common superior (`superior`, a connector; None: none is known, a person picks) hears of it and decides by a date of its own.
    A case does not wait for it: after a refusal it has taken the next way, and what comes in the end is late. A date that the agency has
    named rests meanwhile: it is kept, and nobody agrees to it before the superior has decided. A request is disputed once; but whoever was
    ordered to help and refuses for another reason raises another question, which the requester may bring up. Raises Invalid, Refusal.
    """
    declined = about is Quarrel.REFUSAL
    if request.state is AssistanceState.DISPUTED:
        raise Refusal("request_disputed", request=request.id)
    if declined and request.state.open:
        raise Refusal("refusal_missing", request=request.id, state=request.state)
    if request.state is not AssistanceState.DECLINED if declined else not request.state.open:
        raise Refusal("request_closed", request=request.id, state=request.state)
    said = word.facts()
    row = policy.terms.get(Timer.ASSIST_DISPUTE)
    if row is None:
        raise Refusal("dispute_not_provided", request=request.id, pack=policy.label)
    if request.dispute is not None and not (declined and contestable(request)):
        raise Refusal("dispute_decided", request=request.id)
    term = due(now, row.term, calendar, StartEvent.REQUEST_DISPUTED)
    told = Dispute(
        about=about, reasons=word.reasons, by=word.signer, since=now, due_at=term.at, counted=term.counted, superior=superior
    )
    facts: dict[str, object] = {
        "about": about.value,
        "superior": superior or "",
        "due_at": term.at.isoformat(),
        **({"proposed": request.proposed.due_at.isoformat()} if request.proposed is not None else {}),
        **said,
    }
    because = Because(rule="assistance.dispute", basis=(request.basis, row.basis), pack=policy.label, facts=facts)
    held = replace(
        request,
        state=AssistanceState.DISPUTED,
        dispute=told,
        turn=request.turn + 1,
        ended_at=None,
        moved_on=request.moved_on or declined,
    )
    held = noted(held, because.rule, now, superior or "", word.reasons)
    orders = [wait(held, OrderKind.ASSIST_DECIDE, term.at)]
    if superior:
        orders.append(letter(held, "dispute", superior, now, term.at))
    told_so = Told(type="assistance.disputed", data={"request": held.id, "claim": held.claim, "about": about.value})
    return Decision(state=held, because=because, orders=tuple(orders), told=(told_so,), ends=TIMERS)


def contestable(request: Request) -> bool:
    """Whether the requester may bring a refusal before the common superior: once, also of one that was ordered to help before."""
    told = request.dispute
    before = told is None or (told.helps is True and told.about is not Quarrel.REFUSAL)
    return request.state is AssistanceState.DECLINED and before


def decide(
    request: Request, helps: bool, word: Word, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """The common superior decides, with reasons: the agency helps, by a clock that begins now, or it need not.

    A date that is later already stays (extended, or agreed): who is to help was given that time, and the dispute was about something else.
    That it need not is the superior's word and no reply of the agency's (`scoreboard.relieved`); a refusal that was disputed stays its own.
    Raises Invalid, Refusal.
    """
    told = request.dispute
    if request.state is not AssistanceState.DISPUTED or told is None:
        raise Refusal("request_undisputed", request=request.id, state=request.state)
    said = word.facts()
    facts: dict[str, object] = {"about": told.about.value, "helps": helps, **said}
    because = Because(rule=DECIDED, basis=(request.basis,), pack=policy.label, facts=facts)
    asked = replace(request, dispute=replace(told, helps=helps))
    line = partial(noted, rule=because.rule, now=now, who=told.superior or "", said=word.reasons)
    if not helps:
        state = replace(line(asked), state=AssistanceState.DECLINED, ended_at=now, late=request.moved_on)
        return Decision(state=state, because=because, ends=TIMERS)
    row = term_of(policy, request.urgency, request.question)
    term = due(now, row.term, calendar, StartEvent.REQUEST_DECIDED)
    if term.at < request.due_at:
        term = Due(at=request.due_at, counted=request.due_counted)
    because = replace(
        because, basis=(request.basis, row.basis), facts={**facts, "due_at": term.at.isoformat(), **named(request, term)}
    )
    asked = replace(asked, reply=None, accepted_at=asked.accepted_at or now, put_off=None)
    held, orders = wound(asked, AssistanceState.ACCEPTED, term, now, policy, calendar)
    note = letter(held, "decided", held.requested, now, held.due_at)
    held = line(replace(held, owed=Owed(key=note.key, since=now)))
    return Decision(state=held, because=because, orders=(note, *orders), ends=TIMERS)


def begun(request: Request, policy: Policy, now: datetime, calendar: WorkingCalendar) -> tuple[Request, tuple[Order, ...]]:
    """The superior has the letter: its time begins there, where what it lay here has taken any of it (as `sending` has it)."""
    told, row = request.dispute, policy.terms.get(Timer.ASSIST_DISPUTE)
    if request.state is not AssistanceState.DISPUTED or told is None or row is None:
        return request, ()
    term = due(now, row.term, calendar, StartEvent.REQUEST_SENT)
    if calendar.local_date(term.at) <= calendar.local_date(told.due_at):
        return request, ()
    held = replace(request, turn=request.turn + 1, dispute=replace(told, due_at=term.at, counted=term.counted))
    return held, (wait(held, OrderKind.ASSIST_DECIDE, term.at),)


def unbrought(request: Request, code: str, now: datetime, pack: str) -> Decision[Request]:
    """The letter surely never reached the superior: nobody above has the dispute, and the request does not stand as if. A person picks."""
    told = request.dispute
    assert told is not None, "a dispute was ordered"
    facts = {"to": told.superior or "", "error": code}
    because = Because(rule="assistance.undeliverable", basis=(request.basis,), pack=pack, facts=facts)
    held = replace(request, dispute=replace(told, superior=None))
    return Decision(state=noted(held, "assistance.dispute_stayed", now, told.superior or "", code), because=because)


def undecided(request: Request, now: datetime, pack: str) -> Decision[Request]:
    """The superior's date has passed without a word: the request ends unanswered, and the case takes the next way.

    A disputed refusal stands as long as nobody decides otherwise: whoever has refused with reasons was not silent. Where nobody above was
    asked, or the letter lies here on paper, nobody has let the date pass (`assistance.unjudged`).
    """
    superior = request.dispute.superior if request.dispute is not None else None
    unposted = superior is not None and lies(request, "dispute", superior)
    asked = superior is not None and not unposted
    because = Because(rule="assistance.undecided" if asked else UNJUDGED, basis=(request.basis,), pack=pack)
    if request.state is not AssistanceState.DISPUTED:
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    refused = request.dispute is not None and request.dispute.about is Quarrel.REFUSAL
    state = AssistanceState.DECLINED if refused else AssistanceState.UNANSWERED
    if unposted:
        request = noted(request, "assistance.dispute_stayed", now, superior or "", NOT_POSTED)
    return Decision(state=noted(replace(request, state=state, ended_at=now), because.rule, now), because=because, ends=TIMERS)
