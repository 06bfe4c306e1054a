"""Which daemons are alive, what each has of what all must have alike, and whether the dead-man's switch outside hears them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta

import sqlalchemy as sa

from inspector.store.room import Room, Row
from inspector.store.tables import replica

ALIVE = timedelta(seconds=90)
"""How long after its last sign of life a daemon counts as alive; it gives one every 15 seconds."""

LOST = timedelta(days=1)
"""How long after it a daemon that said no goodbye may come back, from a machine that slept or a network that was cut."""


KEYS = "privacy.key_files"
"""How a daemon declares by which keys it can read: their ids with a comma between, that which seals first."""


def connector(name: str) -> str:
    """How a daemon declares that it has a connector."""
    return f"connector:{name}"


class ReplicaRoom(Room):
    """The replica table. Its column `schedules` holds all that a daemon declares: schedules by trigger, and its other terms."""

    def seen(
        self, replica_id: str, version: str, started_at: datetime, now: datetime, declared: Mapping[str, str] | None = None
    ) -> None:
        """A sign of life; `declared` is by name what it has of what all must have alike. What is known of its pings stays."""
        told = json.dumps(declared or {}, ensure_ascii=False, sort_keys=True)
        row = {"id": replica_id, "version": version, "started_at": started_at, "seen_at": now, "schedules": told}
        self.upsert(replica, row, ("id",))

    def pulsed(self, replica_id: str, now: datetime, error: str | None) -> None:
        """A ping to the dead-man's switch: `error` is the code of why it was not taken. Nothing for a daemon that is not there.

        The error stands while the last ping failed and goes with the next one that is taken; both moments stay.
        """
        told = {"pulse_heard_at": now} if error is None else {"pulse_failed_at": now}
        self._pulse(replica_id, {**told, "pulse_error": error})

    def begun(self, replica_id: str) -> None:
        """A daemon starts: pings that a former one of its name made (in a container names come back) are not its own."""
        self._pulse(replica_id, {"pulse_heard_at": None, "pulse_failed_at": None, "pulse_error": None})

    def _pulse(self, replica_id: str, told: Mapping[str, datetime | str | None]) -> None:
        self.connection.execute(sa.update(replica).where(replica.c.id == replica_id).values(**told))

    def declared(self, now: datetime, within: timedelta) -> dict[str, dict[str, str]]:
        """What each daemon has declared that was seen within a time and has not stopped since."""
        asked = sa.select(replica.c.id, replica.c.schedules).where(replica.c.seen_at > now - within).order_by(replica.c.id)
        return {row.id: json.loads(row.schedules) for row in self.connection.execute(asked)}

    def have(self, what: str, now: datetime, within: timedelta) -> bool:
        """Whether one of those has declared something."""
        return any(what in told for told in self.declared(now, within).values())

    def clear(self) -> None:
        """A daemon that owns the database alone has begun: there is no other."""
        self.connection.execute(sa.delete(replica))

    def gone(self, replica_id: str) -> None:
        """A clean stop."""
        self.connection.execute(sa.delete(replica).where(replica.c.id == replica_id))

    def all(self) -> list[Row]:
        """Every known replica."""
        return self.rows(sa.select(replica).order_by(replica.c.id))
