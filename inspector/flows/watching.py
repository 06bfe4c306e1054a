"""What heads look at as soon as a frame is frozen: the draw goes on, and who steers it by a register is told of to who answers for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from inspector.domain.plan import Draw
from inspector.domain.spelling import party_of
from inspector.flows import edits, moved, restating
from inspector.flows.framing import SAME, Framed
from inspector.flows.members import members_of
from inspector.flows.office import Office, Plan
from inspector.flows.rating import DIFFER
from inspector.store.tx import Tx

FEW = "few_may_go"
"""The matter of a frame in which declared conflicts, or imported checks, leave too few who could go to an object."""
TWICE = "firm_drawn_twice"
"""The matter of a frame in which a firm has several tickets, for its rows were let in as several objects."""


def tell(office: Office, tx: Tx, held: Draw, plan: Plan, framed: Framed, now: datetime) -> None:
    """Far from the plan, under other agencies, by the level of an intake, several rows of one firm, or levels of one that differ.

    Called before the frame's cases are marked as drawn.
    """
    moved.tell(tx, held, framed.derivations, now)
    moved.tell_above(tx, held, framed.derivations, now)
    for agency, derived in framed.derivations.items():
        for matter, key in ((TWICE, SAME), (DIFFER, DIFFER)):
            if count := derived.get(key):
                tx.attention.open(matter, agency, f"{held.number}:{agency}", {"draw": held.number, "count": count}, now)
    restating.tell(office, tx, held.number, plan, framed.derivations, now)


def few(office: Office, tx: Tx, held: Draw, found: Mapping[str, Collection[str]], now: datetime) -> None:
    """The head of each agency of whose officers too few could go somewhere, by somebody's word (`Staffed.few`).

    `by` is who told the checks that were imported, `declared` how many conflicts about these objects each person has declared: who is in
    conflict, and why, stays where it is. Called when the frame's members are kept.
    """
    for agency, names in found.items():
        if names:
            members = members_of(tx, held.number, set(names))
            checked = ((one.kind, code) for one in members.values() for code in tx.inspections.spellings(one.kind, one.code))
            hands = edits.told_by(office, tx, agency, checked)
            declared = tx.rosters.declared_by(agency, {party_of(one.code) for one in members.values()})
            facts = {"draw": held.number, "count": len(names), "by": sorted(hands), "declared": declared}
            tx.attention.open(FEW, agency, f"{held.number}:{agency}", facts, now)
