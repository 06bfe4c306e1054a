"""Machine time in a process that shares its database: the database's clock, carried on by our own between two looks at it.

Legal dates follow it (`domain.clock` maps it to office time). A replica whose wall clock is wrong would else end terms of all.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

_STEP = timedelta(seconds=1)
"""Below this a look that seems to go back only took long, and time does not go back."""


class MachineClock:
    """Until it is told the database's time, the wall clock's; on SQLite always, for there the process's clock is the database's."""

    def __init__(self) -> None:
        self._zero: datetime | None = None
        self._ahead = 0.0

    def told(self, database_now: datetime) -> None:
        """The database has said its time."""
        zero = database_now - timedelta(seconds=time.monotonic())
        held = self._zero
        self._zero = held if held is not None and timedelta(0) < held - zero < _STEP else zero
        self._ahead = (datetime.now(UTC) - database_now).total_seconds()

    def now(self) -> datetime:
        """Machine time, in UTC."""
        return datetime.now(UTC) if self._zero is None else self._zero + timedelta(seconds=time.monotonic())

    def ahead(self) -> float:
        """Seconds by which this machine's wall clock was ahead of the database at the last look; below 0 where it was behind."""
        return self._ahead
