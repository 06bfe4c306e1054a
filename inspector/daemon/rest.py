"""Maintenance, as a worker keeps it: no call leaves the house while it lasts; what has no connector, and what is written down, goes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.daemon.bulkhead import Room
from inspector.store.tx import Tx
from inspector.store.work import Work


class RestingError(Exception):
    """A maintenance began between claim and call: nobody was called."""


class Rest:
    """Until when nothing is to leave, as the records said at the last look; from any thread. Office time."""

    def __init__(self) -> None:
        self._until: datetime | None = None

    def look(self, tx: Tx, now: datetime) -> None:
        """Read the records; a worker does at each poll, so that it begins everywhere within a second or so of an operator's word."""
        self._until = tx.office.rests(now)

    def lasts(self, now: datetime) -> bool:
        """Whether nothing is to leave now."""
        until = self._until
        return until is not None and now < until

    def within(self, room: Room, now: datetime) -> Room:
        """What a claim may take of that room: nothing that would leave."""
        return replace(room, laned=False) if self.lasts(now) else room

    def keep(self, work: Work, now: datetime) -> None:
        """Raise RestingError for work that would leave: it goes back as it was, whether to be sent or to be given up."""
        if work.lane and self.lasts(now):
            raise RestingError
