"""A draw's life around the protocol: prepared, announced, carried out or void. Nobody can redo, choose or stop it.

The bytes are `inspector.domain.draw`'s affair; here is who must do what next (draw-protocol 7.4, rulings 11, 12, 18, 19).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inspector.domain.approval import Approval
from inspector.domain.beacon import named
from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.listed import Listed
from inspector.domain.policy import Policy, Timer
from inspector.domain.seed import entropy, form, known_at, mark
from inspector.domain.strict import expect


class DrawState(StrEnum):
    """Where a draw stands."""

    PREPARING = "PREPARING"
    ANNOUNCED = "ANNOUNCED"
    SEEDING = "SEEDING"
    DRAWN = "DRAWN"
    VOID = "VOID"


class DrawKind(StrEnum):
    """What a draw is for: a plan's period; teams for visits that have none (ruling 13); more of a period's objects (ruling 10)."""

    PLAN = "PLAN"
    SUPPLEMENT = "SUPPLEMENT"
    EXTENSION = "EXTENSION"


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

    `lists` has one list for each agency that takes part, that of the lead first: it made the frame of objects, which all share
    (ruling 16; handbook 1.2.29), unless each has its `own`.

    `promises` and `parts` are keyed by seed source; `typed` holds each ceremony's figures by the person who typed
    them; `c` and `w` are 64 hex once announced, and so is `prev` (the agency's commitment before), unless it is the first.

    No part of the seed is known before `seed_at`, and a part of a `further` source not before `reveal_by`, the last moment of the
    others (ruling 12). `without` are those who withheld their part from the draws of this slot before, `withheld` who did from
    this one. `witnessed_at` is the date on the witness's receipt, as the house tells it. `signed` is under a void: one name asks for
    it, two make it; `followed`: the next number comes by rule (ruling 12). `extends` is the draw that an extension adds to, and
    `approval` what it rests on; of any other draw, the extension of it that one person has asked for.
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
    lists: tuple[Listed, ...]
    promises: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    typed: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    further: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    seed_at: datetime | None = None
    reveal_by: datetime | None = None
    c: str | None = None
    w: str | None = None
    witness: str | None = None
    witnessed_at: datetime | None = None
    announced_at: datetime | None = None
    drawn_at: datetime | None = None
    void_reason: str | None = None
    kind: DrawKind = DrawKind.PLAN
    signed: tuple[Signature, ...] = ()
    followed: bool = False
    extends: str | None = None
    approval: Approval | None = None

    @property
    def freed(self) -> bool:
        """Whether two persons stand for its being void: only then may somebody announce its slot again (scenario 23)."""
        return self.state is DrawState.VOID and len(self.signed) > 1

    @property
    def agencies(self) -> tuple[str, ...]:
        """Who takes part, the lead first."""
        return tuple(one.agency for one in self.lists)

    @property
    def partners(self) -> tuple[str, ...]:
        """Who takes part beside the lead."""
        return self.agencies[1:]

    @property
    def own(self) -> bool:
        """Whether each list has objects and rules of its own (vector 3): who has drawn an object goes there, and nobody else."""
        return any(one.pack for one in self.lists)

    def list_of(self, agency: str) -> Listed:
        """The list that deals an agency's officers."""
        return next(one for one in self.lists if one.agency == agency)

    def pack_of(self, agency: str) -> str:
        """The pack that an agency's part of the draw follows."""
        return next((one.pack for one in self.lists if one.agency == agency and one.pack), self.pack)

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

    @property
    def ceremonies(self) -> tuple[str, ...]:
        """The sources whose figures people type."""
        return tuple(party for party in self.parties if self.promises.get(party, {}).get("kind") == "text")

    @property
    def named(self) -> datetime | None:
        """The time of the first round or pulse that the commitment names: it stands, whatever else is late. None without a beacon."""
        return min(filter(None, map(known_at, self.promises.values())), default=None)

    def opens(self, party: str) -> datetime | None:
        """From when on a party's part may be known."""
        return self.reveal_by if party in self.further else self.seed_at


def prepare(draw: Draw, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Draw]:
    """The frame is frozen; ask every party to commit itself to its part of the seed before anything is known."""
    overdue = due(now, policy.term(Timer.REVEAL).term, calendar).at
    orders = tuple(_ask(draw, OrderKind.DRAW_PROMISE, party, now, overdue) for party in draw.parties)
    facts = {"plan": draw.plan, "slot": draw.slot, "parties": list(draw.parties)}
    because = Because(rule="draw.prepare", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    return Decision(state=draw, because=because, orders=orders)


def promised(draw: Draw, party: str, promise: Mapping[str, object], policy: Policy) -> Decision[Draw]:
    """A party has committed itself. The caller commits to the frame as soon as all have (`announce`)."""
    because = Because(rule="draw.promise", basis=(policy.draw.basis,), pack=policy.label, facts={"party": party, **promise})
    if draw.state is not DrawState.PREPARING:
        return Decision(state=draw, because=replace(because, rule="draw.late"))
    return Decision(state=replace(draw, promises={**draw.promises, party: promise}), because=because)


def timed(draw: Draw, policy: Policy, now: datetime, calendar: WorkingCalendar, used: Callable[[str], bool]) -> Draw:
    """The times of the seed, counted from the announcement, and each beacon's round: the first at or after them that is unused.

    `used` says whether a mark (`seed.mark`) stands in an earlier draw; nobody can know in advance what either round will hold.
    """
    seed_at, reveal_by = _times(policy, now, calendar)
    held = replace(draw, seed_at=seed_at, reveal_by=reveal_by)
    promises = {}
    for party, promise in draw.promises.items():
        told, at = named(promise, held.opens(party) or now), None
        while told != promise and (name := mark(told)) and used(name) and (at := known_at(told)):
            told = named(promise, at + timedelta(microseconds=1))
        promises[party] = told
    return replace(held, promises=promises)


def refuse_weak(draw: Draw, policy: Policy) -> None:
    """A seed with too little chance, or a part of it known too early or whose chance nobody can see.

    Raises Invalid (`draw_commit_invalid`).
    """
    bits = sum(map(entropy, draw.promises.values()))
    expect(bits >= policy.draw.min_bits, "seed", f"{bits} bits of entropy declared, the pack wants {policy.draw.min_bits}")
    for party, promise in draw.promises.items():
        kind, at, opens = promise.get("kind"), known_at(promise), draw.opens(party)
        early = at is not None and opens is not None and at < opens
        expect(not early, f"seed.{party}", "it is known before the time that the announcement leaves")
        expect(kind != "text" or form(promise) is not None, f"seed.{party}", "a ceremony states the form of its figures")
        expect(
            party not in draw.further or kind != "reveal",
            f"seed.{party}",
            "a further source is one that nobody knows before its time",
        )


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
        expires_at=draw.named,  # a beacon does not wait for a witness who is late
        payload={"draw": draw.number, "witness": lodge},
    )
    return Decision(state=state, because=because, orders=(order,))


def lodged(
    draw: Draw, receipt: str | None, at: datetime | None, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Draw]:
    """W is in outside hands (or could not be lodged: then the record says that its time is not proven). Now the seed may come.

    `at` is the date of the receipt. The times of the seed are counted anew from here, unless the commitment names a beacon's.
    """
    named_at = draw.named
    because = Because(
        rule="draw.lodge",
        basis=(policy.draw.basis,),
        pack=policy.label,
        facts={
            "receipt": receipt,
            "witnessed_at": at.isoformat() if at is not None else None,
            "time_proven": bool(receipt) and (at is None or named_at is None or at < named_at),
        },
    )
    if draw.state is not DrawState.ANNOUNCED:
        return Decision(state=draw, because=replace(because, rule="draw.late"))
    if named_at is None or draw.seed_at is None or draw.reveal_by is None:
        seed_at, reveal_by = _times(policy, now, calendar)
    else:
        seed_at, reveal_by = draw.seed_at, draw.reveal_by
    state = replace(draw, state=DrawState.SEEDING, witness=receipt, witnessed_at=at, seed_at=seed_at, reveal_by=reveal_by)
    orders: list[Order] = []
    last = due(reveal_by, policy.term(Timer.REVEAL).term, calendar).at
    for suffix, parties, opens, ends in (
        ("", [party for party in draw.parties if party not in draw.further], seed_at, reveal_by),
        (":further", draw.further, reveal_by, last),
    ):
        if parties:
            asks = [(party, max(opens, known_at(draw.promises[party]) or opens)) for party in parties]
            orders += [_ask(draw, OrderKind.DRAW_REVEAL, party, when, ends) for party, when in asks]
            end = Order(
                kind=OrderKind.DRAW_OVERDUE,
                key=f"draw.overdue:{draw.number}{suffix}",
                due_at=ends,
                urgent_by=ends,
                payload={"draw": draw.number, "parties": list(parties)},
            )
            orders.append(end)
    return Decision(state=state, because=because, orders=tuple(orders))


def _times(policy: Policy, since: datetime, calendar: WorkingCalendar) -> tuple[datetime, datetime]:
    """(when the seed may be known, the last moment to reveal)."""
    seed_at = due(since, policy.term(Timer.SEED).term, calendar).at
    return seed_at, due(seed_at, policy.term(Timer.REVEAL).term, calendar).at


def revealed(draw: Draw, party: str, part: Mapping[str, object], policy: Policy, now: datetime, by: str = "") -> Decision[Draw]:
    """A part of the seed is there, brought `by` a person or come by itself; with the last one the draw is carried out."""
    facts = {"party": party} | ({"by": by} if by else {})
    because = Because(rule="draw.reveal", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
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


def typed(
    draw: Draw, party: str, by: str, figures: str, held_at: datetime | None, policy: Policy, now: datetime
) -> Decision[Draw]:
    """A person has typed the figures of the public ceremony, independently of the other (ruling 19).

    Whoever erred types again, until the draw has all its parts: the two must agree, and every typing stays in the record. So
    one person's slip, or ill will, does not void the draw; only the date for reveals does. `held_at` is the time of the minutes.
    Raises Refusal: `draw_not_seeding`, `draw_seed_early` for figures that fell before their time, `draw_seed_future`.
    """
    if draw.state is not DrawState.SEEDING or draw.seeded or party in draw.parts:
        raise Refusal("draw_not_seeding", draw=draw.number, state=draw.state)
    opens = draw.opens(party)
    if opens is not None and (held_at or now) < opens:
        raise Refusal("draw_seed_early", draw=draw.number, opens=opens.isoformat(), held=(held_at or now).isoformat())
    if held_at is not None and held_at > now:
        raise Refusal("draw_seed_future", draw=draw.number, held=held_at.isoformat())
    told = draw.typed.get(party, {})
    facts = {"by": by, "party": party, "figures": figures, "again": by in told}
    facts |= {"held_at": held_at.isoformat()} if held_at is not None else {}
    because = Because(rule="draw.typed", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    return Decision(state=replace(draw, typed={**draw.typed, party: {**told, by: figures}}), because=because)


def drawn(draw: Draw, facts: Mapping[str, object], policy: Policy, now: datetime) -> Decision[Draw]:
    """The result is computed; running it again would give the same, so it is refused (scenario 23)."""
    because = Because(rule="draw.carry_out", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    if draw.state is not DrawState.SEEDING or not draw.seeded:
        return Decision(state=draw, because=replace(because, rule="draw.late"))
    return Decision(state=replace(draw, state=DrawState.DRAWN, drawn_at=now), because=because)


def void(
    draw: Draw, reason: str, withheld: tuple[str, ...], policy: Policy, now: datetime, able: Collection[str] = ()
) -> Decision[Draw]:
    """A withheld part voids the draw by name (ruling 12).

    The void entry keeps its number; the next number is announced at once without that party, with a fresh frame and with a
    further source, so that nobody gains by silence. `able` are the sources that are set up. Where the pack has no further one the
    decision has no order, and a person is told: never a weaker seed in silence, never a fallback order.
    """
    facts = {"reason": reason, "withheld": list(withheld)}
    because = Because(rule="draw.void", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    if draw.state in (DrawState.DRAWN, DrawState.VOID) or (draw.state is DrawState.SEEDING and draw.seeded):
        return Decision(state=draw, because=replace(because, rule="timer.obsolete"))
    state = replace(draw, state=DrawState.VOID, void_reason=reason, withheld=withheld)
    told = following(state, policy, able)
    if told is None:
        return Decision(state=state, because=because)
    again = Order(
        kind=OrderKind.DRAW_ANNOUNCE,
        key=f"draw.announce:{draw.plan}:{draw.slot}:after:{draw.number}",
        due_at=now,
        urgent_by=now,
        payload={"plan": draw.plan, "slot": f"{draw.slot}+", "without": list(told.without), "further": list(told.further)},
    )
    return Decision(state=state, because=because, orders=(again,))


def follows(slot: str) -> bool:
    """Whether a slot's name is that of the number that follows a void draw (`void`)."""
    return slot.endswith("+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Whom the draw after a void one does without, and which further sources it joins."""

    without: tuple[str, ...] = ()
    further: tuple[str, ...] = ()


def following(draw: Draw, policy: Policy, able: Collection[str]) -> Following | None:
    """What follows a draw that is void because parts were withheld; None where nothing was, or no further source is left."""
    gone = {*draw.without, *draw.withheld}
    kept = [party for party in draw.further if party not in gone]
    left = [party for party in policy.draw.further if party in able and party not in gone and party not in draw.parties]
    if not draw.withheld or not left:
        return None
    return Following(without=tuple(sorted(gone)), further=(*kept, left[0]))


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
