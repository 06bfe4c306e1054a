"""Letters of a request's steps that lie in the house on paper, as the walk of all its clocks has them: laid, posted, or left there."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain import ladder, letter, sending, unheard
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.policy import Policy

KINDS = tuple(ladder.REMINDERS.values())
_RULES = {f"assistance.{'remind' if kind == 'reminder' else kind}": kind for kind in KINDS}


def lying(held: Request) -> list[str]:
    """The kinds of those that lie here: nobody has posted them, or said that they stay, since they were laid."""
    last: dict[str, str] = {}
    for one in held.history:
        kind = one.said if one.rule in (letter.LAID, letter.POSTED) else _RULES.get(one.rule.removesuffix(ladder.STAYED), "")
        if one.rule in (letter.LAID, letter.POSTED) or one.rule.endswith(ladder.STAYED):
            last[kind] = one.rule
    return [kind for kind in KINDS if last.get(kind) == letter.LAID]


def laid(decision: Decision[Request], policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Request]:
    """The same, its letters to the agency written and laid here."""
    state = decision.state
    for order in decision.orders:
        if order.kind is OrderKind.ASSIST_SEND and order.payload["letter"] in KINDS:
            state = sending.sent(state, state.requested, "1", policy, now, calendar, by_hand=True, key=order.key).state
    return replace(decision, state=state)


def posted(held: Request, kind: str, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Request]:
    """A person posts the letter of a kind that lies here. Raises Refusal where none does."""
    if kind not in lying(held):
        raise Refusal("attention_unknown")
    key = held.letter_key(kind, held.requested)
    return sending.posted(held, "officer", policy, now, calendar, key=key, via=held.requested)


def waits(held: Request, policy: Policy, now: datetime, calendar: WorkingCalendar) -> tuple[Decision[Request], datetime] | None:
    """What comes of one that nobody posts when a step comes due, and when: the step waits until then (`flows.ladder`). None: none lies."""
    lies = lying(held)
    if not lies or not held.knows or not held.state.open:
        return None
    early = [kind for kind in lies if kind in KINDS[:3] and now >= held.due_at and not ladder.reminded_late(held)]
    silence = unheard.lying(held, letter.laid_at(held, lies[0], held.requested), policy, calendar)
    if early or held.state.above or held.state is AssistanceState.DISPUTED:
        at = now if early else max(now, silence.on_at)
        state = ladder.stayed(held, (early or lies)[0], held.requested, at, letter.NOT_POSTED)
        return Decision(state=state, because=Because(rule="timer.obsolete", basis=(), pack=policy.label)), at
    at = max(now, silence.on_at)
    return unheard.unposted(held, silence, lies[0], policy.label, at), at
