"""An assistance request as a legal object with clocks (协助核查; the plan, item 7; handbook 1.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.calendar import Counting, StartEvent, WorkingCalendar, due, reminder
from inspector.domain.case import Method
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Evidence, Verdict, blank, stated, unfresh
from inspector.domain.policy import Compare, Policy, Timer

TIMERS = frozenset({OrderKind.ASSIST_REMIND, OrderKind.ASSIST_DUE, OrderKind.ASSIST_END})


class AssistanceState(StrEnum):
    """Where a request stands. Silence never turns into an answer (handbook scenario 53).

    `PAST_DUE`: the day of the superior has come, and none is known whom a letter could reach.
    """

    ORDERED = "ORDERED"
    SENT = "SENT"
    REMINDED = "REMINDED"
    ESCALATED = "ESCALATED"
    PAST_DUE = "PAST_DUE"
    ANSWERED = "ANSWERED"
    DECLINED = "DECLINED"
    UNANSWERED = "UNANSWERED"
    CANCELLED = "CANCELLED"

    @property
    def open(self) -> bool:
        """Whether an answer still counts."""
        return self in (
            AssistanceState.ORDERED,
            AssistanceState.SENT,
            AssistanceState.REMINDED,
            AssistanceState.ESCALATED,
            AssistanceState.PAST_DUE,
        )

    @property
    def hears(self) -> bool:
        """Whether a word of the agency is kept: in time it counts, after the last date it is late evidence for a person."""
        return self.open or self is AssistanceState.UNANSWERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """How an agency's word came in: by the link of its letter, or by a token of its own, and then by whose name."""

    token: str = ""

    @property
    def name(self) -> str:
        """`link` or `token`."""
        return "token" if self.token else "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: who is asked what, on which ground, by when. `escalated_to` is the common superior's connector.

    Three dates of its own, beside the case's, which goes on: its reply (`due_at`), then the superior (`escalate_at`), then its end
    without an answer (`end_at`, once that day has come).

    `told` are the connectors of those who hold a letter of it and have not heard yet that it is over. `late`: the reply came when the
    request had ended without one.
    """

    id: str
    case_id: str
    claim: str
    requester: str
    requested: str
    ground: str
    basis: str
    question: Mapping[str, object]
    state: AssistanceState
    opened_at: datetime
    due_at: datetime
    due_counted: Counting
    due_provisional: bool
    escalate_at: datetime
    escalate_counted: Counting
    end_at: datetime | None = None
    end_counted: Counting | None = None
    sent_at: datetime | None = None
    escalated_to: str | None = None
    told: tuple[str, ...] = ()
    reply: Mapping[str, object] | None = None
    door: Door | None = None
    ended_at: datetime | None = None
    late: bool = False


def open_request(
    case_id: str, requester: str, order: Order, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """Open a request from the verification's order: the letter goes out now, reminder and escalation are rows with dates."""
    said = order.payload
    reply = policy.term(Timer.ASSIST_REPLY)
    term = due(now, reply.term, calendar, StartEvent.REQUEST_OPENED)
    escalate = due(term.at, policy.term(Timer.ASSIST_ESCALATE).term, calendar, StartEvent.REQUEST_DUE)
    request = Request(
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
        escalate_at=escalate.at,
        escalate_counted=escalate.counted,
    )
    remind = reminder(term.at, policy.term(Timer.ASSIST_REMIND).term.amount, calendar)
    timers = (
        _timer(request, OrderKind.ASSIST_REMIND, max(remind, now)),
        _timer(request, OrderKind.ASSIST_DUE, escalate.at),
    )
    because = Because(
        rule="assistance.open",
        basis=(request.basis, reply.basis),
        pack=policy.label,
        facts={"request": request.id, "ground": request.ground, "due_at": term.at.isoformat()},
    )
    return Decision(
        state=request, because=because, orders=(letter(request, "request", request.requested, now, request.due_at), *timers)
    )


def letter(
    request: Request, kind: str, via: str, now: datetime, expires_at: datetime | None, *, after: tuple[str, ...] = ()
) -> Order:
    """The order to hand one letter over, once the work `after` is surely over; useless from `expires_at` on (None: never)."""
    return Order(
        kind=OrderKind.ASSIST_SEND,
        key=_letter_key(request, kind, via),
        due_at=now,
        urgent_by=request.due_at,
        lane=via,
        case_id=request.case_id,
        expires_at=expires_at,
        payload={"request": request.id, "letter": kind, "via": via, "after": list(after)},
    )


def sent(request: Request, via: str, reference: str, now: datetime, pack: str) -> Decision[Request]:
    """Somebody has a letter: the requested agency, or the common superior (`via` is the connector)."""
    because = Because(rule="assistance.sent", basis=(request.basis,), pack=pack, facts={"to": via, "reference": reference})
    held = perhaps(request, via)
    if request.state is AssistanceState.ORDERED:
        held = replace(held, state=AssistanceState.SENT, sent_at=now)
    return Decision(state=held, because=because)


def perhaps(request: Request, via: str) -> Request:
    """Somebody holds a letter, or may: the tries to hand it over were in vain, but nobody knows what became of them."""
    return replace(request, told=tuple(dict.fromkeys((*request.told, via))))


def remind(request: Request, now: datetime, pack: str) -> Decision[Request]:
    """Some days before the date: one friendly letter. After the date it is of no use any more, and the superior hears instead."""
    because = Because(rule="assistance.remind", basis=(request.basis,), pack=pack)
    if not request.state.open or now >= request.due_at:
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    state = replace(request, state=AssistanceState.REMINDED)
    return Decision(
        state=state, because=because, orders=(letter(request, "reminder", request.requested, now, request.escalate_at),)
    )


def escalate(
    request: Request, superior: str | None, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Request]:
    """No answer by the date: tell the common superior (`superior` is its connector; None: none is known, a person picks).

    Where none is known nobody is told, and the decision and the state say just that.
    """
    because = Because(rule="assistance.past_due", basis=(request.basis,), pack=policy.label)
    if superior:
        because = replace(because, rule="assistance.escalate", facts={"superior": superior})
    if not request.state.open:
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    end = due(now, policy.term(Timer.ASSIST_END).term, calendar, StartEvent.REQUEST_ESCALATED)
    stands = AssistanceState.ESCALATED if superior else AssistanceState.PAST_DUE
    state = replace(request, state=stands, escalated_to=superior, end_at=end.at, end_counted=end.counted)
    orders = [_timer(request, OrderKind.ASSIST_END, end.at)]
    if superior:
        orders.append(letter(request, "escalation", superior, now, end.at))
    return Decision(state=state, because=because, orders=tuple(orders))


def silent(request: Request, now: datetime, pack: str) -> Decision[Request]:
    """The last date has passed: the request ends without an answer, and the case takes the next way."""
    because = Because(rule="assistance.silent", basis=(request.basis,), pack=pack)
    if not request.state.open:
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    return Decision(state=replace(request, state=AssistanceState.UNANSWERED, ended_at=now), because=because, ends=TIMERS)


def answer(
    request: Request,
    verdict: Verdict | None,
    value: str,
    signer: str,
    rule: Compare,
    now: datetime,
    pack: str,
    door: Door | None = None,
) -> Decision[Request]:
    """The requested agency answers: by a verdict, or by the value it holds, which the pack's `rule` for the fact compares.

    Refused when it has, or when nobody wants to know any more: the first answer stands. So is one that contradicts itself (`stated`).

    After the last date it is late, and what it means is the case's affair.
    A mismatch says what its records hold; whoever cannot say says why (the plan, item 7: no refusal without reasons).
    """
    _must_hear(request)
    if verdict is Verdict.MISMATCH and blank(value):
        raise Invalid("mismatch_wordless", field="value")
    if verdict is Verdict.CANNOT_SAY and blank(value):
        raise Invalid("cannot_say_wordless", field="value")
    if blank(signer):
        raise Invalid("signer_missing", field="signer")
    verdict = stated(verdict, value, str(request.question["claimed"]), rule)
    reply = {"verdict": verdict.value, "value": value, "signer": signer}
    because = Because(rule="assistance.answer", basis=(request.basis,), pack=pack, facts={**reply, **_by(door), **_when(request)})
    return Decision(state=_replied(request, AssistanceState.ANSWERED, reply, door, now), because=because, ends=TIMERS)


def decline(request: Request, reasons: str, signer: str, now: datetime, pack: str, door: Door | None = None) -> Decision[Request]:
    """The requested agency cannot help. Written reasons and a signer are its duty (the plan, item 7; scenario 52)."""
    _must_hear(request)
    if blank(reasons):
        raise Invalid("reasons_missing", field="reasons")
    if blank(signer):
        raise Invalid("signer_missing", field="signer")
    reply = {"reasons": reasons, "signer": signer}
    because = Because(
        rule="assistance.decline", basis=(request.basis,), pack=pack, facts={**reply, **_by(door), **_when(request)}
    )
    return Decision(state=_replied(request, AssistanceState.DECLINED, reply, door, now), because=because, ends=TIMERS)


def undeliverable(request: Request, code: str, now: datetime, pack: str) -> Decision[Request]:
    """The letter could not be handed over by any try: no answer, next way."""
    because = Because(rule="assistance.undeliverable", basis=(request.basis,), pack=pack, facts={"error": code})
    return Decision(state=replace(request, state=AssistanceState.UNANSWERED, ended_at=now), because=because, ends=TIMERS)


def unescalated(request: Request, code: str, pack: str) -> Decision[Request]:
    """The letter surely never reached the common superior: nobody above was told, and the request does not stand as if."""
    facts = {"to": request.escalated_to or "", "error": code}
    because = Because(rule="assistance.undeliverable", basis=(request.basis,), pack=pack, facts=facts)
    return Decision(state=replace(request, state=AssistanceState.PAST_DUE, escalated_to=None), because=because)


def letters(request: Request) -> Mapping[str, str]:
    """Key and addressee of every letter that asks for something and may still be on its way."""
    asked = {
        _letter_key(request, kind, request.requested): request.requested
        for kind in ("request", "reminder")
        if request.state.open or request.state is AssistanceState.UNANSWERED
    }
    above = request.escalated_to
    return asked | ({_letter_key(request, "escalation", above): above} if above else {})


def cancel(request: Request, unsure: Mapping[str, tuple[str, ...]], now: datetime, pack: str) -> Decision[Request]:
    """The case is over: everybody who holds a letter hears so, once each, and nobody who never got one.

    `unsure` are those who may have one: its sending was under way or its outcome is unknown. Their notice comes after the work
    named with them, so that it does not overtake the letter. A request that had ended keeps its state.
    """
    rule = "assistance.cancel" if request.state.open else "assistance.over"  # what was answered is not called off
    because = Because(rule=rule, basis=(request.basis,), pack=pack)
    holders = tuple(dict.fromkeys((*request.told, *unsure)))
    state = replace(request, told=())
    if request.state.open:
        state = replace(state, state=AssistanceState.CANCELLED, ended_at=now)
    orders = tuple(letter(request, "cancel", via, now, None, after=unsure.get(via, ())) for via in holders)
    return Decision(state=state, because=because, orders=orders, ends=TIMERS)


def evidence_id(request: Request) -> str:
    """The id of the evidence of a request's end; a late word stands beside the piece that says that nobody answered."""
    return f"assist:{request.id}{':late' if request.late else ''}"


def evidence_of(request: Request, verdict: Verdict, note: str, asked_at: datetime) -> Evidence:
    """A request's end as evidence about its claim. An agency's signed answer is as of its own day, which may be before the claim's."""
    on = date.fromisoformat(str(request.question["on"]))
    early = unfresh(verdict, None, on, None, request.ended_at or asked_at)
    return Evidence(
        id=evidence_id(request),
        claim=request.claim,
        method=Method.ASSISTANCE,
        via=request.requested,
        verdict=verdict,
        fresh=not early,
        asked_at=asked_at,
        as_of=None,
        note=note or early,
        found=str((request.reply or {}).get("value", "")),
        remark=str((request.reply or {}).get("reasons", "")),
        door=request.door.name if request.door else "",
        token=request.door.token if request.door else "",
    )


def common_superior(parents: Mapping[str, str | None], one: str, other: str) -> str | None:
    """The lowest agency above both (handbook 1.5.4, scenario 55), or None when the tree knows none."""
    above: list[str] = []
    here = parents.get(one)
    while here and here not in above:
        above.append(here)
        here = parents.get(here)
    here = parents.get(other)
    seen: set[str] = set()
    while here and here not in seen:
        if here in above:
            return here
        seen.add(here)
        here = parents.get(here)
    return None


def _timer(request: Request, kind: OrderKind, at: datetime) -> Order:
    """A wait as a row."""
    return Order(
        kind=kind,
        key=f"{kind.value}:{request.id}",
        due_at=at,
        urgent_by=at,
        case_id=request.case_id,
        payload={"request": request.id},
    )


def _letter_key(request: Request, kind: str, via: str) -> str:
    """A letter's key: each kind goes to each addressee once."""
    return f"{OrderKind.ASSIST_SEND.value}:{request.id}:{kind}:{via}"


def _by(door: Door | None) -> dict[str, str]:
    """The door as facts of a decision."""
    return {} if door is None else {"door": door.name} | ({"token": door.token} if door.token else {})


def _others(request: Request) -> tuple[str, ...]:
    """Who holds a letter besides the requested agency, which has ended the request itself."""
    return tuple(via for via in request.told if via != request.requested)


def _replied(request: Request, state: AssistanceState, reply: Mapping[str, object], door: Door | None, now: datetime) -> Request:
    late = not request.state.open
    return replace(request, state=state, reply=reply, door=door, ended_at=now, told=_others(request), late=late)


def _when(request: Request) -> dict[str, bool]:
    """That a word is late, as a fact of its decision."""
    return {} if request.state.open else {"late": True}


def _must_hear(request: Request) -> None:
    if not request.state.hears:
        raise Refusal("request_closed", request=request.id, state=request.state)
