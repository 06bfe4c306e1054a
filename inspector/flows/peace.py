"""Quiet windows at work: whose packs' rows hold for a visit, and whom a visit without an open day is told to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from inspector.domain import peace
from inspector.domain.appointing import closed_days
from inspector.domain.plan import Draw
from inspector.domain.quiet import QuietRow
from inspector.domain.visit import Seat, Visit
from inspector.flows import gone
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import CONFLICT, INSIDE
from inspector.store.tx import Tx


def rows(office: Office, drawn: Draw, agencies: Collection[str]) -> tuple[QuietRow, ...]:
    """The quiet rows of everybody who goes, each by the pack that the draw is held under: who goes along keeps the others' windows."""
    held = (row for agency in agencies for row in office.book.get(drawn.pack_of(agency)).quiets)
    return tuple(dict.fromkeys(held))


def of(office: Office, tx: Tx, held: Visit) -> tuple[QuietRow, ...]:
    """Those that hold for a visit; none for a look at what was entered, for nobody goes."""
    return () if held.looks_at else rows(office, tx.draws.get(held.draw), held.agencies)


def known(office: Office, tx: Tx, held: Visit, now: datetime) -> Visit:
    """A visit with the windows that count for it now, also behind its date."""
    return peace.overdue(held, of(office, tx, held), now, office.calendar)


def at_door(office: Office, tx: Tx, name: str, now: datetime) -> tuple[Visit, Seat]:
    """The visit, with the windows that count now, and the seat, for whoever comes by its link (`gone`)."""
    held, seat = gone.at_door(tx, name)
    return known(office, tx, held, now), seat


def note(office: Office, tx: Tx, drawn: Draw, held: Visit, quiet: tuple[QuietRow, ...], now: datetime) -> None:
    """Write down that windows have moved a visit's date; where they leave no day, a person is told (scenario 44)."""
    decision = peace.quieted(held, quiet, drawn.pack_of(held.agency))
    if decision is None:
        return
    record(tx, held.id, decision, now, {})
    if held.conflict:
        shut = closed_days(held, quiet, now, office.calendar)
        spans = [f"{one.first.isoformat()}/{one.last.isoformat()}" for one in shut]
        facts = {"due_at": held.due_at.isoformat(), "windows": spans}
        tx.attention.open(CONFLICT, held.agency, held.id, facts, now)


def tell_inside(tx: Tx, held: Visit, agency: str, now: datetime) -> None:
    """A result says that a team was there when nobody might go: it counts, is marked, and a person is told."""
    part = next(one for one in held.parts if one.agency == agency)
    if part.quiet:
        facts = {"on": part.on.isoformat() if part.on else None, "rows": list(part.quiet), "by": part.by}
        tx.attention.open(INSIDE, agency, held.id if agency == held.agency else f"{held.id}:{agency}", facts, now)
