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
from inspector.flows.office import Office
from inspector.flows.settle import Settlement, nothing
from inspector.flows.voiding import make_void
from inspector.flows.voiding import void as by_rule
from inspector.ports import Garbled, NotYet, PortError, Refused, SeedSource, Typed, Unavailable
from inspector.store.tables import EPOCH
from inspector.store.tx import Tx
from inspector.store.work import Work

UNASKED = "unasked"
"""Why a draw is void whose part nobody asked for in time, for a reason of ours: nobody has withheld anything, and the reason says so.

What follows is the same (ruling 12): the next number goes without the party. Else whoever knows its part could pause its connector and
draw again and again until the result suits.
"""


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
        return given_up(work, office, None).unasked()
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
        return succession.void(office, tx, held, policy, f"withheld:{party}:draw_seed_used", (party,), now)
    decision = gathering.revealed(held, party, part, policy, now, office.calendar, by)
    succession.settle(tx, decision, now)
    return decision.state


def given_up(work: Work, office: Office, error: PortError | None) -> Settlement:
    """A party's time is over: it has withheld its part; or nobody has asked it, and then that is the reason that everybody reads."""
    number, party = str(work.payload["draw"]), str(work.payload["party"])
    if work.attempts > 1 or work.error is not None or (error is not None and error.attempts):
        return withheld(work, office, error)

    def write(tx: Tx, now: datetime) -> None:
        if (held := _sound(office, tx, number, now)) is None or party in (
            held := _settled(office, tx, held, (party,), now)
        ).parts:
            return
        reason = f"{UNASKED}:{party}:{error.code if error else ''}".rstrip(":")
        succession.void(office, tx, held, office.book.get(held.pack), reason, (party,), now)

    return Settlement(write=write, outcome=UNASKED)


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
        succession.void(office, tx, held, office.book.get(held.pack), reason, (party,), now)

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
        missing = [party for party in parties if party not in held.parts and not _has_time(held, party, now)]
        silent = tuple(party for party in missing if party in held.ceremonies or _asked(tx, held.number, party))
        if missing:
            reason = f"withheld:{','.join(silent)}" if silent else f"{UNASKED}:{','.join(missing)}"
            succession.void(office, tx, held, office.book.get(held.pack), reason, tuple(missing), now)

    return Settlement(write=write)


def _asked(tx: Tx, number: str, party: str) -> bool:
    """Whether a call to a party has ended, however it did, or nobody knows any more."""
    row = tx.work.keyed(f"{OrderKind.DRAW_REVEAL.value}:{number}:{party}")
    return row is None or row["attempts"] > 0 or row["error"] is not None or row["lease_until"] > EPOCH


def _has_time(held: Draw, party: str, now: datetime) -> bool:
    """Whether a party's last moment is still to come, whatever the row of an order says."""
    closes = held.closes(party) if held.state is DrawState.SEEDING else None
    return closes is not None and now < closes and party not in held.parts


def _ask_for(tx: Tx, held: Draw, ceremonies: tuple[str, ...], until: str, now: datetime) -> None:
    """The time has come to type the figures of a ceremony: people are told until when, and the second typing ends it."""
    for party in ceremonies:
        if held.state is DrawState.SEEDING and party not in held.parts and gathering.agreed(held, party) is None:
            facts = {"draw": held.number, "party": party, "until": until}
            tx.attention.open(succession.FIGURES_DUE, held.agency, f"{held.number}:{party}", facts, now)


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
    succession.settle(tx, decision, now)
    if gathering.agreed(decision.state, party) is not None:
        tx.attention.close(f"{succession.FIGURES_DUE}:{number}:{party}", now)
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
