"""A connector that has left the settings: what was asked through it waits, as where we are not let in."""

from __future__ import annotations

from inspector.flows.office import Office
from inspector.ports import Barred


def wait_where_left(office: Office, lane: str, code: str) -> None:
    """Return where no such connector was ever set up here, which is an office's way of working.

    Raises Barred where one was: a slip in the settings must not end the way of every case that waits. A person is told, and the work
    waits until the connector is there again, at most to the pack's date.
    """
    with office.store.read() as tx:
        known = lane in {held.name for held in tx.lanes.all()}
    if known:
        raise Barred(code, attempts=0)
