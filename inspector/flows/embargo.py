"""Who has read a draw's list before its visits were made: each reading is an entry of the ledger (handbook 1.2.18, scenario 39)."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.decision import Because
from inspector.domain.visit import Visit
from inspector.store.tx import Tx, new_id


def covered(tx: Tx, number: str) -> list[Visit]:
    """The visits that a draw's files tell of: its own and those dealt anew for them; an extension's frame tells who was drawn before."""
    held = tx.draws.get(number)
    return [visit for name in (*tx.draws.before(held), number) for visit in tx.visits.of_selection(name)]


def embargoed(tx: Tx, number: str) -> bool:
    """Whether one of these visits is still to be made: until then nobody learns of the list who need not."""
    return any(held.state.open for held in covered(tx, number))


def note(tx: Tx, number: str, by: str, what: str, now: datetime) -> None:
    """Write down that somebody reads an embargoed list: who (a token's name or the machine's user), when, and by which door."""
    if embargoed(tx, number):
        because = Because(rule="draw.read", basis=(), pack=tx.draws.get(number).pack, facts={"by": by, "what": what})
        tx.ledger.append(new_id(), number, because, {}, now)
