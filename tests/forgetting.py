"""Old work as a night's housekeeping lets it go, in one transaction."""

from __future__ import annotations

from datetime import datetime

from inspector.store.tx import Tx

ALL = 1_000_000


def forget_done(tx: Tx, before: datetime) -> int:
    """Delete every row of work that was done before a moment; how many."""
    old, _ = tx.work.aged(before, 0, ALL)
    return tx.work.forget_done(before, old)
