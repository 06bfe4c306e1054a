"""A draw made void: by two named persons with one reason, or by the rule because its frozen bytes were altered.

Nobody may abort a draw having seen where it goes: from the day on which any part of its seed may be known until the result is there,
persons can do nothing. A draw that was carried out keeps its result; being void only lets its slot be announced again, and both
stay visible (handbook scenario 23). A withheld part is `plan.void` (ruling 12).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Refusal
from inspector.domain.person import said, same, two
from inspector.domain.plan import Draw, DrawKind, DrawState, Signature
from inspector.domain.policy import Policy
from inspector.domain.seed import known_at

ALTERED = "REGISTER_CHANGED"


def sign(draw: Draw, by: str, reason: str, policy: Policy, now: datetime, extended: str | None = None) -> Decision[Draw]:
    """A named person wants a draw void. The first name asks, another one's with the same reason makes it so.

    Who asked may ask again with a better reason. What was signed of a draw that has gone on meanwhile counts no longer. `extended`
    is an extension of it that stands and was drawn from what this one left. Raises Invalid, and Refusal (`draw_seed_known`,
    `draw_void_already`, `draw_void_own`, `draw_void_reason_differs`, `draw_extended`).
    """
    signature = Signature(by=said("by", by), at=now, reason=said("reason", reason), on=draw.state)
    _may(draw, now)
    if extended is not None:
        raise Refusal("draw_extended", draw=draw.number, extension=extended)
    before = tuple(one for one in draw.signed if one.on is draw.state)
    first = before[0] if before else None
    facts: dict[str, object] = {"by": signature.by, "reason": signature.reason}
    if first is None or same(first.by, signature.by):
        if first is not None and first.reason == signature.reason:
            raise Refusal("draw_void_own", draw=draw.number, by=first.by)
        because = Because(rule="draw.void_asked", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
        return Decision(state=replace(draw, signed=(signature,)), because=because)
    if first.reason != signature.reason:
        raise Refusal("draw_void_reason_differs", draw=draw.number, reason=first.reason)
    facts |= {"by": [first.by, signature.by], "was": draw.state.value}
    because = Because(rule="draw.void_signed", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    state = replace(
        draw,
        state=DrawState.VOID,
        void_reason=draw.void_reason or first.reason,
        signed=(first, signature),
    )
    return Decision(state=state, because=because)


def together(
    draw: str, by: Sequence[str], reason: str, sources: Sequence[Mapping[str, object]], now: datetime, *, begun: bool, drawn: bool
) -> tuple[str, tuple[str, str]]:
    """(the reason, the two names) of a void that two persons sign in one breath, for a draw of files that no daemon keeps.

    `begun`: a part of its seed is told; `drawn`: its result is there. Raises Invalid, and Refusal (`draw_void_two`, `draw_seed_known`).
    """
    names, why = two(by), said("reason", reason)
    if names is None:
        raise Refusal("draw_void_two", draw=draw)
    if not drawn and (begun or _spoken(sources, now)):
        raise Refusal("draw_seed_known", draw=draw)
    return why, names


def altered(draw: Draw, file: str, policy: Policy) -> Decision[Draw]:
    """The frozen bytes are not those committed to (ruling 11): void by rule, and no next number by itself.

    Whoever could alter them would else have a way to draw again: the slot is free only once two persons have signed.
    """
    because = Because(rule="draw.altered", basis=(policy.draw.basis,), pack=policy.label, facts={"reason": ALTERED, "file": file})
    if draw.state not in (DrawState.ANNOUNCED, DrawState.SEEDING):
        return Decision(state=draw, because=replace(because, rule="draw.late"))
    return Decision(state=replace(draw, state=DrawState.VOID, void_reason=f"{ALTERED}:{file}", signed=()), because=because)


def seed_known(draw: Draw, now: datetime) -> bool:
    """Whether any part of the seed is known, or may be: its day has come, a figure is typed, a beacon has spoken."""
    begun = draw.seed_at is not None and now >= draw.seed_at
    sources = list(draw.promises.values()) if draw.c is not None else []
    return bool(draw.parts or draw.typed) or begun or _spoken(sources, now)


def unsigned(draw: Draw) -> bool:
    """Whether a draw was made void when its seed could be known already, and two persons do not stand for that yet.

    Until they do nobody draws again what it was to draw. A withheld part is followed by the rule (ruling 12); what was never
    committed to has no result that anybody could have known.
    """
    return draw.state is DrawState.VOID and draw.c is not None and not draw.freed and not draw.lacked


def _spoken(sources: Sequence[Mapping[str, object]], now: datetime) -> bool:
    """Whether a beacon among the sources has spoken."""
    return any(at is not None and at <= now for at in map(known_at, sources))


def _may(draw: Draw, now: datetime) -> None:
    if draw.state is DrawState.VOID and (draw.freed or draw.followed or draw.lacked):
        # a withheld part: the rule alone knows who draws next, and without whom
        raise Refusal("draw_void_already", draw=draw.number)
    if draw.state is DrawState.DRAWN and draw.kind is DrawKind.SUPPLEMENT:
        raise Refusal("draw_supplement_stands", draw=draw.number)  # its visits are owed by another draw: nobody escapes that way
    if draw.state not in (DrawState.DRAWN, DrawState.VOID) and seed_known(draw, now):
        raise Refusal("draw_seed_known", draw=draw.number)
