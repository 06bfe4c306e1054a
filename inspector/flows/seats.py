"""A seat that goes on, written down: guarded by what it was, and with the end of what people were told about its push."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.decision import OrderKind
from inspector.domain.visit import Seat
from inspector.store.tx import Tx

UNDELIVERED = "push_undelivered"
"""The matter for a person that a push opens which no channel took; it is over when the seat is."""


def put_seat(tx: Tx, was: Seat, changed: Seat, now: datetime) -> None:
    """Write a seat; the caller holds its visit's lock. Raises Stale when the seat is not as it was decided about."""
    tx.visits.put_seat(changed, was.state)
    tx.attention.close(f"{UNDELIVERED}:{OrderKind.PUSH.value}:{changed.name}", now)
