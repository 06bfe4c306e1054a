"""An overseer's look at what people complain of (督查; handbook T.3): read, and nothing written."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from inspector.domain.complaint import Complaint, ComplaintKind, Handled, handled, ordered
from inspector.flows.office import Office
from inspector.store.tx import Tx

SPAN = timedelta(days=90)
"""So far back decided objections are counted."""


def complaints(office: Office, tx: Tx, agencies: Collection[str], now: datetime) -> tuple[Complaint, ...]:
    """All open complaints of some agencies, the nearest date first: read whole, so that what is counted of them is true."""
    within, kind = sorted(agencies), ComplaintKind

    def one(of: ComplaintKind, name: str, agency: str, since: datetime, due_at: datetime | None) -> Complaint:
        held = Complaint(kind=of, id=name, agency=agency, since=since)
        return held if due_at is None else held.timed(due_at, now, office.calendar)

    recusals = dict[str, Complaint]()
    for asked in tx.challenges.open_of(within):
        recusals.setdefault(asked.visit, one(kind.RECUSAL, asked.visit, asked.agency, asked.applied_at, None))
    return ordered(
        (
            *(
                one(kind.OBJECTION, held.id, held.agency, held.opened_at, held.due_at)
                for held in tx.records.objections(agencies=within)
            ),
            *(one(kind.TIP_OFF, held.id, held.agency, held.at, held.due_at) for held in tx.tips.open_of(within)),
            *(one(kind.LEAD_CHECK, held.id, held.agency, held.made_at, held.due_at) for held in tx.tips.open_checks(within)),
            *recusals.values(),
        )
    )


def of_late(tx: Tx, agencies: Collection[str], now: datetime) -> Handled:
    """How many objections of some agencies were decided in time, and how many late, within `SPAN`."""
    return handled(tx.records.ended_since(agencies, now - SPAN), now - SPAN)
