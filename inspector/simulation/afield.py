"""What must not be of draws and visits in a simulated office: records that contradict each other, waits that nobody ends, empty seats."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from inspector.domain import appointing
from inspector.domain.decision import OrderKind
from inspector.domain.plan import DrawState
from inspector.domain.visit import SeatState, Visit, VisitState
from inspector.flows import reconcile
from inspector.flows.footing import named
from inspector.flows.office import Office
from inspector.flows.seats import OVERDUE
from inspector.store.tx import Tx

LONGEST = timedelta(days=45)
"""No draw is under way for so long: each of its steps has a last moment, within days."""
_PAGE = 500


def wrongs(office: Office, tx: Tx, now: datetime) -> Iterator[str]:
    """Draws about which the records do not agree, without commitment or end; visits without team or clock; seats that nobody waits for."""
    yield from (f"records: {about} {named(lines)}" for _, about, lines in reconcile.watched(office, tx, now))
    for held in tx.draws.unfinished():
        if held.state is not DrawState.PREPARING and held.c is None:
            yield f"uncommitted: {held.number}"
        if held.made_at < now - LONGEST:
            yield f"draw stands: {held.number}, {held.state.value}"
    after = ""
    while ids := tx.visits.open_ids(after, _PAGE):
        for visit in map(tx.visits.get, ids):
            yield from _visit(tx, visit)
        after = ids[-1]


def _visit(tx: Tx, held: Visit) -> Iterator[str]:
    """One visit that is still to be made."""
    team = [seat for seat in tx.visits.team(held.id) if seat.state.open]
    if held.state is VisitState.ASSIGNED and sorted({seat.place for seat in team}) != [0, 1]:
        yield f"without a team: {held.id}"
    clocks = appointing.clocks(held)
    told = {seat.name: (seat.clock(OrderKind.ACCEPT_DUE), *seat.pushes) for seat in team}
    going = tx.work.under_way([*clocks, *(key for keys in told.values() for key in keys)])
    told_of = tx.attention.standing_about(OVERDUE, [held.id])  # its date has come, and a person has it
    if held.state is VisitState.ASSIGNED and not going & {*clocks} and not told_of:
        yield f"without a clock: {held.id}"
    for seat in team:
        accept, *pushes = told[seat.name]
        lost = tx.attention.get(f"push_undelivered:{seat.push(0)}") is None
        if (seat.state.pushed and accept not in going) or (seat.state is SeatState.ORDERED and lost and not going & {*pushes}):
            yield f"nobody waits: {seat.name}, {seat.state.value}"
