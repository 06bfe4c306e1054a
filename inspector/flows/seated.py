"""A decision about a seat, written down, and the seat that a piece of work is about."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.decision import Decision
from inspector.domain.errors import Missing
from inspector.domain.visit import Seat, Visit
from inspector.flows import challenges
from inspector.flows.record import record
from inspector.flows.seats import put_seat
from inspector.store.tx import Tx
from inspector.store.work import Work

LINK = "seat"
"""The purpose of an inspector's link."""


def settle_seat(tx: Tx, held: Visit, seat: Seat, decision: Decision[Seat], now: datetime) -> None:
    """Write a decision about a seat; the caller holds the visit's lock. Raises Stale when the seat is not as it was decided about."""
    put_seat(tx, seat, decision.state, now)
    note_seat(tx, held, decision, now)


def note_seat(tx: Tx, held: Visit, decision: Decision[Seat], now: datetime) -> None:
    """Record a decision that leaves a seat as it is, with what it orders; the caller holds the visit's lock."""
    marked = {"challenged": True} if decision.state.inspector in challenges.challenged(tx, held) else {}
    record(tx, held.id, decision, now, {"seat": decision.state.name, "seat_state": decision.state.state.value, **marked})
    tx.work.order(decision.orders, now)


def read(tx: Tx, work: Work, *, lock: bool = False) -> tuple[Seat, Visit]:
    """The seat and visit that a piece of work is about."""
    said = work.payload
    held = tx.visits.get(str(said["visit"]), lock=lock)
    return tx.visits.seat(held.id, int(said["place"]), int(said["turn"])), held


def by_name(tx: Tx, name: str, *, lock: bool = False) -> tuple[Visit, Seat]:
    """The visit and seat behind a seat's name (`visit:place:turn`). Raises Missing."""
    visit_id, _, rest = name.rpartition(":")
    visit_id, _, place = visit_id.rpartition(":")
    if not (place.isdecimal() and rest.isdecimal()):
        raise Missing("seat_unknown", seat=name)
    held = tx.visits.get(visit_id, lock=lock)
    return held, tx.visits.seat(visit_id, int(place), int(rest))


def pack(tx: Tx, held: Visit) -> str:
    """The label of the pack that the lead's draw goes by."""
    return tx.draws.pack_of(held.draw, held.agency)
