"""A draw's life around the protocol: prepared, announced, carried out or void. Nobody can redo, choose or stop it.

The bytes are `inspector.domain.draw`'s affair, the parts of the seed `inspector.domain.gathering`'s; here is who must do what next
(draw-protocol 7.4, rulings 11, 12, 18, 19).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import IntEnum, StrEnum

from inspector.domain.approval import Approval
from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.listed import Listed
from inspector.domain.policy import Policy
from inspector.domain.seed import known_at
from inspector.domain.timer import Timer

PROMISED_BY = "promised_by"
"""Under which name the entry of a draw's preparing keeps the last moment for promises."""
PROMISES = ":promises"
"""The end of the key of the look at the last moment for promises."""


class DrawState(StrEnum):
    """Where a draw stands."""

    PREPARING = "PREPARING"
    ANNOUNCED = "ANNOUNCED"
    SEEDING = "SEEDING"
    DRAWN = "DRAWN"
    VOID = "VOID"


class DrawKind(StrEnum):
    """What a draw is for: a plan's period; teams for visits that have none (ruling 13); more of a period's objects (ruling 10).

    `SECOND_LOOK`: results of visits that are looked at again (`secondlook`).
    """

    PLAN = "PLAN"
    SUPPLEMENT = "SUPPLEMENT"
    EXTENSION = "EXTENSION"
    SECOND_LOOK = "SECOND_LOOK"


class Step(IntEnum):
    """The order in which a seed's parts come to be (decision 27). Public figures are first: whoever types them knows no secret yet.

    Last come sources that nobody could know while the others might still be withheld, and that everybody can look up (ruling 12).
    """

    FIGURES = 1
    SECRETS = 2
    FURTHER = 3


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

    The seed comes in steps (`Step`): from `seed_at` the figures of the ceremonies, until `figures_by`; when they are settled the
    reveals, until `reveal_by`, while no round of a beacon is older than `figures_by`; then the `further` sources (ruling 12), until
    `further_by`.
    `without` are those whose part the draws of this slot before lacked; `withheld` who withheld it from this one, `unasked` whom nobody
    asked for it in time, for a reason of ours, and `turned_away` where our calls were let in no more, by whose doing nobody can tell.
    What follows is the same for all (ruling 12), what is said of them is not.
    `witnessed_at` is the date on the witness's receipt, as the house tells it, and `lodged_at` the house's own for handing W over.
    `opens_by`: when its own visits may be told at the latest, as it stood when it was carried out, or was moved since (`embargo.keep`).
    `signed` is under a void: one name asks for it, two make it; `followed`: the next number comes by rule (ruling 12). `extends` is the
    draw that an extension adds to, and `approval` what it rests on; of any other draw, the extension of it that one person asked for.
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
    unasked: tuple[str, ...] = ()
    turned_away: tuple[str, ...] = ()
    seed_at: datetime | None = None
    figures_by: datetime | None = None
    reveal_by: datetime | None = None
    further_by: datetime | None = None
    c: str | None = None
    w: str | None = None
    witness: str | None = None
    witnessed_at: datetime | None = None
    lodged_at: datetime | None = None
    announced_at: datetime | None = None
    drawn_at: datetime | None = None
    void_reason: str | None = None
    kind: DrawKind = DrawKind.PLAN
    signed: tuple[Signature, ...] = ()
    followed: bool = False
    extends: str | None = None
    approval: Approval | None = None
    opens_by: datetime | None = None

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
    def lacked(self) -> tuple[str, ...]:
        """The parties for want of whose parts it is void, withheld or never asked for: the rule alone knows who draws next."""
        return (*self.withheld, *self.turned_away, *self.unasked)

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

    def step(self, party: str) -> Step:
        """When in the seed's order a party's part comes."""
        if party in self.further:
            return Step.FURTHER
        return Step.FIGURES if party in self.ceremonies else Step.SECRETS

    def of_step(self, step: Step) -> tuple[str, ...]:
        """The sources of one step."""
        return tuple(party for party in self.parties if self.step(party) is step)

    @property
    def awaiting(self) -> dict[str, datetime | None]:
        """The ceremonies whose figures are still to be typed, each with the moment from which they may be; none but while it is seeding."""
        open_ones = [one for one in self.ceremonies if one not in self.parts] if self.state is DrawState.SEEDING else []
        return {one: self.opens(one) for one in open_ones}

    def closes(self, party: str) -> datetime | None:
        """The last moment for a party's part."""
        match self.step(party):
            case Step.FIGURES:
                return self.figures_by
            case Step.SECRETS:
                return self.reveal_by
            case Step.FURTHER:
                return self.further_by

    @property
    def figured(self) -> bool:
        """Whether the public figures are settled: before, nobody is asked for anything else."""
        return all(party in self.parts for party in self.of_step(Step.FIGURES))

    def opens(self, party: str) -> datetime | None:
        """From when on a party's part may be known to anybody but itself."""
        match self.step(party):
            case Step.FIGURES:
                return self.seed_at
            case Step.SECRETS:
                return self.figures_by
            case Step.FURTHER:
                return self.reveal_by


@dataclass(frozen=True, slots=True, kw_only=True)
class Following:
    """Whom the draw after a void one does without, and which further sources it joins."""

    without: tuple[str, ...] = ()
    further: tuple[str, ...] = ()


def begin(number: str, plan: str, slot: str, lists: tuple[Listed, ...], policy: Policy, told: Following, now: datetime) -> Draw:
    """A numbered draw as it begins, of a plan and its slot: led by the first list's agency, by the pack in force.

    Its seed is asked of the pack's sources, `without` those whose part was lacking before, joined by the `further` ones (ruling 12).
    """
    return Draw(
        number=number,
        agency=lists[0].agency,
        plan=plan,
        slot=slot,
        pack=policy.label,
        state=DrawState.PREPARING,
        made_at=now,
        prev=None,
        parties=(*(party for party in policy.draw.seeds if party not in told.without), *told.further),
        further=told.further,
        without=told.without,
        lists=lists,
    )


def prepare(draw: Draw, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Draw]:
    """The frame is frozen; ask every party to commit itself to its part of the seed before anything is known."""
    ends = due(now, policy.term(Timer.REVEAL).term, calendar).at
    asks = tuple(ask(draw, OrderKind.DRAW_PROMISE, party, now, ends) for party in draw.parties)
    look = look_at(draw, PROMISES, draw.parties, ends)  # it ends a draw whose orders to ask lie in quarantine, or are gone
    facts = {"plan": draw.plan, "slot": draw.slot, "parties": list(draw.parties), PROMISED_BY: ends.isoformat()}
    facts |= {"seeds": list(policy.draw.seeds)}  # as the pack says today: whoever looks later holds the parties to that
    because = Because(rule="draw.prepare", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    return Decision(state=draw, because=because, orders=(*asks, look))


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
        expires_at=draw.seed_at if draw.named else None,  # a beacon does not wait for a witness who is late
        payload={"draw": draw.number, "witness": lodge},
    )
    return Decision(state=state, because=because, orders=(order,))


def drawn(draw: Draw, facts: Mapping[str, object], policy: Policy, now: datetime) -> Decision[Draw]:
    """The result is computed; running it again would give the same, so it is refused (scenario 23)."""
    because = Because(rule="draw.carry_out", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    if draw.state is not DrawState.SEEDING or not draw.seeded:
        return Decision(state=draw, because=replace(because, rule="draw.late"))
    return Decision(state=replace(draw, state=DrawState.DRAWN, drawn_at=now), because=because)


def void(
    draw: Draw,
    reason: str,
    withheld: tuple[str, ...],
    policy: Policy,
    now: datetime,
    able: Collection[str] = (),
    unasked: tuple[str, ...] = (),
    turned_away: tuple[str, ...] = (),
) -> Decision[Draw]:
    """A withheld part voids the draw by name (ruling 12).

    The void entry keeps its number; the next number is announced at once without that party, with a fresh frame and with a
    further source, so that nobody gains by silence. So it does without whom nobody asked (`unasked`), or whoever knows a part could
    keep us from asking for it and draw again; but nobody is said to have withheld anything then. `able` are the sources that are set
    up. Where the pack has no further one the decision has no order, and a person is told: never a weaker seed in silence, never a
    fallback order.
    """
    facts = missing(reason, withheld, unasked, turned_away)
    because = Because(rule="draw.void", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    if draw.state in (DrawState.DRAWN, DrawState.VOID) or (draw.state is DrawState.SEEDING and draw.seeded):
        return Decision(state=draw, because=replace(because, rule="timer.obsolete"))
    state = replace(draw, state=DrawState.VOID, void_reason=reason, withheld=withheld, unasked=unasked, turned_away=turned_away)
    told = following(state, policy, able)
    if told is None:
        return Decision(state=state, because=because)
    again = Order(
        kind=OrderKind.DRAW_ANNOUNCE,
        key=f"draw.announce:{draw.plan}:{draw.slot}:after:{draw.number}",
        due_at=now,
        urgent_by=now,
        payload={"plan": draw.plan, "slot": f"{draw.slot}+"},
    )
    return Decision(state=state, because=because, orders=(again,))


def missing(reason: str, withheld: tuple[str, ...], unasked: tuple[str, ...], turned_away: tuple[str, ...]) -> dict[str, object]:
    """What ledger and register say of a void for want of a part; who was not asked stands apart from who was."""
    facts: dict[str, object] = {"reason": reason, "withheld": list(withheld)}
    return facts | {word: list(names) for word, names in (("turned_away", turned_away), ("unasked", unasked)) if names}


def follows(slot: str) -> bool:
    """Whether a slot's name is that of the number that follows a void draw (`void`)."""
    return slot.endswith("+")


def following(draw: Draw, policy: Policy, able: Collection[str]) -> Following | None:
    """What follows a draw that is void for want of parts; None where none was lacking, or no further source is left."""
    gone = {*draw.without, *draw.lacked}
    kept = [party for party in draw.further if party not in gone]
    left = [party for party in policy.draw.further if party in able and party not in gone and party not in draw.parties]
    if not draw.lacked or not left:
        return None
    return Following(without=tuple(sorted(gone)), further=(*kept, left[0]))


def seedless(policy: Policy, told: Following, able: Collection[str]) -> tuple[str, ...] | None:
    """The sources that are not set up, where too few further ones could take their place; None where a seed can come about.

    `able` are the sources that are set up. A draw that is announced all the same can only become void, by the name of a party that
    nobody was able to ask; empty where the pack leaves no party at all.
    """
    parties = {*policy.draw.seeds, *told.further} - {*told.without}
    lacking = tuple(sorted(parties - {*able}))
    spare = {*policy.draw.further} & {*able} - parties - {*told.without}
    return None if parties and len(lacking) <= len(spare) else lacking


def ask(draw: Draw, kind: OrderKind, party: str, at: datetime, expires: datetime) -> Order:
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


def look_at(draw: Draw, suffix: str, parties: tuple[str, ...], ends: datetime) -> Order:
    """The order to look, at a step's last moment, whose part is missing."""
    return Order(
        kind=OrderKind.DRAW_OVERDUE,
        key=f"{OrderKind.DRAW_OVERDUE.value}:{draw.number}{suffix}",
        due_at=ends,
        urgent_by=ends,
        payload={"draw": draw.number, "parties": list(parties)},
    )
