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


def lying(held: Request) -> list[str]:
    """The kinds of those that lie here: nobody has posted them, or said that they stay."""
    stays = {one.rule.removesuffix(ladder.STAYED) for one in held.history if one.rule.endswith(ladder.STAYED)}
    rules = {kind: f"assistance.{'remind' if kind == 'reminder' else kind}" for kind in KINDS}
    return [kind for kind, rule in rules.items() if rule not in stays and letter.lies(held, kind, held.requested)]


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


def waits(held: Request, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Request] | datetime | None:
    """What comes of one when a step comes due, or until when that step waits (`flows.ladder`); None: none lies here."""
    lies = lying(held)
    if not lies or not held.knows or not held.state.open:
        return None
    early = [kind for kind in lies if kind in KINDS[:3] and now >= held.due_at and not ladder.reminded_late(held)]
    silence = unheard.lying(held, letter.laid_at(held, lies[0], held.requested), policy, calendar)
    if not early and now < silence.on_at:
        return silence.on_at
    if early or held.state.above or held.state is AssistanceState.DISPUTED:
        state = ladder.stayed(held, (early or lies)[0], held.requested, now, letter.NOT_POSTED)
        return Decision(state=state, because=Because(rule="timer.obsolete", basis=(), pack=policy.label))
    return unheard.unposted(held, silence, lies[0], policy.label, now)
