"""When a door was open by which others reach us: the house's own, and each mailbox."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from inspector.domain.doorway import Span
from inspector.store.doorwaytables import doorway
from inspector.store.room import Room


class DoorwayRoom(Room):
    """The table of doorways. Plain columns and no body."""

    def last(self, name: str) -> Span | None:
        """The span in which a door was seen open last; None where it never was."""
        asked = sa.select(doorway.c.since, doorway.c.until).where(doorway.c.name == name)
        row = self.row(asked.order_by(doorway.c.until.desc(), doorway.c.since).limit(1))
        return Span(**row) if row is not None else None

    def begin(self, name: str, now: datetime) -> None:
        """It is seen open, for the first time or behind a gap."""
        self.insert_one(doorway, {"name": name, "since": now, "until": now}, ("name", "since"))

    def go_on(self, name: str, since: datetime, now: datetime) -> None:
        """It is open still. Of two daemons that say so the later moment stays."""
        span = (doorway.c.name == name, doorway.c.since == since, doorway.c.until < now)
        self.connection.execute(sa.update(doorway).where(*span).values(until=now))
