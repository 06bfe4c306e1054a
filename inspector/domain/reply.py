"""What the requested agency says: that it has the letter, that it takes the request on, a part, an answer, or why it cannot help.

No answer without a signer, no refusal without reasons (the plan, item 7; handbook 1.5.1, scenario 52).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from inspector.domain.afterword import afterword, bounded
from inspector.domain.assistance import (
    TIMERS,
    AssistanceState,
    Door,
    Inability,
    Request,
    Word,
    by_door,
    came,
    must_be_open,
    noted,
    signed,
    stands,
)
from inspector.domain.decision import Because, Decision, OrderKind, Told
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict, blank, stated
from inspector.domain.letter import READ, letter, read, until
from inspector.domain.ordered import must_not_pass_on
from inspector.domain.policy import Compare
from inspector.domain.said import Saying


def deliver(request: Request, now: datetime, pack: str, *, token: str = "") -> Decision[Request]:
    """The letter was opened for the first time, by a person or a machine of theirs: it has arrived, and nothing else follows.

    Whoever reads it by a `token` of the agency's own surely has it (`READ`); a link may be opened by what scans mail on its way.
    """
    facts = {**by_door(Door(token=token) if token else None)}
    because = Because(rule=READ if token else "assistance.delivered", basis=(request.basis,), pack=pack, facts=facts)
    if not request.state.open or opened(request, token):
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    fresh = request.state in (AssistanceState.ORDERED, AssistanceState.SENT)
    state = AssistanceState.DELIVERED if fresh else request.state
    held = replace(request, state=state, delivered_at=request.delivered_at or now, sent_at=request.sent_at or now)
    return Decision(state=noted(held, because.rule, now), because=because)


def opened(request: Request, token: str = "") -> bool:
    """Whether its letter was opened before: by its link, or by a `token` of the agency's own."""
    return read(request) if token else request.delivered_at is not None


def wrote(request: Request, by: str, digest: str, since: datetime, now: datetime, pack: str) -> Decision[Request]:
    """Somebody has read a mail of the agency's (its `digest`) that was here `since`: it has spoken, whatever of it was transcribed."""
    facts = {"by": by, "digest": digest, "came": since.isoformat()}
    because = Because(rule="assistance.wrote", basis=(request.basis,), pack=pack, facts=facts)
    return Decision(state=came(noted(request, because.rule, now), since), because=because)


def accept(request: Request, signer: str, now: datetime, pack: str, door: Door | None = None) -> Decision[Request]:
    """The agency acknowledges the request and takes it on. Twice is once. Raises Invalid, Refusal."""
    must_be_open(request)
    signed(signer)
    because = Because(
        rule="assistance.accept", basis=(request.basis,), pack=pack, facts={"signer": signer, **by_door(door), **_when(request)}
    )
    if request.accepted:
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    held = replace(request, state=stands(request, AssistanceState.ACCEPTED), accepted_at=now)
    return Decision(state=noted(held, because.rule, now), because=because, ends=frozenset({OrderKind.ASSIST_ACK}))


def warn(request: Request, word: Word, now: datetime, pack: str) -> Decision[Request]:
    """The agency tells of a difficulty without delay, with reasons: it has acknowledged the request, and every date stays (1.5.11).

    The same reasons again say nothing new. Raises Invalid, Refusal.
    """
    must_be_open(request)
    because = Because(rule="assistance.warn", basis=(request.basis,), pack=pack, facts=word.facts())
    if any((one.rule, one.said) == (because.rule, word.reasons) for one in request.history):
        return Decision(state=request, because=replace(because, rule="timer.obsolete"))
    state = stands(request, AssistanceState.ACCEPTED) if request.state.silent else request.state
    held = replace(request, state=state, accepted_at=request.accepted_at or now)
    return Decision(
        state=noted(held, because.rule, now, said=word.reasons), because=because, ends=frozenset({OrderKind.ASSIST_ACK})
    )


def partly(
    request: Request, value: str, rest: str, signer: str, now: datetime, pack: str, door: Door | None = None, *, remark: str = ""
) -> Decision[Request]:
    """A part is answered (`value`) and it is said what is still open (`rest`). The date stays, and so does the case's question.

    A `remark`, such as why the rest takes longer, is kept beside them.

    The same part again is refused, for it has been kept (`word_known`), and so is a further one of so many (`words_many`). Raises Invalid,
    Refusal.
    """
    must_be_open(request)
    signed(signer)
    if blank(value):
        raise Invalid("part_missing", field="value")
    if blank(rest):
        raise Invalid("rest_missing", field="rest")
    part = {"value": value, "rest": rest, "signer": signer, **({} if blank(remark) else {"reasons": remark}), **by_door(door)}
    bounded(request, request.parts, part)
    because = Because(rule="assistance.partly", basis=(request.basis,), pack=pack, facts=part)
    held = replace(
        request,
        state=stands(request, AssistanceState.PARTLY),
        accepted_at=request.accepted_at or now,
        parts=(*request.parts, part),
    )
    return Decision(state=noted(held, because.rule, now, said=rest), because=because, ends=frozenset({OrderKind.ASSIST_ACK}))


def answer(  # noqa: PLR0913 - an answer in all its parts
    request: Request,
    verdict: Verdict | None,
    value: str,
    signer: str,
    rule: Compare,
    now: datetime,
    pack: str,
    door: Door | None = None,
    *,
    remark: str = "",
    values: Sequence[str] = (),
) -> Decision[Request]:
    """The requested agency answers: by a verdict, or by the value it holds, which the pack's `rule` and list for the fact compare.

    Refused when it has, or when nobody wants to know any more: the first answer stands (`again`). So is one that contradicts itself
    (`stated`).

    After the last date it is late, and what it means is the case's affair. A `remark` is kept word for word and never compared.
    A mismatch says what its records hold; whoever cannot say says why (the plan, item 7: no refusal without reasons).
    """
    _must_hear(request)
    reply = _answer(request, verdict, value, signer, rule, remark, values)
    facts = {**reply, **by_door(door), **_when(request)}
    because = Because(rule="assistance.answer", basis=(request.basis,), pack=pack, facts=facts)
    held = _replied(request, AssistanceState.ANSWERED, reply, door, now)
    return Decision(state=noted(held, because.rule, now), because=because, ends=TIMERS)


def again(  # noqa: PLR0913 - as `answer`
    request: Request,
    verdict: Verdict | None,
    value: str,
    signer: str,
    rule: Compare,
    now: datetime,
    pack: str,
    door: Door | None = None,
    *,
    remark: str = "",
    values: Sequence[str] = (),
) -> Decision[Request]:
    """Whoever has answered or refused, or is asked no more, says otherwise now. It is kept for a person, and what was said before stands.

    Raises Invalid, Refusal.
    """
    said = _answer(request, verdict, value, signer, rule, remark, values)
    return afterword(request, Saying.ANSWER, said, now, pack, door)


def decline(
    request: Request,
    reasons: str,
    signer: str,
    now: datetime,
    pack: str,
    door: Door | None = None,
    *,
    inability: Inability = Inability.OTHER,
) -> Decision[Request]:
    """The requested agency cannot help. A code, written reasons and a signer are its duty (the plan, item 7; scenario 52).

    For want of competence it does not refuse what the common superior has decided (`help_ordered`).
    """
    _must_hear(request)
    if inability is Inability.BEYOND_POWERS:
        must_not_pass_on(request)
    signed(signer, reasons)
    reply = {"inability": inability.value, "reasons": reasons, "signer": signer}
    facts = {**reply, **by_door(door), **_when(request)}
    because = Because(rule="assistance.decline", basis=(request.basis,), pack=pack, facts=facts)
    held = _replied(request, AssistanceState.DECLINED, reply, door, now)
    told = Told(type="assistance.declined", data={"request": held.id, "claim": held.claim, "inability": inability.value})
    return Decision(state=noted(held, because.rule, now, said=reasons), because=because, told=(told,), ends=TIMERS)


def _answer(
    request: Request, verdict: Verdict | None, value: str, signer: str, rule: Compare, remark: str, values: Sequence[str]
) -> dict[str, object]:
    """An answer as it is kept, with the verdict that was signed (`signed`) where it is not weighed as that.

    Raises Invalid for one without its words, without a signer, or against itself.
    """
    if verdict is Verdict.MISMATCH and blank(value):
        raise Invalid("mismatch_wordless", field="value")
    if verdict is Verdict.CANNOT_SAY and blank(value):
        raise Invalid("cannot_say_wordless", field="value")
    signed(signer)
    weighed = stated(verdict, value, str(request.question["claimed"]), rule, values)
    said: dict[str, object] = {"verdict": weighed.value, "value": value, "signer": signer}
    said |= {"signed": verdict.value} if verdict not in (None, weighed) else {}
    return said if blank(remark) else {**said, "reasons": remark}


def _replied(request: Request, state: AssistanceState, reply: Mapping[str, object], door: Door | None, now: datetime) -> Request:
    late = request.moved_on or not request.state.open
    return replace(request, state=state, reply=reply, door=door, ended_at=now, late=late)


def _when(request: Request) -> dict[str, bool]:
    """That a word is late, as a fact of its decision."""
    return {"late": True} if request.moved_on or not request.state.open else {}


def _must_hear(request: Request) -> None:
    if not request.state.hears:
        raise Refusal("request_closed", request=request.id, state=request.state)


UNREASONED = "assistance.unreasoned"
"""The line of history of a mail that wanted reasons and had none: its agency is told that it does not count."""


def asked_back(request: Request) -> bool:
    """Whether the agency that is asked was told so already."""
    return any(one.rule == UNREASONED and one.at >= request.opened_at for one in request.history)


def unreasoned(request: Request, came: datetime, now: datetime, pack: str) -> Decision[Request]:
    """The agency refused, or asked for something, by mail and gave no reasons: it is told that this does not count, once.

    Its word is still read by a person (`wrote`), and nothing else follows from it: a refusal without reasons is none (handbook 1.5.2).
    """
    because = Because(rule=UNREASONED, basis=(request.basis,), pack=pack, facts={"came": came.isoformat()})
    note = letter(request, "unreasoned", request.requested, now, until(request, now))
    return Decision(state=noted(request, UNREASONED, now), because=because, orders=(note,))
