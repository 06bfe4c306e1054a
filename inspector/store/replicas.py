"""Which daemons are alive: for operators, not for correctness."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from inspector.store.room import Room, Row
from inspector.store.tables import replica


class ReplicaRoom(Room):
    """The replica table."""

    def seen(self, replica_id: str, version: str, started_at: datetime, now: datetime) -> None:
        """A sign of life."""
        row = {"id": replica_id, "version": version, "started_at": started_at, "seen_at": now}
        self.upsert(replica, row, ("id",))

    def gone(self, replica_id: str) -> None:
        """A clean stop."""
        self.connection.execute(sa.delete(replica).where(replica.c.id == replica_id))

    def all(self) -> list[Row]:
        """Every known replica."""
        return self.rows(sa.select(replica).order_by(replica.c.id))
