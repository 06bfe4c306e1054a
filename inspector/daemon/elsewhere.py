"""Work for a connector that this daemon does not have and another living one does: it is left to that one.

To carry it out here would end it for a slip in our own settings, or shut the breaker, which all daemons share, before those who are let
in. Where no living daemon has the connector, the flow itself says what becomes of its work.
"""

from __future__ import annotations

import time

from inspector.flows.office import Office
from inspector.store.replicas import ALIVE, connector
from inspector.store.work import Work

REST = 30.0
"""Seconds for which such a lane is passed over; then one look says whether the other daemon still lives."""


class ElsewhereError(Exception):
    """Another daemon has the connector, or the database: nobody was called."""


class Elsewhere:
    """The lanes this process passes over, each until a moment of its own; from any thread."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}

    @property
    def lanes(self) -> tuple[str, ...]:
        """What is not to be claimed now."""
        now = time.monotonic()
        return tuple(sorted(lane for lane, until in list(self._until.items()) if until > now))

    def leave(self, work: Work, office: Office) -> None:
        """Raise ElsewhereError for work that belongs to another daemon. Raises Away.

        All does once the database is another release's: nobody outside is asked for what would not be written down.
        The store is asked once a `REST` while another one has the connector, and each time while nobody has: one may start at any moment.
        """
        lane = work.lane
        if office.store.mark.foreign is not None:
            raise ElsewhereError
        if not lane or lane in office.connectors:
            return
        if self._until.get(lane, 0.0) <= time.monotonic():
            with office.store.read() as tx:
                if not tx.replicas.have(connector(lane), tx.machine_now(), ALIVE):
                    return
            self._until[lane] = time.monotonic() + REST
        raise ElsewhereError
