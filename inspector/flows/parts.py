"""The parts of a seed as they come to be: of a draw that nobody has altered, each written down once and used once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from inspector.domain import gathering, seed
from inspector.domain.commitment import read
from inspector.domain.errors import Invalid
from inspector.domain.plan import Draw, DrawState
from inspector.domain.voiding import ALTERED
from inspector.flows import footing, succession
from inspector.flows.office import Office
from inspector.flows.voiding import void as by_rule
from inspector.store.tx import Tx


def sound(office: Office, tx: Tx, number: str, now: datetime) -> Draw | None:
    """A draw, held, whose seed may be judged; None for one that somebody has altered: it is void by rule, and no party's fault.

    It was looked at before the party was asked, which may have been minutes ago.
    """
    held = tx.draws.hold(number)
    file = footing.altered(tx, held) if held.state is DrawState.SEEDING else None
    if file is not None:
        by_rule(office, tx, held, file, now)
        return None
    if held.state is DrawState.PREPARING and footing.unsealed(tx, held):
        altered(office, tx, held, now)
        return None
    return held


def altered(office: Office, tx: Tx, held: Draw, now: datetime) -> None:
    """Void by rule, and no next number by it: what asks for the seed is not as it was written, and no party has withheld anything."""
    if held.state is DrawState.PREPARING:
        succession.void(office, tx, held, office.book.get(held.pack), f"{ALTERED}:record", (), now)
    else:
        by_rule(office, tx, held, "record", now)


def reveal(
    office: Office, tx: Tx, held: Draw, party: str, part: Mapping[str, object], value: str, now: datetime, by: str = ""
) -> Draw:
    """Write a part down, unless it was a part of a seed before: what everybody knows chooses nobody."""
    policy = office.book.get(held.pack)
    if held.promises[party]["kind"] == "text" and not tx.draws.claim(f"text:{value}", held.number, party, now):
        return succession.void(office, tx, held, policy, f"withheld:{party}:draw_seed_used", (party,), now)
    decision = gathering.revealed(held, party, part, policy, now, office.calendar, by)
    succession.settle(tx, decision, now)
    tx.attention.close(f"{succession.AMISS}:{held.number}:{party}", now)
    return decision.state


def settled(office: Office, tx: Tx, held: Draw, parties: tuple[str, ...], now: datetime) -> Draw:
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
        held = reveal(office, tx, held, party, part, value, now)
    return held
