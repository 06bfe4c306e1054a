"""An officer names the day of a visit that quiet windows leave no day for; its team hears of it, and the matter is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from inspector.domain import appointing, push
from inspector.domain.appointed import Though
from inspector.domain.decision import OrderKind
from inspector.domain.timer import Timer
from inspector.domain.visit import Visit
from inspector.flows import embargo, peace
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seated import settle_seat
from inspector.flows.seats import APPOINTED, CONFLICT, tell_dated
from inspector.store.tx import Tx


def appoint(
    office: Office, tx: Tx, visit_id: str, *, on: date, why: str, by: str, now: datetime, though: Collection[Though] = ()
) -> Visit:
    """The visit is due on that day, and whoever may have read its date is told. Raises Missing, and what `appointing.appoint` raises."""
    was = tx.visits.get(visit_id, lock=True)
    drawn = tx.draws.get(was.draw)
    pack = drawn.pack_of(was.agency)
    before = office.book.get(pack).term(Timer.RELEASE).term.amount
    decision = appointing.appoint(was, on, by, why, peace.of(office, tx, was), before, pack, now, office.calendar, though)
    held = tx.visits.put(decision.state)
    record(tx, held.id, decision, now, {})
    tx.work.redate(held.due_at, now, key=f"{OrderKind.VISIT_DUE.value}:{held.id}")
    if held.release_at is not None and not held.released:
        tx.work.redate(held.release_at, now, key=f"{OrderKind.VISIT_RELEASE.value}:{held.id}")
    embargo.keep(office, tx, held, was, now)
    for seat in tx.visits.team(held.id):
        nearer = push.nearer(seat, held, drawn.pack_of(seat.agency), now, office.calendar)
        if nearer is not None:
            settle_seat(tx, held, seat, nearer, now)
            clock = OrderKind.ACCEPT_DUE if seat.state.pushed else OrderKind.PUSH_DUE
            tx.work.redate(nearer.state.accept_by, now, key=seat.clock(clock))
    tx.attention.close(f"{CONFLICT}:{held.id}", now)
    tell_dated(office, tx, held, now, APPOINTED)
    return held
