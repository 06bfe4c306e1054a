"""What must be of nothing in the house, whatever has happened to it: each invariant with what breaks it, nothing where all is well.

Nothing is mended here. A clock that is gone, or an empty seat that nobody fills, comes of a fault of the program or of a hand in its
database, and a person has to see what else that has done.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from inspector.domain import appointing
from inspector.domain.decision import OrderKind
from inspector.domain.docket import AMEND_STUCK
from inspector.domain.errors import Refusal
from inspector.domain.plan import DrawState
from inspector.domain.statement import STUCK
from inspector.flows.fetching import UNFETCHED
from inspector.flows.stopped import CREDIT_STUCK, STOPPED, UNHEARD
from inspector.store import invariants
from inspector.store.tx import Tx

OWN: Mapping[OrderKind, str] = {
    OrderKind.TELL: UNHEARD,
    OrderKind.CREDIT: CREDIT_STUCK,
    OrderKind.CREDIT_RETRACT: STUCK,
    OrderKind.CREDIT_AMEND: AMEND_STUCK,
    OrderKind.PHOTO_FETCH: UNFETCHED,
}
"""The matter that a flow opens of its own where its work stops (`Flow.stuck`)."""


def broken(tx: Tx, now: datetime) -> dict[str, list[str]]:
    """By invariant what breaks it, at most `invariants.MOST` of each kind; every list is to be empty."""
    return {
        "adverse_without_review": tx.cases.adverse_without_review(invariants.MOST),
        "visit_without_team": invariants.teamless(tx),
        "draw_without_commitment": [
            held.number for held in tx.draws.unfinished() if held.state is not DrawState.PREPARING and held.c is None
        ],
        "clock_without_step": [*invariants.unclocked(tx, now), *_visits(tx), *_seats(tx)],
        "order_without_owner": invariants.unowned(tx, STOPPED, OWN),
    }


def _visits(tx: Tx) -> Iterator[str]:
    """Visits to be made by a date that nothing goes by, neither their own nor the day that an officer has named behind it.

    One that nobody can read is told like one without a date.
    """
    for name in invariants.undated(tx):
        try:
            keys = appointing.clocks(tx.visits.get(name))
        except Refusal:
            keys = ()
        if not invariants.going(tx, keys):
            yield f"visit:{name}"


def _seats(tx: Tx) -> Iterator[str]:
    """Seats whose inspector was asked and whose silence nothing would end, or to whom nothing would push it."""
    for place in invariants.unanswering(tx):
        seat = tx.visits.seat(*place)
        keys = (seat.clock(OrderKind.ACCEPT_DUE),) if seat.state.pushed else seat.work
        if not invariants.going(tx, keys):
            yield f"seat:{seat.name}"
