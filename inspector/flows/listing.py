"""Visits are held against the published list of the day: once a day, at their release, and when a result is entered."""

from __future__ import annotations

from datetime import date, datetime

from inspector.domain import listing, visit
from inspector.domain.errors import Missing
from inspector.domain.visit import Visit
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import UNPUBLISHED, by_way, rebrief
from inspector.store.tx import Tx


def unlisted(office: Office, tx: Tx, held: Visit, day: date) -> frozenset[str]:
    """The items in question that the pack in force on a day does not have, each by the agency whose case it is.

    Where no pack is in force nothing is published, and nobody may go.
    """
    items = tx.cases.items(sorted({one.case_id for one in held.doubts}))
    asked = {(one.agency, items[one.case_id]) for one in held.doubts if one.case_id in items}
    return frozenset(item for agency, item in asked if not _published(office, agency, item, day))


def look(office: Office, tx: Tx, now: datetime) -> None:
    """The daily look at the visits still to be made; only one that may have changed is read and locked, in order of id."""
    today = office.calendar.local_date(now)
    asked = tx.visits.asked_of()
    gone = {pair for pair in {(agency, item) for _, agency, item in asked} if not _published(office, *pair, today)}
    for visit_id in sorted({name for name, agency, item in asked if (agency, item) in gone}.union(tx.visits.blocked())):
        look_at(office, tx, tx.visits.get(visit_id, lock=True), now)


def look_at(office: Office, tx: Tx, held: Visit, now: datetime) -> Visit:
    """Block a visit, or let it be made again; its inspectors and a person are told. Twice is as good as once.

    Whom a blocked visit is to nobody learns at its release; it is released when it may be made again.
    """
    items = unlisted(office, tx, held, office.calendar.local_date(now))
    decision = listing.block(held, items, tx.draws.get(held.draw).pack_of(held.agency))
    if decision is None:
        return held
    changed = tx.visits.put(decision.state)
    record(tx, held.id, decision, now, {})
    team = tx.visits.team(held.id)
    told = ((seat, listing.word(changed, seat, str(changed.version))) for seat in team)
    tx.work.order([by_way(office, tx, changed, seat, order, now) for seat, order in told if order is not None], now)
    if changed.unpublished:
        tx.attention.open(UNPUBLISHED, held.agency, held.id, {"items": list(changed.unpublished)}, now)
        return changed
    tx.attention.close(f"{UNPUBLISHED}:{held.id}", now)
    return release(office, tx, changed, now)


def release(office: Office, tx: Tx, held: Visit, now: datetime) -> Visit:
    """The team learns whom the visit is to, when its moment has come and it is not blocked.

    What has changed since the visit was given it learns at this moment, too, and by a push where somebody was told otherwise.
    """
    if held.unpublished or held.release_at is None or held.release_at > now:
        return held
    decision = visit.release(held, tx.draws.get(held.draw).pack_of(held.agency))
    if decision.because.rule == "timer.obsolete":
        return held
    record(tx, held.id, decision, now, {})
    changed = tx.visits.put(decision.state)
    return rebrief(office, tx, changed, now)


def _published(office: Office, agency: str, item: str, day: date) -> bool:
    try:
        return item in office.policy(agency, day).items
    except Missing:
        return False
