"""What leaves the house of a request for assistance, who holds it, and that whoever does hears of its end."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from inspector.domain.assistance import TIMERS, AssistanceState, Past, Request, noted
from inspector.domain.decision import Because, Decision, Order, OrderKind


class LetterKind(StrEnum):
    """What a letter to another agency is for.

    To the requested agency: the request, a wish that it be acknowledged, reminders before the date and on its last day, one for its
    liaison officer and one for its head; that its date is agreed, or stays, or that it is to help; that what it refused
    or asked for by mail has no reasons, and does not count. To the common superior: an
    escalation, a dispute to decide. To whoever holds a letter: that it is over. To whoever helped: what came of it.
    A digest carries several letters to one agency.
    """

    REQUEST = "request"
    ACKNOWLEDGE = "acknowledge"
    REMINDER = "reminder"
    LAST = "last"
    LIAISON = "liaison"
    HEAD = "head"
    AGREED = "agreed"
    KEPT = "kept"
    DECIDED = "decided"
    UNREASONED = "unreasoned"
    ESCALATION = "escalation"
    DISPUTE = "dispute"
    CANCEL = "cancel"
    OUTCOME = "outcome"
    DIGEST = "digest"


ASKING = ("request", "acknowledge", "reminder", "last", "liaison", "head", "agreed", "kept", "decided", "unreasoned")
"""Kinds of letters to the requested agency that want something of it, or tell it the date that binds."""

ABOVE = ("escalation", "dispute")
"""Kinds of letters to the common superior."""


AFTERWARDS = ("cancel", "outcome")
"""Kinds of letters that tell whoever helped, or holds a letter, how it ended."""

APART = "#"
"""Between a connector and `liaison` or `head`: who holds such a letter where that connector reaches them elsewhere than the agency."""

ALONE = ":alone"
"""Behind the key of a letter that left a refused digest."""

_SPLIT = ("request", "acknowledge", "reminder")
"""Kinds of letters that a digest carries."""


_SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits and letters of which no two are read or heard alike (Crockford)."""


READ = "assistance.read"
"""The line of history of a request that its agency has read by a token of its own: it has it, whatever a report says of the letter."""


def read(request: Request) -> bool:
    """Whether the agency has read it by a token of its own, since it is asked."""
    return any(one.rule == READ and one.at >= request.opened_at for one in request.history)


def short(request_id: str) -> str:
    """Six signs by which people tell two requests apart, on paper and on the telephone; the number alone names one."""
    drawn = int.from_bytes(hashlib.sha256(request_id.encode()).digest()[:4]) >> 2
    return "".join(_SIGNS[drawn >> shift & 31] for shift in range(25, -1, -5))


def letter(
    request: Request, kind: str, via: str, now: datetime, expires_at: datetime | None, *, after: tuple[str, ...] = ()
) -> Order:
    """The order to hand one letter over, once the work `after` is surely over; useless from `expires_at` on (None: never)."""
    connector, _, reader = via.partition(APART)
    return Order(
        kind=OrderKind.ASSIST_SEND,
        key=request.letter_key(kind, via),
        due_at=now,
        urgent_by=request.due_at,
        lane=connector,
        case_id=request.case_id,
        expires_at=expires_at,
        payload={"request": request.id, "letter": kind, "via": connector, "after": list(after)}
        | ({"reader": reader} if reader else {}),
    )


def anew(request: Request, order: Order, mark: str) -> tuple[Request, Order]:
    """A letter of a kind that went in the same clock before: `mark` makes it another one, and the request knows that it is on its way."""
    key = f"{order.key}:{mark}"
    return replace(request, again=(*request.again, key)), replace(order, key=key)


def alone(request: Request, kind: str, via: str, now: datetime) -> Order:
    """A letter that a digest carried in vain goes by itself, under a key of its own; useless from its request's date on."""
    order = letter(request, kind, via, now, request.due_at)
    return replace(order, key=order.key + ALONE)


def above(request: Request, kind: str, via: str) -> bool:
    """Whether a letter is the common superior's, by what the request says alone: no tree of agencies changes whose it is (decision 174).

    What tells of the end goes to whoever holds a letter: the agency's people are those of whom the request knows that they were written to.
    """
    return kind in ABOVE or (kind in AFTERWARDS and via not in (request.requested, *request.contacts.values()))


def until(request: Request, now: datetime) -> datetime | None:
    """So long a letter is worth a try that tells how to answer: to the last date of the clock that runs; None: until the request's end."""
    asked = request.dispute.due_at if request.state is AssistanceState.DISPUTED and request.dispute else None
    last = max(one for one in (request.due_at, request.escalate_at, request.end_at, asked) if one is not None)
    return last if last > now else None


def sent(request: Request, via: str, reference: str, now: datetime, pack: str, key: str = "") -> Decision[Request]:
    """Somebody has a letter (`key`): the requested agency, or the common superior (`via` is the connector)."""
    because = Because(rule="assistance.sent", basis=(request.basis,), pack=pack, facts={"to": via, "reference": reference})
    held = perhaps(request, via)
    if key and kind_of(request, key) not in ABOVE:
        held = replace(held, had={**request.had, key: now})
    if via == request.requested and request.sent_at is None:
        state = AssistanceState.SENT if request.state is AssistanceState.ORDERED else request.state
        held = noted(replace(held, state=state, sent_at=now), because.rule, now)
    return Decision(state=held, because=because)


def of_kind(told: Decision[Request], kind: str) -> Decision[Request]:
    """With which request it was about and what its letter was for (a `LetterKind`): a reminder leaves as the request before it did."""
    because = told.because
    return replace(told, because=replace(because, facts={"request": told.state.id, "letter": kind, **because.facts}))


LAID = "assistance.laid"
"""The line of history of a letter on paper that lies here to be posted; its kind is what was said."""

POSTED = "assistance.posted"
"""The line of history that a person has posted it."""

NOT_POSTED = "not_posted"
"""Why a letter on paper reached nobody."""

UNPOSTED = "assistance.unposted"
"""The line of history by which a request ends whose letter nobody has posted for as long as our own people have for a word."""


PICKED = "assistance.picked"
"""The line of history of a note by which a person of ours closes the matter that nobody is known above both sides."""

_INTERNAL = frozenset({PICKED})


def meant_for_others(request: Request) -> tuple[Past, ...]:
    """The history as others may read it: without what people of ours have noted for themselves."""
    return tuple(one for one in request.history if one.rule not in _INTERNAL)


def picked(request: Request, by: str, told: str, now: datetime, pack: str) -> Decision[Request]:
    """Nobody is known above both sides, and a person says who was told instead (`told`, in his or her words): its history says so."""
    because = Because(rule=PICKED, basis=(request.basis,), pack=pack, facts={"by": by, "told": told})
    return Decision(state=noted(request, because.rule, now, by, told), because=because)


def kind_of(request: Request, key: str) -> str:
    """For what the letter of a key is (a `LetterKind`); the first one, where no key is known."""
    return "request" if not key else key.removeprefix(f"{OrderKind.ASSIST_SEND.value}:{request.id}:").partition(":")[0]


def laid(request: Request, kind: str, via: str, reference: str, now: datetime, pack: str) -> Decision[Request]:
    """A letter on paper lies in the house: somebody is to post it, and until then nobody outside holds it."""
    because = Because(rule=LAID, basis=(request.basis,), pack=pack, facts={"to": via, "reference": reference})
    return Decision(state=noted(request, LAID, now, via, kind), because=because)


def lies(request: Request, kind: str, via: str | None) -> bool:
    """Whether the last letter of a kind to somebody lies here on paper: nobody has said that it was posted."""
    rules = (one.rule for one in reversed(request.history) if one.rule in (LAID, POSTED) and (one.said, one.who) == (kind, via))
    return next(rules, POSTED) == LAID


def laid_at(request: Request, kind: str, via: str) -> datetime:
    """Since when the last letter of a kind to somebody lies here."""
    lines = (one.at for one in reversed(request.history) if (one.rule, one.said, one.who) == (LAID, kind, via))
    return next(lines, request.opened_at)


def perhaps(request: Request, *via: str) -> Request:
    """Somebody holds a letter, or may: the tries to hand it over were in vain, but nobody knows what became of them."""
    return replace(request, told=tuple(dict.fromkeys((*request.told, *via))))


def undeliverable(request: Request, code: str, now: datetime, pack: str) -> Decision[Request]:
    """The letter could not be handed over by any try: no answer, next way."""
    because = Because(rule="assistance.undeliverable", basis=(request.basis,), pack=pack, facts={"error": code})
    held = noted(replace(request, state=AssistanceState.UNANSWERED, ended_at=now), because.rule, now)
    return Decision(state=held, because=because, ends=TIMERS)


def unescalated(request: Request, code: str, now: datetime, pack: str) -> Decision[Request]:
    """The letter surely never reached the common superior: nobody above was told, and the request does not stand as if."""
    facts = {"to": request.escalated_to or "", "error": code}
    because = Because(rule="assistance.undeliverable", basis=(request.basis,), pack=pack, facts=facts)
    state = replace(request, state=AssistanceState.PAST_DUE, escalated_to=None)
    return Decision(state=noted(state, "assistance.escalate_stayed", now, request.escalated_to or "", code), because=because)


def letters(request: Request) -> Mapping[str, str]:
    """Key and addressee of every letter that asks for something and may still be on its way; of a push nobody: it leaves no letter."""
    turns = [replace(request, turn=turn) for turn in range(request.turn + 1)]
    asked = {
        held.letter_key(kind, held.requested) + mark: held.requested
        for held in turns
        for kind in ASKING
        for mark in (("", ALONE) if kind in _SPLIT else ("",))
        if request.state.open or request.state is AssistanceState.UNANSWERED
    }
    if request.state.open or request.state is AssistanceState.UNANSWERED:
        asked |= {key: _addressee(request, key) for key in request.again} | dict(request.contacts)
    above = {request.escalated_to, request.dispute.superior if request.dispute else None} - {None}
    return asked | {held.letter_key(kind, str(via)): str(via) for held in turns for via in above for kind in ABOVE}


def _addressee(request: Request, key: str) -> str:
    """Whom a letter that goes once more is for: the superior where it is of a kind that goes above."""
    kind = kind_of(request, key)
    return key.partition(f":{kind}:")[2].partition(":")[0] if kind in ABOVE else request.requested


def cancel(request: Request, unsure: Mapping[str, tuple[str, ...]], now: datetime, pack: str) -> Decision[Request]:
    """The case is over: everybody who holds a letter hears so, once each, and nobody who never got one.

    `unsure` are those who may have one: its sending was under way or its outcome is unknown. Their notice comes after the work
    named with them, so that it does not overtake the letter. A request that had ended keeps its state.
    """
    rule = "assistance.cancel" if request.state.open else "assistance.over"  # what was answered is not called off
    because = Because(rule=rule, basis=(request.basis,), pack=pack)
    state, orders = closing(replace(request, told=tuple(dict.fromkeys((*request.told, *unsure)))), now, unsure)
    if request.state.open:
        refused = request.state is AssistanceState.DISPUTED and request.reply is not None  # who has refused was not called off
        ended = AssistanceState.DECLINED if refused else AssistanceState.CANCELLED
        state = noted(replace(state, state=ended, ended_at=now), rule, now)
    return Decision(state=state, because=because, orders=orders, ends=TIMERS)


def closing(
    request: Request, now: datetime, unsure: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Request, tuple[Order, ...]]:
    """The one word that it is over, to everybody who holds a letter and has not heard it: by whichever end, once for each clock.

    Nothing goes to who has ended it by its own word, and nothing to whom no letter reached (decision 166): it would hear of the end of
    what it never knew. The word waits for the work that `unsure` names with a holder.
    """
    after = unsure or {}
    hears = tuple(via for via in request.told if via not in _ended_it(request) | _unposted(request))
    orders = tuple(letter(request, "cancel", via, now, None, after=after.get(via, ())) for via in hears)
    return replace(request, told=()), orders


def _unposted(request: Request) -> frozenset[str]:
    """The agency whose first letter lay here on paper to the end: an office of a former release has it among those who hold one."""
    first = any(one.rule == LAID and one.at >= request.opened_at for one in request.history)
    unknown = first and request.state is AssistanceState.UNANSWERED and not request.reached
    return frozenset({request.requested}) if unknown else frozenset()


_ENDS = frozenset({"assistance.decline", "assistance.decide", "assistance.undecided", "assistance.unjudged", "assistance.cancel"})
"""The lines of history by which a request that was disputed is over as refused; whatever is noted later ends nothing."""


def _last_end(request: Request) -> str:
    return next((one.rule for one in reversed(request.history) if one.rule in _ENDS), "")


def _ended_it(request: Request) -> frozenset[str]:
    """Whose word has ended a request: the agency that answered, refused or named another, the superior that says it need not help."""
    told = request.dispute
    if request.state in (AssistanceState.ANSWERED, AssistanceState.FORWARDED):
        return frozenset({request.requested})
    if request.state is not AssistanceState.DECLINED:
        return frozenset()
    if told is None or _last_end(request) == "assistance.decline":  # it has disputed, and then refused all the same
        return frozenset({request.requested})
    return frozenset({told.superior}) if told.helps is False and told.superior is not None else frozenset()
