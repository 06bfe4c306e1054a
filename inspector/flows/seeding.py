"""A draw's seed: each part asked for, typed or carried in; used once; withheld, and then the draw is void by name (ruling 12)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from inspector import beacons
from inspector.domain import gathering, seed
from inspector.domain import plan as life
from inspector.domain.commitment import read
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.entries import clock
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.person import same
from inspector.domain.plan import Draw, DrawState, Following, Step
from inspector.domain.policy import Policy
from inspector.domain.suite import Suite
from inspector.flows import footing, queue
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing
from inspector.flows.voiding import enter_void, make_void
from inspector.flows.voiding import void as by_rule
from inspector.ports import Garbled, NotYet, PortError, Refused, SeedSource, Typed, Unavailable
from inspector.store.tx import Tx
from inspector.store.work import Work

FIGURES_DUE = "draw_figures_due"
"""The matter of a ceremony whose figures are to be typed: it ends by the second typing that agrees, or with the draw."""


def reveal(work: Work, office: Office) -> Settlement:
    """Ask one party for its part; with the last one the draw is carried out.

    Before the public figures are settled nobody is asked for a secret, whatever the row says; who reveals is told the figures, and
    can see that they are those that were thrown. A beacon speaks to everybody, so nothing that a relay of it answers can void a
    draw: only the date does. Raises NotYet.
    """
    number, party = str(work.payload["draw"]), str(work.payload["party"])
    with office.store.read(steady=True) as tx:
        held = tx.draws.get(number)
        committed = tx.draws.file(number, "commit.json")
        file = footing.altered(tx, held) if held.state is DrawState.SEEDING else None
    if file is not None:
        return make_void(office, number, file)
    source = office.connectors.seeds.get(party)
    if source is None or not committed:
        return withheld(work, office, None).unasked()
    if held.step(party) is not Step.FIGURES and not held.figured:
        return nothing("obsolete")
    return _ask(work, office, held, party, source, read(committed).suite)


def _ask(work: Work, office: Office, held: Draw, party: str, source: SeedSource, suite: Suite) -> Settlement:
    number, promise, typed = held.number, held.promises[party], _typed(held, party)
    try:
        part = source.reveal(number, promise, typed, key=work.key, w=held.w or "")
        value = seed.value(promise, part, suite)
        if promise["kind"] in _BEACONS:
            beacons.believe(promise, part)
    except PortError as error:
        if promise["kind"] in _BEACONS:
            raise _later(error) from error
        if isinstance(error, Unavailable):
            raise
        return withheld(work, office, error).after(error)
    except Invalid as error:
        if promise["kind"] in _BEACONS:
            raise NotYet("beacon_wrong", detail=str(error.facts.get("problem", error.code)), attempts=0) from error
        return withheld(work, office, None)

    def write(tx: Tx, now: datetime) -> None:
        if (fresh := _sound(office, tx, number, now)) is not None:
            _reveal(office, tx, fresh, party, part, value, now)

    return Settlement(write=write, outcome="revealed")


def _sound(office: Office, tx: Tx, number: str, now: datetime) -> Draw | None:
    """A draw, held, whose seed may be judged; None for one that somebody has altered: it is void by rule, and no party's fault.

    It was looked at before the party was asked, which may have been minutes ago.
    """
    held = tx.draws.get(number, lock=True)
    file = footing.altered(tx, held) if held.state is DrawState.SEEDING else None
    if file is not None:
        by_rule(office, tx, held, file, now)
        return None
    return held


_BEACONS = ("drand", "nist")


def _typed(held: Draw, party: str) -> tuple[Typed, ...]:
    """What each person typed of a ceremony; for anybody else the figures that are settled, each under its ceremony's name."""
    if party in held.ceremonies:
        return tuple(Typed(by=by, figures=figures) for by, figures in sorted(held.typed.get(party, {}).items()))
    return tuple(Typed(by=one, figures=str(held.parts[one]["text"])) for one in held.ceremonies if one in held.parts)


def _later(error: PortError) -> NotYet:
    after = error.retry_after if isinstance(error, Unavailable) else None
    return NotYet(error.code, origin=error.origin, detail=error.detail, attempts=error.attempts, retry_after=after)


def _reveal(
    office: Office, tx: Tx, held: Draw, party: str, part: Mapping[str, object], value: str, now: datetime, by: str = ""
) -> Draw:
    """Write a part down, unless it was a part of a seed before: what everybody knows chooses nobody."""
    policy = office.book.get(held.pack)
    if held.promises[party]["kind"] == "text" and not tx.draws.claim(f"text:{value}", held.number, party, now):
        return void(office, tx, held, policy, f"withheld:{party}:draw_seed_used", (party,), now)
    decision = gathering.revealed(held, party, part, policy, now, office.calendar, by)
    settle(tx, decision, now)
    return decision.state


def withheld(work: Work, office: Office, error: PortError | None) -> Settlement:
    """A party gives no promise or no reveal: the draw is void by name, the next number follows at once without it (ruling 12).

    Not so a ceremony whose figures two have typed alike in time: that nobody here has looked since is no fault of theirs.
    """
    number, party = str(work.payload["draw"]), str(work.payload["party"])

    def write(tx: Tx, now: datetime) -> None:
        held = _sound(office, tx, number, now)
        if held is None:
            return
        if not isinstance(error, Refused | Garbled):
            held = _settled(office, tx, held, (party,), now)
            if work.expires_at is not None and work.expires_at <= now and _has_time(held, party, now):
                by_rule(office, tx, held, "record", now)  # its time was cut in the order's row: that is no silence of the party's
                return
        if party in held.parts:
            return
        reason = f"withheld:{party}:{error.code if error else 'silent'}"
        void(office, tx, held, office.book.get(held.pack), reason, (party,), now)

    return Settlement(write=write, outcome="withheld")


def overdue(work: Work, office: Office) -> Settlement:
    """The last moment for reveals; further sources have a later one of their own.

    Nobody withholds what nobody has been asked for: until the figures are settled it is they that are missing, and secrets asked for
    late have a later moment.
    """

    def write(tx: Tx, now: datetime) -> None:
        held = _sound(office, tx, str(work.payload["draw"]), now)
        if held is None:
            return
        if wanted := work.payload.get("wanted"):
            _ask_for(tx, held, tuple(map(str, wanted)), str(work.payload["until"]), now)
            return
        held = _settled(office, tx, held, held.ceremonies, now)
        figures = held.of_step(Step.FIGURES)
        parties = tuple(map(str, work.payload["parties"])) if held.figured else figures
        if held.figured and held.reveal_by is not None and now < held.reveal_by and not set(parties) <= set(figures):
            return
        missing = tuple(party for party in parties if party not in held.parts and not _has_time(held, party, now))
        if missing:
            void(office, tx, held, office.book.get(held.pack), "withheld:" + ",".join(missing), missing, now)

    return Settlement(write=write)


def _has_time(held: Draw, party: str, now: datetime) -> bool:
    """Whether a party's last moment is still to come, whatever the row of an order says."""
    closes = held.closes(party) if held.state is DrawState.SEEDING else None
    return closes is not None and now < closes and party not in held.parts


def _ask_for(tx: Tx, held: Draw, ceremonies: tuple[str, ...], until: str, now: datetime) -> None:
    """The time has come to type the figures of a ceremony: people are told until when, and the second typing ends it."""
    for party in ceremonies:
        if held.state is DrawState.SEEDING and party not in held.parts and gathering.agreed(held, party) is None:
            facts = {"draw": held.number, "party": party, "until": until}
            tx.attention.open(FIGURES_DUE, held.agency, f"{held.number}:{party}", facts, now)


def _settled(office: Office, tx: Tx, held: Draw, parties: tuple[str, ...], now: datetime) -> Draw:
    """The draw with the figures that were typed alike in time, where the daemon was down or busy when they were to be taken up.

    Figures that are none of those promised are no part, as if they had been asked for in time.
    """
    for party in parties:
        figures = gathering.agreed(held, party) if held.state is DrawState.SEEDING and party not in held.parts else None
        if figures is None:
            continue
        part = {"kind": "text", "text": figures}
        try:
            value = seed.value(held.promises[party], part, read(tx.draws.file(held.number, "commit.json")).suite)
        except Invalid:
            continue
        held = _reveal(office, tx, held, party, part, value, now)
    return held


def void(office: Office, tx: Tx, held: Draw, policy: Policy, reason: str, missing: tuple[str, ...], now: datetime) -> Draw:
    """Void by name; the cases go back to the next frame, which follows at once where a further source takes the party's place."""
    decision = life.void(held, reason, missing, policy, now, office.connectors.seeds.keys())
    if decision.because.rule == "timer.obsolete":
        return held
    decision = replace(decision, state=replace(decision.state, followed=bool(decision.orders)))
    settle(tx, decision, now)
    enter_void(tx, decision.state, {"reason": reason, "withheld": list(missing)}, now)
    tx.cases.unmark_drawn(held.number)
    tx.attention.close_those(f"{FIGURES_DUE}:{held.number}:", now)
    tx.attention.open("draw_void", held.agency, held.number, {"reason": reason, "next": bool(decision.orders)}, now)
    if not decision.orders:  # else the number that follows goes first, for it takes this one's place (ruling 12)
        queue.over(office, tx, held, now)
    if missing and not decision.orders:
        tx.attention.open("draw_no_further", held.agency, held.number, _lacking(office, decision.state, policy), now)
    return decision.state


def _lacking(office: Office, held: Draw, policy: Policy) -> dict[str, str]:
    """What is missing for the draw that should follow: a further source in the pack, or the section of one that it names."""
    spent = {*held.without, *held.withheld, *held.parties}
    unset = [party for party in policy.draw.further if party not in spent and party not in office.connectors.seeds]
    wanted = ", ".join(f"[seeds.{party}]" for party in unset) or f"{policy.label} [draw] further"
    return {"draw": held.number, "withheld": ", ".join(held.withheld), "missing": wanted}


def resumed(office: Office, tx: Tx, plan: str, slot: str, now: datetime) -> tuple[str, Following]:
    """The slot that a plan's period has come to, and what its draw does without, when the last one is void for a withheld part.

    Raises Refusal (`draw_no_further`) while the pack in force has no further source that is set up.
    """
    held = tx.draws.by_slot(plan, slot)
    while held is not None and held.state is DrawState.VOID and (later := tx.draws.by_slot(plan, f"{slot}+")) is not None:
        slot, held = f"{slot}+", later
    if held is None or held.state is not DrawState.VOID or not held.withheld:
        return slot, Following()
    return f"{slot}+", succeeding(office, held, office.policy(held.agency, now.date()))


def succeeding(office: Office, held: Draw, policy: Policy) -> Following:
    """What the draw behind a void one does without, and which further sources it joins.

    Two signatures bring nobody back who withheld a part before. Raises Refusal (`draw_no_further`) while a part was withheld from
    this one and the pack has no further source that is set up.
    """
    if not held.withheld:
        return Following(without=held.without, further=held.further)
    told = life.following(held, policy, office.connectors.seeds.keys())
    if told is None:
        raise Refusal("draw_no_further", **_lacking(office, held, policy))
    return told


def used(tx: Tx, held: Draw, party: str, promise: Mapping[str, object], now: datetime) -> str | None:
    """Why a party's promise is worth nothing: it was given before, by anybody. None: it is new, and now it is this party's."""
    mark = seed.mark(promise) if promise.get("kind") == "reveal" else None
    return None if mark is None or tx.draws.claim(mark, held.number, party, now) else "draw_seed_used"


def claim(tx: Tx, held: Draw, now: datetime) -> None:
    """Every promise of a draw that is about to be committed to is its own. Raises Invalid (`draw_seed_used`)."""
    for party, promise in held.promises.items():
        mark = seed.mark(promise)
        if mark is not None and not tx.draws.claim(mark, held.number, party, now):
            raise Invalid("draw_seed_used", draw=(tx.draws.user(mark) or ("",))[0], party=party)


def type_figures(  # noqa: PLR0913 - what one person says of one ceremony
    office: Office,
    tx: Tx,
    number: str,
    by: str,
    figures: str,
    now: datetime,
    *,
    party: str | None = None,
    held_at: datetime | None = None,
    minutes: str = "",
) -> Draw:
    """A person types the ceremony's figures, again where he or she erred; `held_at` is the time of the minutes, `minutes` where they are.

    The same to the letter as the last time changes nothing.
    Raises Refusal as `gathering.typed` does, `draw_seed_used` for the figures of an earlier draw, `draw_contradicted`;
    Invalid: `ceremony_unnamed` where it could be one of several, `ceremony_figures_unfit`.
    """
    held = _held(tx, number)
    party = ceremony(held, party, now)
    form = seed.form(held.promises.get(party, {}))
    told = form.figures(figures) if form is not None else " ".join(figures.split())
    decision = gathering.typed(held, party, by, told, held_at, office.book.get(held.pack), now, minutes)
    if (user := tx.draws.user(f"text:{told}")) is not None:
        raise Refusal("draw_seed_used", draw=user[0], party=party)
    if _said(tx, number, decision.because):
        return held
    settle(tx, decision, now)
    if gathering.agreed(decision.state, party) is not None:
        tx.attention.close(f"{FIGURES_DUE}:{number}:{party}", now)
    tx.work.hasten(f"{OrderKind.DRAW_REVEAL.value}:{number}:{party}", now)
    return decision.state


def _said(tx: Tx, number: str, because: Because) -> bool:
    """Whether this is to the letter what the same person last typed of the ceremony: a message that came twice, and no new typing."""
    told = {name: value for name, value in because.facts.items() if name != "again"}
    entries = [json.loads(row["body"])["facts"] for row in tx.ledger.about(number) if row["rule"] == because.rule and row["body"]]
    own = [one for one in entries if one["party"] == told["party"] and same(one["by"], str(told["by"]))]
    return bool(own) and {name: value for name, value in own[-1].items() if name != "again"} == told


class Standing(StrEnum):
    """How what a person has typed stands beside the others' typings: never what those are."""

    WAITS = "WAITS"
    DIFFERS = "DIFFERS"
    AGREES = "AGREES"


def standing(draw: Draw, party: str, by: str) -> Standing:
    """How a person's figures of a ceremony stand; the others' stay unseen, or the second typing would be no second one."""
    typed = draw.typed.get(party, {})
    others = [figures for name, figures in typed.items() if not same(name, by)]
    if not others:
        return Standing.WAITS
    return Standing.AGREES if typed.get(by) in others else Standing.DIFFERS


def ceremony(held: Draw, party: str | None, now: datetime) -> str:
    """The ceremony that somebody means: the named one, or the only one whose figures are wanted now (of all, where none's time is)."""
    wanted = [one for one in held.ceremonies if one not in held.parts]
    open_ones = [one for one in wanted if (opens := held.opens(one)) is None or opens <= now or one == party] or wanted
    if held.state is not DrawState.SEEDING or not open_ones:
        raise Refusal("draw_not_seeding", draw=held.number, state=held.state)
    if party not in open_ones and (party is not None or len(open_ones) > 1):
        raise Invalid("ceremony_unnamed", party=party or "", known=", ".join(open_ones))
    return party or open_ones[0]


def carry_in(office: Office, tx: Tx, number: str, content: bytes, by: str, now: datetime) -> tuple[str, Draw]:
    """A person brings a beacon's round or pulse in a file, where no wire leads to it; the party it is of, and the draw.

    Raises Refusal (`draw_not_seeding`, `draw_contradicted`), Invalid: `beacon_unreadable`, `beacon_not_awaited` when it is none of
    those the commitment names, and what `beacons.believe` raises.
    """
    held = _held(tx, number)
    awaited = {one: held.promises[one] for one in held.parties if held.promises.get(one, {}).get("kind") in _BEACONS}
    awaited = {one: promise for one, promise in awaited.items() if one not in held.parts}
    if held.state is not DrawState.SEEDING or not awaited:
        raise Refusal("draw_not_seeding", draw=number, state=held.state)
    told = beacons.read(content)
    suite = read(tx.draws.file(number, "commit.json")).suite
    for party, promise in awaited.items():
        part = beacons.part(promise, told)
        try:
            value = seed.value(promise, part, suite)
        except Invalid:
            continue
        beacons.believe(promise, part)
        opens = seed.known_at(promise)
        if not held.figured or (
            opens is not None and now < opens
        ):  # or our clock is behind: the commitment may be younger than it says
            raise Refusal("draw_seed_early", draw=number, opens=opens.isoformat() if opens else "", held=now.isoformat())
        return party, _reveal(office, tx, held, party, part, value, now, by)
    wanted = [str(promise.get("round") or promise.get("time")) for promise in awaited.values()]
    raise Invalid("beacon_not_awaited", draw=number, wanted=", ".join(wanted))


def _held(tx: Tx, number: str) -> Draw:
    """A draw, held, into which somebody brings a part. Raises Refusal (`draw_contradicted`) for one that somebody has altered.

    What is due next makes that one void by rule.
    """
    held = tx.draws.get(number, lock=True)
    if held.state is DrawState.SEEDING:
        footing.refuse(number, footing.differing(tx, held))
    return held


def settle(tx: Tx, decision: Decision[Draw], now: datetime) -> None:
    """Write a decision about a draw down."""
    tx.draws.put(decision.state)
    told = {"draw_state": decision.state.state.value, "clock": clock(decision.state)}
    record(tx, decision.state.number, decision, now, told)
    tx.work.order(decision.orders, now)
