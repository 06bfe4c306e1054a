"""A decision's because in the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inspector.domain.decision import Decision
from inspector.domain.ground import CALENDAR
from inspector.flows.office import Office
from inspector.store.tx import Tx, new_id

ANNOUNCED = "pack.announced"
"""The rule of the entry that a new version is here: it names the pack, and nothing was decided by it yet."""


def record(
    tx: Tx, about: str, decision: Decision[Any], now: datetime, extra: Mapping[str, object], *, kept: str | None = None
) -> str:
    """Append the decision's because to the ledger, and note the pack that it names as used; the entry's id.

    `kept` is the pack that what it is about cites by itself, as a case does: that one needs no note.
    """
    because = decision.because
    entry = new_id()
    tx.ledger.append(entry, about, because, extra, now)
    if because.pack and because.pack != kept and because.rule != ANNOUNCED:
        tx.packs.use(because.pack, now)
    return entry


def counted_by(office: Office) -> dict[str, str]:
    """The name of the calendar in force, for the entry of a decision that is computed again one day (`flows.recompute`)."""
    return {CALENDAR: office.calendar.digest}
