"""What heads look at as soon as a frame is frozen: the draw goes on, and who steers it by a register is told of to who answers for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from inspector.domain.plan import Draw
from inspector.flows import edits, moved, restating
from inspector.flows.framing import Framed
from inspector.flows.members import members_of
from inspector.flows.office import Office, Plan
from inspector.store.tx import Tx

FEW = "few_may_go"
"""The matter of a frame in which what was imported of former teams leaves too few who could go to an object."""


def tell(office: Office, tx: Tx, held: Draw, plan: Plan, framed: Framed, now: datetime) -> None:
    """Far from the plan, under other agencies, or by the level of an intake. Called before the frame's cases are marked as drawn."""
    moved.tell(tx, held, framed.derivations, now)
    moved.tell_above(tx, held, framed.derivations, now)
    restating.tell(office, tx, held.number, plan, framed.derivations, now)


def few(office: Office, tx: Tx, held: Draw, found: Mapping[str, Collection[str]], now: datetime) -> None:
    """The head of each agency of whose officers too few could go somewhere, by what was imported (`Staffed.few`).

    Called when the frame's members are kept.
    """
    for agency, names in found.items():
        if names:
            members = members_of(tx, held.number, set(names))
            hands = edits.told_by(office, tx, agency, ((one.kind, one.code) for one in members.values()))
            facts = {"draw": held.number, "count": len(names), "by": sorted(hands)}
            tx.attention.open(FEW, agency, f"{held.number}:{agency}", facts, now)
