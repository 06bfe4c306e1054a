"""Where a draw stands, in words: whose promise it waits for and until when, and what was wrong with the last calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.cli.terminal import Terminal, in_words
from inspector.domain.decision import OrderKind
from inspector.domain.plan import DrawState
from inspector.labels import of

if TYPE_CHECKING:
    from datetime import datetime

    from inspector.domain.plan import Draw
    from inspector.store.tx import Tx


def stands(terminal: Terminal, held: Draw) -> None:
    """Where a draw stands, of which plan it is, whose promise it waits for and until when."""
    if not (parties := awaited(held)):
        terminal.say("stands", number=held.number, plan=held.plan, state=of(held.state, terminal.lang))
        return
    until, _ = terminal.look(lambda tx: asked(tx, held))
    told = in_words(until, terminal.lang) or "—"
    terminal.say("prepared", number=held.number, plan=held.plan, parties=", ".join(parties), until=told)


def awaited(held: Draw) -> tuple[str, ...]:
    """The parties that hold the preparation up."""
    return held.awaited if held.state is DrawState.PREPARING else ()


def asked(tx: Tx, held: Draw) -> tuple[datetime | None, dict[str, str]]:
    """(the last moment for promises, the error of the last call of each party whose promise or part is still missing)."""
    from inspector.flows.footing import promised_by

    preparing = held.state is DrawState.PREPARING
    missing = {DrawState.PREPARING: held.awaited, DrawState.SEEDING: [one for one in held.parties if one not in held.parts]}
    kind = OrderKind.DRAW_PROMISE if preparing else OrderKind.DRAW_REVEAL
    orders = {party: tx.work.keyed(f"{kind.value}:{held.number}:{party}") for party in missing.get(held.state, ())}
    errors = {party: row["error"] for party, row in orders.items() if row is not None and row["error"]}
    return promised_by(tx, held.number) if preparing else None, errors
