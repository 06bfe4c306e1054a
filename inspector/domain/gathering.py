"""How the parts of a draw's seed come together, and in what order: public figures, then secrets, then further sources (decision 27).

Whoever types the figures of a ceremony must know nothing of the rest, or two typists would try figures until they like who is
drawn, and one alone could let a draw lapse that he dislikes. So no reveal is asked for, and no beacon named, that could be known
while a figure can still be typed (rulings 7, 12, 19; threat 6).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from inspector.domain import footing
from inspector.domain.beacon import named
from inspector.domain.calendar import WorkingCalendar, due
from inspector.domain.ceremony import alike
from inspector.domain.commitment import LEAST_BITS
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.errors import Refusal
from inspector.domain.person import same
from inspector.domain.plan import PROMISES, Draw, DrawState, Step, ask, look_at
from inspector.domain.policy import Policy
from inspector.domain.seed import entropy, form, known_at, mark, public, spare
from inspector.domain.strict import expect
from inspector.domain.timer import Timer

DUE = ":due"
"""The end of the key of the order to say, when their time has come, that figures are to be typed."""
STILL = ":still"
"""What the key of the order to say it once more, near the last moment, ends with behind that: so the ledger knows that the house was up."""
LAST = timedelta(hours=3)
"""How near its last moment a party was asked again, or people told, that is said to withhold its part (decision 89).

It was asked before that, too, and people were told to type before that: nobody withholds in a minute what nobody asked for in two days.
"""
LATE = ":late"
"""The end of the key of the look at the last moment for secrets that were asked for late."""


def looks(number: str) -> tuple[str, ...]:
    """The keys of all orders of a draw to look, or to tell people, at a moment of its seed: over with the seed."""
    told = (f"{due}{again}" for due in (DUE, f"{DUE}:further") for again in ("", STILL))
    return tuple(f"{OrderKind.DRAW_OVERDUE.value}:{number}{end}" for end in ("", PROMISES, ":figures", ":further", LATE, *told))


def timed(draw: Draw, policy: Policy, now: datetime, calendar: WorkingCalendar, used: Callable[[str], bool]) -> Draw:
    """The times of the seed, counted from the announcement, and each beacon's round: the first at or after its own that is unused.

    `used` says whether a mark (`seed.mark`) stands in an earlier draw; nobody can know in advance what either round will hold.
    Each promise also says its `step`, so that the order is committed to (ruling 4 keeps such fields).
    """
    held = _timed(draw, policy, now, calendar)
    promises = {}
    for party, promise in held.promises.items():
        told, at = named(promise, held.opens(party) or now), None
        while told != promise and (name := mark(told)) and used(name) and (at := known_at(told)):
            told = named(promise, at + timedelta(microseconds=1))
        promises[party] = {**told, "step": held.step(party).value}
    return replace(held, promises=promises)


def refuse_weak(draw: Draw, policy: Policy) -> None:
    """A seed with too little chance, or that one party alone knows, or a part of it known too early or whose chance nobody can see.

    Raises Invalid (`draw_commit_invalid`).
    """
    bits = sum(map(entropy, draw.promises.values()))
    expect(bits >= policy.draw.min_bits, "seed", "few_bits", bits=bits, least=policy.draw.min_bits)
    shared = spare(list(draw.promises.values()))
    expect(shared >= LEAST_BITS, "seed", "bits_of_one", bits=shared, least=LEAST_BITS)
    for party, promise in draw.promises.items():
        kind, at, opens = promise.get("kind"), known_at(promise), draw.opens(party)
        early = at is not None and opens is not None and at < opens
        expect(not early, f"seed.{party}", "known_early")
        expect(kind != "text" or form(promise) is not None, f"seed.{party}", "ceremony_form")
        expect(party not in draw.further or public(promise), f"seed.{party}", "looked_up")


def lodged(
    draw: Draw, receipt: str | None, at: datetime | None, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[Draw]:
    """W is in outside hands (or could not be lodged: then the record says that its time is not proven). Now the seed may come.

    `at` is the date of the receipt, without which it proves nothing: that the house lodged it `now` is the house's own word, and is
    kept apart. The times of the seed are counted anew from here, unless the
    commitment names a beacon's.
    """
    named_at = draw.named
    held = draw if named_at is not None and draw.reveal_by is not None else _timed(draw, policy, now, calendar)
    assert held.seed_at is not None and held.figures_by is not None and held.reveal_by is not None  # noqa: PT018 (set by _timed)
    # As the audit has it: nobody holds the value of a commitment that is not made yet, nor does a date behind the seed prove anything.
    proven = at is not None and (draw.announced_at or draw.made_at).replace(microsecond=0) <= at < (named_at or held.seed_at)
    because = Because(
        rule="draw.lodge",
        basis=(policy.draw.basis,),
        pack=policy.label,
        facts={
            "receipt": receipt,
            "lodged_at": now.isoformat() if receipt else None,
            "witnessed_at": at.isoformat() if at is not None else None,
            "time_proven": bool(receipt) and proven,
        },
    )
    if draw.state is not DrawState.ANNOUNCED:
        return Decision(state=draw, because=replace(because, rule="draw.late"))
    state = replace(held, state=DrawState.SEEDING, witness=receipt, witnessed_at=at, lodged_at=now if receipt else None)
    last = held.further_by or _after(held.reveal_by, policy, calendar)  # a draw of an older release has not kept it
    state = replace(state, further_by=last if held.further else None)
    figures, secrets, further = map(state.of_step, Step)
    orders = [
        *(_reveal(state, party, held.seed_at, held.figures_by) for party in figures),
        *([] if figures else _secrets(state, held.seed_at)),
        *(_reveal(state, party, held.reveal_by, last) for party in further),
        *_overdue(state, ":figures", figures, held.figures_by),
        *_overdue(state, "", secrets, held.reveal_by),
        *_overdue(state, ":further", further, last),
        *_wanted(state, DUE, figures, held.seed_at, held.figures_by),
        *_wanted(state, f"{DUE}:further", tuple(one for one in further if one in state.ceremonies), held.reveal_by, last),
    ]
    return Decision(state=state, because=because, orders=tuple(orders))


def revealed(
    draw: Draw,
    party: str,
    part: Mapping[str, object],
    policy: Policy,
    now: datetime,
    calendar: WorkingCalendar,
    by: str = "",
) -> Decision[Draw]:
    """A part of the seed is there, brought `by` a person or come by itself; with the last one the draw is carried out.

    With the last of the figures the secrets are asked for. One that comes before them, by whatever door, is none.
    """
    facts = {"party": party, "part": footing.part(part)} | ({"by": by} if by else {})
    because = Because(rule="draw.reveal", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    early = not draw.figured and draw.step(party) is not Step.FIGURES
    if draw.state is not DrawState.SEEDING or party in draw.parts or early:
        return Decision(state=draw, because=replace(because, rule="draw.early" if early else "draw.late"))
    state = replace(draw, parts={**draw.parts, party: part})
    if state.figured and not draw.figured:
        state, clock = _belated(state, policy, now, calendar)
        return Decision(state=state, because=because, orders=(*_secrets(state, now), *clock, *_carried(state, now)))
    return Decision(state=state, because=because, orders=_carried(state, now))


def typed(
    draw: Draw,
    party: str,
    by: str,
    figures: str,
    held_at: datetime | None,
    policy: Policy,
    now: datetime,
    minutes: str = "",
) -> Decision[Draw]:
    """A person has typed the figures of the public ceremony, independently of the other (ruling 19).

    Whoever erred types again, until the figures' own last moment, or a third person types: two must agree, against fewer (`agreed`), and
    every typing stays in the record. So one person's slip or word does not void a draw, and whoever lets it lapse cannot know whom it
    would have drawn. `held_at` is the time of the
    minutes, `minutes` where they are; of a further source its official number, by which anybody looks the figures up.
    Raises Refusal: `draw_not_seeding`, `draw_seed_early` for figures that fell before their time, `draw_seed_future`,
    `draw_figures_late`, `draw_reference_missing`.
    """
    if draw.state is not DrawState.SEEDING or draw.seeded or party in draw.parts:
        raise Refusal("draw_not_seeding", draw=draw.number, state=draw.state)
    opens = draw.opens(party)
    if opens is not None and (held_at or now) < opens:
        raise Refusal("draw_seed_early", draw=draw.number, opens=opens.isoformat(), held=(held_at or now).isoformat())
    if held_at is not None and held_at > now:
        raise Refusal("draw_seed_future", draw=draw.number, held=held_at.isoformat())
    _refuse_late(draw, party, now)
    if party in draw.further and not minutes:
        raise Refusal("draw_reference_missing", draw=draw.number, party=party)
    told = draw.typed.get(party, {})
    known = next((name for name in told if same(name, by)), by)
    facts = {"by": by, "party": party, "figures": figures, "again": known in told}
    facts |= {"held_at": held_at.isoformat()} if held_at is not None else {}
    facts |= {"minutes": minutes} if minutes else {}
    because = Because(rule="draw.typed", basis=(policy.draw.basis,), pack=policy.label, facts=facts)
    return Decision(state=replace(draw, typed={**draw.typed, party: {**told, known: figures}}), because=because)


def agreed(draw: Draw, party: str) -> str | None:
    """The figures of a ceremony that count, by who has typed them (`ceremony.alike`); None while none do.

    A typing is refused after the figures' last moment (`typed`), so whatever is stored was typed in time, however late it is looked at.
    """
    return alike(draw.typed.get(party, {}))


def disputed(draw: Draw, party: str) -> bool:
    """Whether not all who typed the figures of a ceremony have typed the same."""
    return len({*draw.typed.get(party, {}).values()}) > 1


def belated(draw: Draw, party: str, now: datetime) -> bool:
    """Whether a secret comes when a further source may be known already: who gives or keeps it then could choose by the result."""
    ends = draw.closes(party)
    return (
        bool(draw.further) and draw.step(party) is Step.SECRETS and ends is not None and ends <= now and party not in draw.parts
    )


def _refuse_late(draw: Draw, party: str, now: datetime) -> None:
    """No figure is typed once a secret may be known; of a further source everybody can look it up. Raises Refusal."""
    secret = any(draw.step(one) is Step.SECRETS for one in draw.parts)
    over = draw.figures_by is not None and now >= draw.figures_by
    if draw.step(party) is Step.FIGURES and (over or secret):
        ends = draw.figures_by.isoformat() if draw.figures_by is not None else ""
        raise Refusal("draw_figures_late", draw=draw.number, ends=ends)


def latest(policy: Policy, now: datetime, calendar: WorkingCalendar) -> datetime:
    """When a draw that is frozen now is carried out at the latest, where every step of its seed keeps its time.

    First all promise, then come the steps of `_timed`. Further sources and an outage of ours may take longer, and so may a witness: the
    steps are counted anew from the moment at which it has W, or is given up (`lodged`), and how long it is tried is no row of a pack.
    Whoever may go no more by then passes on by the register (`relief`).
    """
    promised = _after(now, policy, calendar)
    figures_by = _after(due(promised, policy.term(Timer.SEED).term, calendar).at, policy, calendar)
    return _after(figures_by, policy, calendar)


def held_to(
    leads: Iterable[Policy], now: datetime, calendar: WorkingCalendar, named: Collection[date] = ()
) -> tuple[frozenset[date], date]:
    """The days on which visits of a draw that is frozen now may be due, were they given now, and the last one of all.

    By the packs of those by whom one may be given, and the days that are `named` for them already.
    """
    days, last = {*named}, max((calendar.local_date(now), *named))
    for lead in leads:
        term = lead.term(Timer.VISIT).term
        day, end = (calendar.local_date(due(at, term, calendar).at) for at in (now, latest(lead, now, calendar)))
        days, last = days | {day}, max(last, end)
    return frozenset(days), last


def _timed(draw: Draw, policy: Policy, since: datetime, calendar: WorkingCalendar) -> Draw:
    """The times of the three steps. Where nothing is thrown the secrets' time begins at once."""
    seed_at = due(since, policy.term(Timer.SEED).term, calendar).at
    figures_by = _after(seed_at, policy, calendar) if draw.of_step(Step.FIGURES) else seed_at
    reveal_by = _after(figures_by, policy, calendar)
    further_by = _after(reveal_by, policy, calendar) if draw.further else None
    return replace(draw, seed_at=seed_at, figures_by=figures_by, reveal_by=reveal_by, further_by=further_by)


def _after(moment: datetime, policy: Policy, calendar: WorkingCalendar) -> datetime:
    """The end of a step that begins at a moment."""
    return due(moment, policy.term(Timer.REVEAL).term, calendar).at


def _belated(draw: Draw, policy: Policy, now: datetime, calendar: WorkingCalendar) -> tuple[Draw, list[Order]]:
    """Figures that are taken up after their time, for the daemon was down, leave those who reveal their whole time all the same.

    Else an outage of ours would be a withheld part of theirs. Further sources, whose time hangs on it, keep it as it is.
    """
    if draw.figures_by is None or now <= draw.figures_by or draw.further:
        return draw, []
    held = replace(draw, reveal_by=_after(now, policy, calendar))
    assert held.reveal_by is not None
    return held, _overdue(held, LATE, held.of_step(Step.SECRETS), held.reveal_by)


def _secrets(draw: Draw, since: datetime) -> tuple[Order, ...]:
    """The orders to ask the parties that reveal, at once, and the beacons, when their time has come."""
    assert draw.reveal_by is not None
    return tuple(_reveal(draw, party, since, draw.reveal_by) for party in draw.of_step(Step.SECRETS))


def _reveal(draw: Draw, party: str, since: datetime, ends: datetime) -> Order:
    """The order to ask for one part: now, or when a beacon has it; one that waits beyond the party's last moment was altered."""
    at = min(since, ends)
    return ask(draw, OrderKind.DRAW_REVEAL, party, max(at, known_at(draw.promises[party]) or at), ends)


def _overdue(draw: Draw, suffix: str, parties: tuple[str, ...], ends: datetime) -> list[Order]:
    """The order to look, at a step's last moment, whose part is missing; none for a step without sources."""
    return [look_at(draw, suffix, parties, ends)] if parties else []


def _wanted(draw: Draw, suffix: str, ceremonies: tuple[str, ...], opens: datetime, ends: datetime) -> list[Order]:
    """The orders to tell a person, when the time of a step has come and once more near its end, that figures are to be typed.

    None for a step without ceremonies.
    """
    dates = {suffix: opens, f"{suffix}{STILL}": max(opens, ends - LAST * 2 / 3)}
    made = [
        Order(
            kind=OrderKind.DRAW_OVERDUE,
            key=f"{OrderKind.DRAW_OVERDUE.value}:{draw.number}{end}",
            due_at=at,
            urgent_by=ends,
            payload={"draw": draw.number, "parties": [], "wanted": list(ceremonies), "until": ends.isoformat()},
        )
        for end, at in dates.items()
    ]
    return made if ceremonies else []


def _carried(draw: Draw, now: datetime) -> tuple[Order, ...]:
    """The order to carry the draw out, once every part is there."""
    made = Order(
        kind=OrderKind.DRAW_CARRY_OUT,
        key=f"{OrderKind.DRAW_CARRY_OUT.value}:{draw.number}",
        due_at=now,
        urgent_by=now,
        payload={"draw": draw.number},
    )
    return (made,) if draw.seeded else ()
