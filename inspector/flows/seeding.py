"""A draw's seed: each part asked for, typed or carried in; used once; withheld, and then the draw is void by name (ruling 12)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from inspector import beacons
from inspector.domain import gathering, seed
from inspector.domain.commitment import read
from inspector.domain.decision import Because, OrderKind
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.person import same
from inspector.domain.plan import Draw, DrawState, Step
from inspector.domain.suite import Suite
from inspector.flows import footing, succession
from inspector.flows.lapse import NOT_SET_UP, given_up, later, timed
from inspector.flows.office import Office
from inspector.flows.parts import reveal as write_down
from inspector.flows.parts import sound
from inspector.flows.settle import Settlement, nothing
from inspector.flows.silence import OTHERS
from inspector.flows.voiding import make_void
from inspector.ports import NotYet, Origin, PortError, SeedSource, Typed, Unavailable
from inspector.store.tx import Tx
from inspector.store.work import Work


def reveal(work: Work, office: Office) -> Settlement:
    """Ask one party for its part; with the last one the draw is carried out.

    Before the public figures are settled nobody is asked for a secret, whatever the row says; who reveals is told the figures, and
    can see that they are those that were thrown. Nothing that is answered voids a draw, for the answer may be another server's, or a
    relay's of a beacon: only the date does (decision 89). Raises NotYet.
    """
    number, party = str(work.payload["draw"]), str(work.payload["party"])
    with office.store.read(steady=True) as tx:
        held = tx.draws.get(number)
        if held.state is not DrawState.SEEDING or party in held.parts:
            return nothing("obsolete")
        committed = tx.draws.file(number, "commit.json")
        file = footing.altered(tx, held)
    if file is not None:
        return make_void(office, number, file)
    if held.step(party) is not Step.FIGURES and not held.figured:
        raise NotYet("figures_unsettled", origin=Origin.US, attempts=0)
    if gathering.belated(held, party, office.now()):
        return given_up(work, office, None).unasked()
    source = asked_of(office, party)
    return _ask(work, office, held, party, source, read(committed).suite)


def asked_of(office: Office, party: str) -> SeedSource:
    """Who is asked for a party's part. Raises NotYet where its section is gone: that is no try, and its time is not cut by it."""
    source = office.connectors.seeds.get(party)
    if source is None:
        raise NotYet(NOT_SET_UP, origin=Origin.US, attempts=0)
    return source


def _ask(work: Work, office: Office, held: Draw, party: str, source: SeedSource, suite: Suite) -> Settlement:
    number, promise, typed = held.number, held.promises[party], _typed(held, party)
    try:
        part = timed(office, lambda: source.reveal(number, promise, typed, key=work.key, w=held.w or ""))
        value = seed.value(promise, part, suite)
        if promise["kind"] in _BEACONS:
            beacons.believe(promise, part)
    except PortError as error:
        if isinstance(error, Unavailable) and promise["kind"] not in _BEACONS:
            raise
        raise later(_others(error)) from error
    except Invalid as error:
        code = "beacon_wrong" if promise["kind"] in _BEACONS else "nonce_differs"
        raise NotYet(code, origin=Origin.THEM, detail=str(error.facts.get("problem", error.code)), attempts=1) from error

    def write(tx: Tx, now: datetime) -> None:
        if (fresh := sound(office, tx, number, now)) is None:
            return
        if gathering.belated(fresh, party, now):
            given_up(work, office, None).write(tx, now)
            return
        counts = gathering.agreed(fresh, party) if party in fresh.ceremonies else part.get("text")
        if counts != part.get("text"):  # somebody has typed since it was read
            raise NotYet("ceremony_disagrees", origin=Origin.US, attempts=0)
        write_down(office, tx, fresh, party, part, value, now)

    return Settlement(write=write, outcome="revealed")


_BEACONS = ("drand", "nist")
DIFFER = "draw_figures_differ"
"""The matter of figures that were not typed alike: a third person types what the minutes say, and who has not typed looks who has erred."""


def _typed(held: Draw, party: str) -> tuple[Typed, ...]:
    """What each person typed of a ceremony, without who was outvoted; for anybody else the settled figures, by their ceremony's name."""
    if party in held.ceremonies:
        counts, told = gathering.agreed(held, party), sorted(held.typed.get(party, {}).items())
        return tuple(Typed(by=by, figures=figures) for by, figures in told if counts in (None, figures))
    return tuple(Typed(by=one, figures=str(held.parts[one]["text"])) for one in held.ceremonies if one in held.parts)


def _others(error: PortError) -> PortError:
    """A party that was asked before with other figures, or for another W, answers 409 (reference/wire.md): it does what it should.

    Whoever has a copy of the records could else have it named by asking first. Nobody can tell whether it is so: it was turned away.
    """
    if "http_409" not in (error.code, error.detail):
        return error
    others = NotYet(OTHERS, origin=Origin.US, detail=error.detail, attempts=error.attempts)
    others.began = error.began
    return others


def refuse_used(tx: Tx, held: Draw, party: str, promise: Mapping[str, object], now: datetime) -> None:
    """Make a party's promise its own. Raises NotYet (`draw_seed_used`) for one that was given before, which is worth nothing.

    Where another party of this very draw has given it, two sections of ours lead to one place, and nobody can say whose it is.
    """
    mark = seed.mark(promise) if promise.get("kind") == "reveal" else None
    if mark is not None and not tx.draws.claim(mark, held.number, party, now):
        ours = (tx.draws.user(mark) or ("",))[0] == held.number
        raise NotYet("draw_seed_used", origin=Origin.US if ours else Origin.THEM, attempts=1)
    tx.attention.close(f"{succession.AMISS}:{held.number}:{party}", now)


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
    Raises Refusal as `gathering.typed` does, `draw_announcer` for whoever announced it by hand (decision 137), `draw_seed_used` for the
    figures of an earlier draw, `draw_contradicted`; Invalid: `ceremony_unnamed` where it could be one of several, `ceremony_figures_unfit`.
    """
    held = _held(tx, number)
    party = ceremony(held, party, now)
    if same(by, _announcer(tx, number)):
        raise Refusal("draw_announcer", draw=number, by=by)
    form = seed.form(held.promises.get(party, {}))
    told = form.figures(figures) if form is not None else " ".join(figures.split())
    decision = gathering.typed(held, party, by, told, held_at, office.book.get(held.pack), now, minutes)
    if (user := tx.draws.user(f"text:{told}")) is not None:
        raise Refusal("draw_seed_used", draw=user[0], party=party)
    if _said(tx, number, decision.because):
        return held
    succession.settle(tx, decision, now)
    if gathering.agreed(decision.state, party) is not None:
        tx.attention.close(f"{succession.FIGURES_DUE}:{number}:{party}", now)
    if gathering.disputed(decision.state, party):
        facts = {"draw": number, "party": party, "until": str(held.closes(party)), "by": sorted(decision.state.typed[party])}
        tx.attention.open(DIFFER, held.agency, f"{number}:{party}", facts, now)
    else:  # whoever erred has typed again
        tx.attention.close(f"{DIFFER}:{number}:{party}", now)
    tx.work.hasten(f"{OrderKind.DRAW_REVEAL.value}:{number}:{party}", now)
    return decision.state


def _announcer(tx: Tx, number: str) -> str:
    """Who announced a draw, by the entry of that: a person, or the schedule. Empty of one that two have asked for (an extension)."""
    first: dict[str, object] = next(
        (json.loads(row["body"]) for row in tx.ledger.about(number) if row["rule"] == "draw.prepare" and row["body"]), {}
    )
    return str(first.get("by", ""))


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
    """The ceremony that somebody means: the named one, or the only one whose figures are wanted now (of all, where none's time is).

    Raises Refusal (`draw_not_seeding`; `draw_figures_settled` where its figures are), Invalid (`ceremony_unnamed`).
    """
    wanted = [one for one in held.ceremonies if one not in held.parts]
    if held.state is DrawState.SEEDING and (party in {*held.ceremonies} - {*wanted} or (held.ceremonies and not wanted)):
        settled = party or ", ".join(held.ceremonies)
        raise Refusal("draw_figures_settled", draw=held.number, party=settled)
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
        # or our clock is behind: the commitment may be younger than it says
        if not held.figured or (opens is not None and now < opens):
            raise Refusal("draw_seed_early", draw=number, opens=opens.isoformat() if opens else "", held=now.isoformat())
        if gathering.belated(held, party, now):
            raise Refusal("draw_figures_late", draw=number, ends=str(held.closes(party)))
        return party, write_down(office, tx, held, party, part, value, now, by)
    wanted = [str(promise.get("round") or promise.get("time")) for promise in awaited.values()]
    raise Invalid("beacon_not_awaited", draw=number, wanted=", ".join(wanted))


def _held(tx: Tx, number: str) -> Draw:
    """A draw, held, into which somebody brings a part. Raises Refusal (`draw_contradicted`) for one that somebody has altered.

    What is due next makes that one void by rule.
    """
    held = tx.draws.hold(number)
    if held.state is DrawState.SEEDING:
        footing.refuse(number, footing.differing(tx, held))
    return held
