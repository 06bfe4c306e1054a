"""What must not be of draws in a simulated office: records that contradict each other, and one that stands for weeks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from inspector.flows import reconcile
from inspector.flows.footing import named
from inspector.flows.office import Office
from inspector.store.tx import Tx

LONGEST = timedelta(days=45)
"""No draw is under way for so long: each of its steps has a last moment, within days."""


def wrongs(office: Office, tx: Tx, now: datetime) -> Iterator[str]:
    """Draws about which the records do not agree, or without an end. What must be of no office's draws and visits: `flows.invariants`."""
    yield from (f"records: {about} {named(lines)}" for _, about, lines in reconcile.watched(office, tx, now))
    for held in tx.draws.unfinished():
        if held.made_at < now - LONGEST:
            yield f"draw stands: {held.number}, {held.state.value}"
