"""The bell: on PostgreSQL a commit that made work ready says so to the other processes."""

from __future__ import annotations

import time

import sqlalchemy as sa
from sqlalchemy.engine import Connection

CHANNEL = "inspector_work"
_NOTIFY = sa.select(sa.func.pg_notify(CHANNEL, ""))
_PAUSE = 0.1


class Bell:
    """Rings for the other processes, at most ten times a second: every NOTIFY takes its turn at commit."""

    def __init__(self) -> None:
        self._rung = 0.0

    def ring(self, connection: Connection) -> None:
        """Say, with the commit, that work is ready."""
        now = time.monotonic()
        if now - self._rung > _PAUSE:
            self._rung = now
            connection.execute(_NOTIFY)
