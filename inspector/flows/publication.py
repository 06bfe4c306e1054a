"""Duties to publish results: found once a day, reminded of, fulfilled and taken back in a named person's name (`publicationduty`)."""

from __future__ import annotations

from datetime import date, datetime

from inspector.domain import publicationduty as domain
from inspector.domain.decision import Decision
from inspector.domain.publicationduty import PublicationDuty, PublicationState
from inspector.domain.visit import Visit
from inspector.flows import stopped
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx
from inspector.store.work import Work

MATTER = "publication_due"
"""The matter of a result that is to be published, or taken back, whose date is near or over; it ends when that has been done."""

_TOGETHER = 200
"""So many visits are looked at in one transaction."""


def look(_work: Work, office: Office) -> Settlement:
    """What was formed since the last look becomes a duty of each agency whose pack has a date for it. Twice is once."""
    after, found = "", []
    while True:
        with office.store.read() as tx:
            visits = tx.publications.unowed(after, _TOGETHER)
            packs = {visit.draw: tx.draws.get(visit.draw) for visit in visits}
        found += [
            (visit, agency, packs[visit.draw].pack_of(agency))
            for visit in visits
            for agency in visit.agencies
            if office.book.get(packs[visit.draw].pack_of(agency)).publish.within is not None
        ]
        if len(visits) < _TOGETHER:
            break
        after = visits[-1].id

    def write(tx: Tx, now: datetime) -> None:
        for visit, agency, pack in found:
            decision = domain.owe(visit, agency, office.book.get(pack).publish, pack, now, office.calendar)
            if tx.publications.add(decision.state):
                _written(tx, decision, now)

    return Settlement(write=write, outcome="looked")


def due(work: Work, _office: Office) -> Settlement:
    """Its date is near, or over: a person of the agency is told. Nothing is published by itself."""

    def write(tx: Tx, now: datetime) -> None:
        held = tx.publications.get(str(work.payload["duty"]), lock=True)
        if work.key in held.keys:  # of the state that it is in
            facts = {
                "publication": held.id,
                "state": held.state.value,
                "due_at": held.due_at.isoformat(),
                "overdue": now >= held.due_at,
            }
            tx.attention.open(MATTER, held.agency, held.id, facts, now)

    return Settlement(write=write)


def publish(office: Office, tx: Tx, duty: str, on: date, reference: str, by: str, now: datetime) -> PublicationDuty:
    """A named person says since when and where it is public. Raises Missing, Refusal, Invalid."""
    held = tx.publications.get(duty, lock=True)
    return _settle(tx, held, domain.publish(held, on, reference, by, now, office.calendar), now)


def recall(office: Office, tx: Tx, duty: str, reason: str, document: str, by: str, now: datetime) -> PublicationDuty:
    """What is public does not stand: it is to be taken back by the pack's date. Raises Missing, Refusal, Invalid."""
    held = tx.publications.get(duty, lock=True)
    row = office.book.get(held.pack).publish
    return _settle(tx, held, domain.recall(held, reason, document, by, row, now, office.calendar), now)


def recall_with(office: Office, tx: Tx, visit: Visit, agency: str, document: str, by: str, now: datetime) -> None:
    """What an agency has published of a visit is to be taken back with the decision behind it, by the document that annulled it.

    What is still owed is owed no more. What was formed under a pack without a date for taking back stays as it is.
    """
    held = tx.publications.find(f"{visit.id}.{agency}", lock=True)
    if held is not None and held.state is PublicationState.OWED:
        _settle(tx, held, domain.drop(held, document, by), now)
        return
    if held is None or held.state is not PublicationState.PUBLISHED:
        return
    row = office.book.get(held.pack).publish
    if row.withdraw is not None:
        _settle(tx, held, domain.recall(held, document, document, by, row, now, office.calendar), now)


def remove(office: Office, tx: Tx, duty: str, on: date, reference: str, by: str, now: datetime) -> PublicationDuty:
    """It is gone, and by what that is seen. Raises Missing, Refusal, Invalid."""
    held = tx.publications.get(duty, lock=True)
    return _settle(tx, held, domain.remove(held, on, reference, by, now, office.calendar), now)


def late(tx: Tx, now: datetime) -> dict[str, int]:
    """How many of each state are over their date."""
    return {state.value: tx.publications.overdue(state, now) for state in (PublicationState.OWED, PublicationState.TO_REMOVE)}


def _settle(tx: Tx, before: PublicationDuty, decision: Decision[PublicationDuty], now: datetime) -> PublicationDuty:
    tx.publications.put(decision.state)
    stopped.end(tx, before.keys, now)
    tx.attention.close(f"{MATTER}:{before.id}", now)
    return _written(tx, decision, now)


def _written(tx: Tx, decision: Decision[PublicationDuty], now: datetime) -> PublicationDuty:
    held = decision.state
    record(tx, held.visit, decision, now, {"publication": held.id, "publication_state": held.state.value})
    tx.work.order(decision.orders, now)
    return held
