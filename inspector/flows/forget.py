"""Housekeeping: what is history leaves the working tables. The ledger keeps it."""

from __future__ import annotations

from datetime import datetime, timedelta

from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx
from inspector.store.work import Work

_SLOTS = timedelta(days=60)
"""Taken slots stay this much longer than done work: they tell ops what ran when, and cost a row each."""


def forget(work: Work, office: Office) -> Settlement:
    """Delete work done before the days told, a few thousand rows a transaction so that nobody waits behind it; safe to repeat."""
    before = office.now() - timedelta(days=int(work.payload["days"]))
    gone = 1
    while gone:
        with office.store.begin() as tx:
            gone = tx.work.forget_done(before)

    def write(tx: Tx, _now: datetime) -> None:
        tx.schedules.forget_ticks(before - _SLOTS)

    return Settlement(write=write)
