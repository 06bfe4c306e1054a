"""Annual plans that were approved, and that nobody has published by the pack's date: a person of the leading agency is told.

No draw takes place under one meanwhile (`planning.lacking`), so a plan that lies is a year without draws (handbook 1.2.3).
"""

from __future__ import annotations

from datetime import datetime

from inspector.domain.annual import AnnualPlan, AnnualState
from inspector.domain.calendar import due
from inspector.flows.office import Office
from inspector.store.tx import Tx

MATTER = "plan_unpublished"
"""The matter of an approved plan that is to be published; it ends when that has been said, or the plan is withdrawn."""


def look(office: Office, tx: Tx, now: datetime) -> None:
    """Once a day. A pack that says no term has nobody told."""
    for held in tx.annual.page(None):
        by = due_at(office, held)
        if by is not None and now > by:
            facts = {"plan": held.content.plan, "year": held.content.year, "due_at": by.isoformat()}
            tx.attention.open(MATTER, held.content.agency, f"{held.content.plan}:{held.content.year}", facts, now)


def due_at(office: Office, held: AnnualPlan) -> datetime | None:
    """By when an approved plan is published, counted from its approval; None for one that is not to be, or by a pack without a term."""
    within = office.book.get(held.content.pack).draw.plan_within
    if within is None or held.state is not AnnualState.APPROVED or held.approved_at is None:
        return None
    return due(held.approved_at, within, office.calendar).at


def over(tx: Tx, held: AnnualPlan, now: datetime) -> None:
    """It is published, or withdrawn."""
    tx.attention.close(f"{MATTER}:{held.content.plan}:{held.content.year}", now)
