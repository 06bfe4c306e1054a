"""Nothing is checked that stands in no published list (handbook 1.2.3): a visit whose item was taken off it is blocked (scenario 45)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.visit import Seat, Visit


def block(visit: Visit, items: Collection[str], pack: str) -> Decision[Visit] | None:
    """The visit with the items in question that no list has any more: while there are any it must not be made. None: as it was.

    It is reversible: an item that is published again lets the visit be made.
    """
    unpublished = tuple(sorted(items))
    if unpublished == visit.unpublished or not visit.state.open:
        return None
    rule = "visit.unpublish" if unpublished else "visit.publish"
    because = Because(rule=rule, basis=(visit.basis,), pack=pack, facts={"items": list(unpublished or visit.unpublished)})
    return Decision(state=replace(visit, unpublished=unpublished), because=because)


def word(visit: Visit, seat: Seat, now_key: str) -> Order | None:
    """The order to tell the inspector of a seat that nobody may go, or that somebody may again; None for one who has no assignment."""
    if not seat.state.has:
        return None
    return Order(
        kind=OrderKind.PUSH_OFF,
        key=f"{OrderKind.PUSH_OFF.value}:{seat.name}:{now_key}",
        due_at=visit.opened_at,
        urgent_by=visit.due_at,
        payload={
            "visit": seat.visit,
            "place": seat.place,
            "turn": seat.turn,
            "after": [],
            "word": "blocked" if visit.unpublished else "unblocked",
        },
    )
