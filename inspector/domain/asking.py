"""A request for assistance is opened, and forwarded where the wrong agency was asked (handbook 1.5.3, scenario 56)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.domain.assistance import TIMERS, AssistanceState, Request, Word, must_be_open, noted
from inspector.domain.availability import Availability
from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.decision import Because, Decision, Order, Told
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.ladder import clocked, waits
from inspector.domain.letter import letter
from inspector.domain.ordered import must_not_pass_on
from inspector.domain.policy import Policy, TermRow
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer
from inspector.domain.urgency import Urgency


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """Both sides of a forwarding: the request that ends where it was, and the one that begins where it belongs."""

    old: Decision[Request]
    new: Decision[Request]


ARROW = " → "
"""Between those who have passed a request on, as they are told."""
_LIES = {Availability.ON_PLATFORM: Timer.ASSIST_PLATFORM, Availability.TO_PUBLISH: Timer.ASSIST_PUBLISH}


def open_request(
    case_id: str, requester: str, order: Order, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """Open a request from the verification's order: the letter goes out now, every step of the ladder is a row with its date.

    A ground is mandatory (handbook 1.5.3): a pack's fact that names an agency without one is refused by the loader.
    """
    said = order.payload
    fact = policy.item(str(said["item"])).fact(str(said["fact"]))
    reply = term_of(policy, fact.urgency, said)
    term = due(now, reply.term, calendar, StartEvent.REQUEST_OPENED)
    plain = Request(
        id=f"{case_id}.{said['claim']}.{said['step']}",
        case_id=case_id,
        claim=str(said["claim"]),
        requester=requester,
        requested=str(said["via"]),
        ground=str(said["ground"]),
        basis=str(said["basis"]),
        question={name: said[name] for name in ("item", "fact", "claimed", "on", "kind", "code")},
        state=AssistanceState.ORDERED,
        opened_at=now,
        due_at=term.at,
        due_counted=term.counted,
        due_provisional=term.provisional,
        escalate_at=term.at,
        escalate_counted=term.counted,
        urgency=fact.urgency if reply.timer is Timer.ASSIST_URGENT else Urgency.NORMAL,
    )
    return _opened(noted(clocked(plain, term, now, policy, calendar), "assistance.open", now), reply, policy, now)


def term_of(policy: Policy, urgency: Urgency, question: Mapping[str, object]) -> TermRow:
    """The term of an answer to a `question`: of an urgent one, or by where the data are (1.5.9); without a row for these, of all."""
    item = policy.items.get(str(question.get("item")))
    lies = next((one.availability for one in item.facts if one.code == question.get("fact")), None) if item is not None else None
    timer = Timer.ASSIST_URGENT if urgency is Urgency.URGENT else _LIES.get(lies) if lies is not None else None
    usual = policy.term(Timer.ASSIST_REPLY)
    return policy.terms.get(timer, usual) if timer is not None else usual


def forward(
    request: Request,
    to: str,
    word: Word,
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
) -> Forwarded:
    """The agency lacks the competence and names another (`to`, a connector). History goes along; a new clock runs for the new one only.

    Refused is a circle: who has said that it is not competent is not asked again (`forward_circle`); whoever is meant may dispute it,
    and the common superior decides. So is a request whose common superior has the word, or has decided that this agency is to help
    (`help_ordered`). Raises Invalid, Refusal.
    """
    must_be_open(request)
    must_not_pass_on(request)
    said = word.facts()
    if to == request.requested:
        raise Invalid("forward_self", field="to")
    passed = (*request.chain, request.requested)
    if to in passed:
        raise Refusal("forward_circle", request=request.id, to=to, chain=ARROW.join(passed))
    root = request.id.partition(FORWARD)[0]
    reply = term_of(policy, request.urgency, request.question)
    term = due(now, reply.term, calendar, StartEvent.REQUEST_OPENED)
    fresh = Request(
        id=f"{root}{FORWARD}{len(passed)}",
        case_id=request.case_id,
        claim=request.claim,
        requester=request.requester,
        requested=to,
        ground=request.ground,
        basis=request.basis,
        question=request.question,
        state=AssistanceState.ORDERED,
        opened_at=now,
        due_at=term.at,
        due_counted=term.counted,
        due_provisional=term.provisional,
        escalate_at=term.at,
        escalate_counted=term.counted,
        urgency=request.urgency,
        first=request.first or request.requested,
        chain=passed,
        forwarded_from=request.id,
        moved_on=request.moved_on,
    )
    facts: dict[str, object] = {"to": to, **said}
    because = Because(rule="assistance.forward", basis=(request.basis,), pack=policy.label, facts=facts)
    kept = noted(request, because.rule, now, to, word.reasons)
    old = replace(
        kept,
        state=AssistanceState.FORWARDED,
        ended_at=now,
        forwarded_to=fresh.id,
        reply={"to": to, "reasons": word.reasons, "signer": word.signer},
        door=word.door,
    )
    fresh = clocked(replace(fresh, history=kept.history), term, now, policy, calendar)
    return Forwarded(
        old=Decision(
            state=old,
            because=because,
            told=(Told(type="assistance.forwarded", data={"request": old.id, "claim": old.claim, "to": to}),),
            ends=TIMERS,
        ),
        new=_opened(fresh, reply, policy, now),
    )


FORWARD = ":f"
"""What stands between a request's number and how often it was forwarded."""


def _opened(request: Request, reply: TermRow, policy: Policy, now: datetime) -> Decision[Request]:
    facts: dict[str, object] = {"request": request.id, "ground": request.ground, "due_at": request.due_at.isoformat()}
    if request.urgency is not Urgency.NORMAL:
        facts["urgency"] = request.urgency.value
    because = Because(rule="assistance.open", basis=(request.basis, reply.basis), pack=policy.label, facts=facts)
    orders = (letter(request, "request", request.requested, now, request.due_at), *waits(request, now))
    return Decision(state=request, because=because, orders=orders)
