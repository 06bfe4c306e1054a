"""The steps of a request to another agency computed again (`recompute`): each from the one before, by the pack and the calendar.

What the agency has said stands with the request, so that the ledger is held to it; by which letter somebody was reached no entry says, so
one of those there were is to come to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from inspector.domain import asking, digest, dispute, echo, ladder, letter, recounting, reply, respite, sending, unheard
from inspector.domain.assistance import AssistanceState, Door, Inability, Quarrel, Request, Word
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import Case
from inspector.domain.contact import Contact
from inspector.domain.decision import Decision
from inspector.domain.evidence import Verdict
from inspector.domain.policy import Policy
from inspector.domain.scoreboard import WORDS
from inspector.domain.steps import Unstored

Found = Iterator[Decision[Request] | None]
ECHO = "assistance.echo"
"""The rule by which whoever helped hears what came of it: it rests on what the case came to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A step as it is taken again: `held` as the request stood before it, `last` as it is stored now, `facts` as its entry tells them.

    `case`: as it stood then, as far as that was computed; `cited`: the evidence that its last review names.
    """

    held: Request
    last: Request
    facts: Mapping[str, Any]
    policy: Policy
    calendar: WorkingCalendar
    now: datetime
    rule: str
    case: Case
    cited: frozenset[str] = frozenset()

    @property
    def said(self) -> str:
        """What was said with it, as the request's own history has it. Raises Unstored where it is not there any more."""
        before = sum(one.rule == self.rule for one in self.held.history)
        told = [one for one in self.last.history if one.rule == self.rule][before : before + 1]
        if not told or told[0].at != self.now:
            raise Unstored
        return told[0].said

    @property
    def door(self) -> Door | None:
        """By which door a word came, as the entry tells it; None for one of our own people's."""
        if "door" not in self.facts:
            return None
        by, came = self.facts["door"], self.facts.get("came")
        return Door(
            token=self.facts.get("token", ""),
            by="" if by in ("link", "token") else by,
            written=self.facts.get("written", ""),
            scan=self.facts.get("scan", ""),
            came=datetime.fromisoformat(came) if came else None,
        )

    def word(self, said: str) -> Word:
        """A word with its reasons, under the name that the entry tells."""
        return Word(reasons=said, signer=self.facts["signer"], door=self.door)

    def keys(self, kind: str, via: str) -> Iterator[str]:
        """The keys by which a letter of a kind may have gone."""
        for turn in range(self.held.turn, -1, -1):
            yield replace(self.held, turn=turn).letter_key(kind, via)
        yield from (one for one in (*self.held.again, *self.held.contacts) if letter.kind_of(self.held, one) == kind)


def _left(turn: Turn) -> Found:
    """A letter was handed over, was laid here on paper, or was posted."""
    held, kind, via = turn.held, turn.facts["letter"], turn.facts["to"]
    for key in turn.keys(kind, via):
        if turn.rule == letter.POSTED:
            told = sending.posted(held, turn.facts["by"], turn.policy, turn.now, turn.calendar, key=key, via=via)
        else:
            paper = turn.rule == letter.LAID
            reference = turn.facts["reference"]
            told = sending.sent(held, via, reference, turn.policy, turn.now, turn.calendar, by_hand=paper, key=key)
        yield letter.of_kind(told, kind)


def _lost(turn: Turn) -> Found:
    """A letter surely reached nobody: the agency, or whoever is above both."""
    code, pack = turn.facts["error"], turn.policy.label
    if "to" not in turn.facts:
        yield letter.undeliverable(turn.held, code, turn.now, pack)
    elif turn.held.state is AssistanceState.DISPUTED:
        yield dispute.unbrought(turn.held, code, turn.now, pack)
    else:
        yield letter.unescalated(turn.held, code, turn.now, pack)


def _returned(turn: Turn) -> Found:
    for gone in ("", *turn.held.had):
        held = replace(turn.held, had={key: at for key, at in turn.held.had.items() if key != gone})
        yield sending.returned(held, turn.facts["to"], turn.facts["error"], turn.policy, turn.now, turn.calendar)


def _climbed(turn: Turn) -> Found:
    """A step of the ladder of silence that writes to the agency, or to one of its people."""
    kind = next(one for one in ladder.REMINDERS if ladder.step_rule(one) == turn.rule)
    to = Contact(connector=turn.facts["to"]) if "to" in turn.facts else None
    behind = turn.facts.get("behind", False)
    yield ladder.remind(turn.held, kind, turn.now, turn.policy, turn.calendar, to, behind=behind)


def _above(turn: Turn) -> Found:
    yield sending.escalate(turn.held, turn.facts.get("superior") or None, turn.policy, turn.now, turn.calendar)


def _over(turn: Turn) -> Found:
    yield sending.end(turn.held, turn.policy, turn.now, turn.calendar)


def _silent(turn: Turn) -> Found:
    """A release before said this also of a request of which a part was answered."""
    for made in _over(turn):
        yield made
        if made is not None and made.because.rule == ladder.REST_SILENT:
            *before, last = made.state.history
            history = (*before, replace(last, rule=turn.rule))
            yield replace(made, state=replace(made.state, history=history), because=replace(made.because, rule=turn.rule))


def _unsent(turn: Turn) -> Found:
    yield from _above(turn)
    yield from _over(turn)


def _late(turn: Turn) -> Found:
    yield sending.written(turn.held, turn.facts["to"], turn.policy, turn.now, turn.calendar)


def _digested(turn: Turn) -> Found:
    yield digest.enclosed(turn.held, turn.facts["to"], turn.policy, turn.now, turn.calendar)


def _opened(turn: Turn) -> Found:
    yield reply.deliver(turn.held, turn.now, turn.policy.label, token=turn.facts.get("token", ""))


def _accepted(turn: Turn) -> Found:
    yield reply.accept(turn.held, turn.facts["signer"], turn.now, turn.policy.label, turn.door)


def _warned(turn: Turn) -> Found:
    yield reply.warn(turn.held, turn.word(turn.said), turn.now, turn.policy.label)


def _partly(turn: Turn) -> Found:
    part = turn.last.parts[len(turn.held.parts)]
    value, rest, signer, remark = (str(part.get(name, "")) for name in ("value", "rest", "signer", "reasons"))
    yield reply.partly(turn.held, value, rest, signer, turn.now, turn.policy.label, turn.door, remark=remark)


def _answered(turn: Turn) -> Found:
    """What was said is weighed again by the pack's rule for the fact; whether a verdict was given beside the value the answer tells."""
    said, asked = _reply(turn, "verdict"), turn.held.question
    fact = turn.policy.item(str(asked["item"])).fact(str(asked["fact"]))
    value, signer, remark = (str(said.get(name, "")) for name in ("value", "signer", "reasons"))
    given = [Verdict(said["signed"])] if "signed" in said else [Verdict(str(said["verdict"])), None]
    for verdict in given:
        yield reply.answer(
            turn.held,
            verdict,
            value,
            signer,
            fact.compare,
            turn.now,
            turn.policy.label,
            turn.door,
            remark=remark,
            values=fact.values,
        )


def _declined(turn: Turn) -> Found:
    said = _reply(turn, "inability")
    why = Inability(said["inability"])
    yield reply.decline(turn.held, said["reasons"], said["signer"], turn.now, turn.policy.label, turn.door, inability=why)


def _reply(turn: Turn, name: str) -> Mapping[str, Any]:
    """The agency's last word, where it is one of that form. Raises Unstored."""
    if turn.last.reply is None or name not in turn.last.reply:
        raise Unstored
    return turn.last.reply


def _extended(turn: Turn) -> Found:
    yield respite.extend(turn.held, turn.word(turn.said), turn.policy, turn.now, turn.calendar)


def _proposed(turn: Turn) -> Found:
    day = turn.calendar.local_date(datetime.fromisoformat(turn.facts["proposed"]))
    words = turn.said.removeprefix(f"{day.isoformat()}: ")
    last = respite.latest(turn.held, turn.policy, turn.calendar)
    yield respite.propose(turn.held, day, turn.word(words), turn.now, turn.calendar, turn.policy.label, last)


def _agreed(turn: Turn) -> Found:
    seen = turn.held.proposed.due_at if turn.held.proposed is not None else turn.now
    yield respite.agree(turn.held, seen, turn.facts["by"], turn.policy, turn.now, turn.calendar)


def _kept(turn: Turn) -> Found:
    seen = turn.held.proposed.due_at if turn.held.proposed is not None else turn.now
    yield respite.keep(turn.held, seen, turn.word(turn.said), turn.now, turn.policy.label)


def _calmed(turn: Turn) -> Found:
    yield respite.calm(turn.held, turn.word(turn.said), turn.policy, turn.now, turn.calendar)


def _disputed(turn: Turn) -> Found:
    about, superior = Quarrel(turn.facts["about"]), turn.facts["superior"] or None
    yield dispute.dispute(turn.held, about, turn.word(turn.said), superior, turn.policy, turn.now, turn.calendar)


def _decided(turn: Turn) -> Found:
    yield dispute.decide(turn.held, turn.facts["helps"], turn.word(turn.said), turn.policy, turn.now, turn.calendar)


def _undecided(turn: Turn) -> Found:
    yield dispute.undecided(turn.held, turn.now, turn.policy.label)


def _forwarded(turn: Turn) -> Found:
    yield _passed(turn).old


def _passed(turn: Turn) -> asking.Forwarded:
    word = turn.word(turn.said)
    return asking.forward(turn.held, turn.facts["to"], word, turn.policy, turn.now, turn.calendar)


def begun(turn: Turn) -> Decision[Request] | None:
    """The request that begins with a step at another agency; None where none does."""
    return _passed(turn).new if turn.rule == "assistance.forward" else None


def _unheard(turn: Turn) -> Found:
    silence = unheard.ours(turn.held, turn.policy, turn.calendar)
    if silence is not None:
        yield unheard.go_on(turn.held, silence, turn.policy.label, turn.now, turn.calendar)


def _unposted(turn: Turn) -> Found:
    kind = turn.facts["letter"]
    since = letter.laid_at(turn.held, kind, turn.held.requested)
    silence = unheard.lying(turn.held, since, turn.policy, turn.calendar)
    yield unheard.unposted(turn.held, silence, kind, turn.policy.label, turn.now)


def _cancelled(turn: Turn) -> Found:
    yield letter.cancel(turn.held, {}, turn.now, turn.policy.label)


def _told(turn: Turn) -> Found:
    """What came of an answer, as whoever gave it hears."""
    yield echo.echo(turn.held, turn.case, turn.now, turn.cited)


def _recounted(turn: Turn) -> Found:
    found = recounting.recount_request(turn.held, turn.policy, turn.calendar)
    yield found[0] if found is not None else None


RULES: Mapping[str, Callable[[Turn], Found]] = {
    "assistance.sent": _left,
    letter.LAID: _left,
    letter.POSTED: _left,
    "assistance.undeliverable": _lost,
    sending.RETURNED: _returned,
    "assistance.late": _late,
    sending.UNSENT: _unsent,
    "assistance.digest": _digested,
    **{ladder.step_rule(kind): _climbed for kind in ladder.REMINDERS},
    "assistance.escalate": _above,
    "assistance.past_due": _above,
    "assistance.silent": _silent,
    ladder.REST_SILENT: _over,
    "assistance.unheeded": _over,
    unheard.RULE: _unheard,
    letter.UNPOSTED: _unposted,
    "assistance.delivered": _opened,
    letter.READ: _opened,
    "assistance.accept": _accepted,
    "assistance.warn": _warned,
    "assistance.partly": _partly,
    "assistance.answer": _answered,
    "assistance.decline": _declined,
    "assistance.extend": _extended,
    "assistance.propose": _proposed,
    "assistance.agree": _agreed,
    "assistance.keep": _kept,
    "assistance.calm": _calmed,
    "assistance.dispute": _disputed,
    "assistance.decide": _decided,
    "assistance.undecided": _undecided,
    dispute.UNJUDGED: _undecided,
    "assistance.forward": _forwarded,
    "assistance.cancel": _cancelled,
    "assistance.over": _cancelled,
    ECHO: _told,
}
"""The function of each rule by which a request goes on. What is not here is computed by none: a link that was called back, who was told
instead of a superior, that an address is not watched, and whatever an agency says once its request is over."""

UNSURE = frozenset({"assistance.sent", letter.LAID, letter.POSTED, sending.RETURNED, "assistance.undeliverable"})
"""Rules that also rest on which letter of a request it was, and what is known of that no entry tells: what differs there accuses nobody."""

BESIDE = frozenset(
    {ECHO, "assistance.again", "assistance.picked", "assistance.vouched", "assistance.wrote", "assistance.unreasoned"}
)
"""Rules that add a line to the history of a request, and leave its dates and its state as they are."""


_SIGNED = ("notice_digest",)
"""What an entry tells beside what was decided: the signed notice that was made of a refusal."""


def again(turn: Turn) -> Iterator[Decision[Request]]:
    """A step taken anew; several where the entry does not say which of them it was. What comes to another rule is none of them."""
    step = _recounted if turn.rule == recounting.RULE else RULES[turn.rule]
    paper = {name: turn.facts[name] for name in _SIGNED if name in turn.facts}
    for made in step(turn):
        if made is not None and made.because.rule == turn.rule:
            because = replace(made.because, facts={**made.because.facts, **paper})
            yield replace(made, because=because, state=sending.spoke(made.state) if turn.rule in WORDS else made.state)
