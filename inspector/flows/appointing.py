"""An officer names the day of a visit that quiet windows leave no day for; its team hears of it, and the matter is over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from inspector.domain import appointing, push
from inspector.domain.appointed import Though
from inspector.domain.decision import Order, OrderKind
from inspector.domain.plan import Draw
from inspector.domain.quiet import QuietRow
from inspector.domain.timer import Timer
from inspector.domain.visit import Visit
from inspector.flows import embargo, peace, stopped
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seated import settle_seat
from inspector.flows.seats import APPOINTED, CONFLICT, OVERDUE, tell_dated
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
    _clocked(tx, was, held, now)
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
    tx.attention.over(f"{OVERDUE}:{held.id}", now)
    tell_dated(office, tx, held, now, APPOINTED)
    return held


def hand_on(
    office: Office, tx: Tx, drawn: Draw, made: Visit, former: Visit | None, quiet: tuple[QuietRow, ...], now: datetime
) -> Visit:
    """A visit was given: on the day that was named for the `former` one whose place it takes, or by its term; windows are noted."""
    pack = drawn.pack_of(made.agency)
    before = office.book.get(pack).term(Timer.RELEASE).term.amount
    decision = appointing.handed_on(made, former, quiet, before, pack, now, office.calendar) if former is not None else None
    if decision is None:
        peace.note(office, tx, drawn, made, quiet, now)
        return made
    record(tx, made.id, decision, now, {})
    return tx.visits.put(decision.state)


def _clocked(tx: Tx, was: Visit, held: Visit, now: datetime) -> None:
    """Its clock runs to the day; where that has run, for the date or a day of before has passed, the day has one of its own.

    So what its end asks is asked of this day as of the first.
    """
    own, *further = appointing.clocks(was)
    if tx.work.under_way([own]):
        tx.work.redate(held.due_at, now, key=own)
        return
    stopped.end(tx, [own, *further], now)
    key, at = appointing.clocks(held)[-1], held.due_at
    payload = {"visit": held.id, "cases": list(held.case_ids)}
    tx.work.order([Order(kind=OrderKind.VISIT_DUE, key=key, due_at=at, urgent_by=at, payload=payload)], now)
