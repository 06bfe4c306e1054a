"""A draw's life around the protocol: prepared, announced, carried out or void. Nobody can redo, choose or stop it.

The bytes are `inspector.domain.draw`'s affair; here is who must do what next (draw-protocol 7.4, rulings 11, 12, 18, 19).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.policy import Policy, Timer


class DrawState(StrEnum):
    """Where a draw stands."""

    PREPARING = "PREPARING"
    ANNOUNCED = "ANNOUNCED"
    SEEDING = "SEEDING"
    DRAWN = "DRAWN"
    VOID = "VOID"


class DrawKind(StrEnum):
    """What a draw is for: a plan's period; more objects of a frame (ruling 10); teams for visits that have none (ruling 13)."""

    PLAN = "PLAN"
    EXTENSION = "EXTENSION"
    SUPPLEMENT = "SUPPLEMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A named person's word under a void. `on` is what stood to be voided when it was given: the draw's state."""

    by: str
    at: datetime
    reason: str
    on: DrawState


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One numbered draw.

    `promises` and `parts` are keyed by seed source; `typed` holds ceremony figures by the person who typed
    them; `c` and `w` are 64 hex once announced, and so is `prev` (the agency's commitment before), unless it is the first.
    `seed_at` is when the seed may begin to be known. `signed` is under a void: one name asks for it, two make it; `followed`: the
    next number comes by rule (ruling 12).
    """

    number: str
    agency: str
    plan: str
    slot: str
    pack: str
    state: DrawState
    made_at: datetime
    prev: str | None
    parties: tuple[str, ...]
    list_name: str
    promises: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    c: str | None = None
    w: str | None = None
    witness: str | None = None
    announced_at: datetime | None = None
    drawn_at: datetime | None = None
    void_reason: str | None = None
    kind: DrawKind = DrawKind.PLAN
    extends: str | None = None
    seed_at: datetime | None = None
    signed: tuple[Signature, ...] = ()
    followed: bool = False

    @property
    def freed(self) -> bool:
        """Whether two persons stand for its being void: only then may somebody announce its slot again (scenario 23)."""
        return self.state is DrawState.VOID and len(self.signed) > 1

    @property
    def promised(self) -> bool:
        """Whether every party has committed itself."""
        return not self.awaited

    @property
    def awaited(self) -> tuple[str, ...]:
        """The parties that have not promised yet."""
        return tuple(party for party in self.parties if party not in self.promises)

    @property
    def seeded(self) -> bool:
        """Whether every part of the seed is there."""
        return set(self.parts) == set(self.parties)


def prepare(draw: Draw, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Draw]:
    """The frame is frozen; ask every party to commit itself to its part of the seed before anything is known."""
    overdue = due(now, policy.term(Timer.REVEAL).term, calendar).at
    orders = tuple(_ask(draw, OrderKind.DRAW_PROMISE, party, now, overdue) for party in draw.parties)
    because = Because(
        rule="draw.prepare",
        basis=(policy.draw.basis,),
        pack=policy.label,
        facts={"plan": draw.plan, "slot": draw.slot, "parties": list(draw.parties)},
    )
    return Decision(state=draw, because=because, orders=orders)


def promised(draw: Draw, party: str, promise: Mapping[str, object], policy: Policy) -> Decision[Draw]:
    """A party has committed itself. The caller commits to the frame as soon as all have (`announce`)."""
    because = Because(rule="draw.promise", basis=(policy.draw.basis,), pack=policy.label, facts={"party": party, **promise})
    if draw.state is not DrawState.PREPARING:
        return Decision(state=draw, because=replace(because, rule="draw.late"))
    return Decision(state=replace(draw, promises={**draw.promises, party: promise}), because=because)


def announce(
    draw: Draw, c: str, w: str, facts: Mapping[str, object], policy: Policy, now: datetime, lodge: str | None
) -> Decision[Draw]:
    """The commitment is settled; only its witness value leaves the house. Without a witness the seed is asked for at once."""
    state = replace(draw, state=DrawState.ANNOUNCED, c=c, w=w, announced_at=now)
    because = Because(
        rule="draw.announce",
        basis=(policy.draw.basis,),
        pack=policy.label,
        facts={"w": w, "prev": draw.prev, "witness": lodge or "", **facts},
    )
    order = Order(
        kind=OrderKind.DRAW_LODGE,
        key=f"draw.lodge:{draw.number}",
        due_at=now,
        urgent_by=now,
        lane=lodge or "",
        payload={"draw": draw.number, "witness": lodge},
    )
    return Decision(state=state, because=because, orders=(order,))


def lodged(draw: Draw, receipt: str | None, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Draw]:
    """W is in outside hands (or could not be lodged: then the record says that its time is not proven). Now the seed may come."""
    because = Because(
        rule="draw.lodge",
        basis=(policy.draw.basis,),
        pack=policy.label,
        facts={"receipt": receipt, "time_proven": bool(receipt)},
    )
    if draw.state is not DrawState.ANNOUNCED:
        return Decision(state=draw, because=replace(because, rule="draw.late"))
    seed_at = due(now, policy.term(Timer.SEED).term, calendar).at
    overdue = due(seed_at, policy.term(Timer.REVEAL).term, calendar).at
    asks = tuple(_ask(draw, OrderKind.DRAW_REVEAL, party, seed_at, overdue) for party in draw.parties)
    end = Order(
        kind=OrderKind.DRAW_OVERDUE,
        key=f"draw.overdue:{draw.number}",
        due_at=overdue,
        urgent_by=overdue,
        payload={"draw": draw.number},
    )
    return Decision(
        state=replace(draw, state=DrawState.SEEDING, witness=receipt, seed_at=seed_at), because=because, orders=(*asks, end)
    )


def revealed(draw: Draw, party: str, part: Mapping[str, object], policy: Policy, now: datetime) -> Decision[Draw]:
    """A part of the seed is there; with the last one the draw is carried out."""
    because = Because(rule="draw.reveal", basis=(policy.draw.basis,), pack=policy.label, facts={"party": party})
    if draw.state is not DrawState.SEEDING or party in draw.parts:
        return Decision(state=draw, because=replace(because, rule="draw.late"))
    state = replace(draw, parts={**draw.parts, party: part})
    if not state.seeded:
        return Decision(state=state, because=because)
    order = Order(
        kind=OrderKind.DRAW_CARRY_OUT,
        key=f"draw.carry_out:{draw.number}",
        due_at=now,
        urgent_by=now,
        payload={"draw": draw.number},
    )
    return Decision(state=state, because=because, orders=(order,))


def typed(draw: Draw, by: str, figures: str, policy: Policy) -> Decision[Draw]:
    """A person has typed the figures of the public ceremony, independently of the other (ruling 19).

    Whoever erred types again, until the draw has all its parts: the two must agree, and every typing stays in the record. So
    one person's slip, or ill will, does not void the draw; only the date for reveals does. Raises Refusal (`draw_not_seeding`).
    """
    if draw.state is not DrawState.SEEDING or draw.seeded:
        raise Refusal("draw_not_seeding", draw=draw.number, state=draw.state)
    facts = {"by": by, "figures": figures, "again": by in draw.typed}
    because = Because(rule="draw.typed", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    return Decision(state=replace(draw, typed={**draw.typed, by: figures}), because=because)


def drawn(draw: Draw, facts: Mapping[str, object], policy: Policy, now: datetime) -> Decision[Draw]:
    """The result is computed; running it again would give the same, so it is refused (scenario 23)."""
    because = Because(rule="draw.carry_out", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    if draw.state is not DrawState.SEEDING or not draw.seeded:
        return Decision(state=draw, because=replace(because, rule="draw.late"))
    return Decision(state=replace(draw, state=DrawState.DRAWN, drawn_at=now), because=because)


def void(draw: Draw, reason: str, withheld: tuple[str, ...], policy: Policy, now: datetime) -> Decision[Draw]:
    """A withheld part voids the draw by name (ruling 12).

    The void entry keeps its number; the next number is announced at once
    without that party and with a fresh frame, so that nobody gains by silence.
    """
    because = Because(
        rule="draw.void",
        basis=(policy.draw.basis,),
        pack=policy.label,
        facts={"reason": reason, "withheld": list(withheld)},
    )
    if draw.state in (DrawState.DRAWN, DrawState.VOID) or (draw.state is DrawState.SEEDING and draw.seeded):
        return Decision(state=draw, because=replace(because, rule="timer.obsolete"))
    state = replace(draw, state=DrawState.VOID, void_reason=reason)
    without = sorted({*withheld, *policy.draw.seeds} - ({*draw.parties} - {*withheld}))
    again = Order(
        kind=OrderKind.DRAW_ANNOUNCE,
        key=f"draw.announce:{draw.plan}:{draw.slot}:after:{draw.number}",
        due_at=now,
        urgent_by=now,
        payload={"plan": draw.plan, "slot": f"{draw.slot}+", "without": without},
    )
    return Decision(state=state, because=because, orders=(again,))


def follows(slot: str) -> bool:
    """Whether a slot's name is that of the number that follows a void draw (`void`)."""
    return slot.endswith("+")


def _ask(draw: Draw, kind: OrderKind, party: str, at: datetime, expires: datetime) -> Order:
    """The order to ask one party."""
    return Order(
        kind=kind,
        key=f"{kind.value}:{draw.number}:{party}",
        due_at=at,
        urgent_by=at,
        lane=party,
        expires_at=expires,
        payload={"draw": draw.number, "party": party},
    )
