"""Lanes: one row for each connector holds its breaker and whether a person has paused it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from inspector.store.room import Room
from inspector.store.tables import EPOCH, lane


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A connector's state, shared by all replicas and kept over restarts, in machine time.

    `failing_since` is the first failure of the present series.
    """

    name: str
    open_until: datetime
    failures: int
    paused: bool
    paused_at: datetime | None
    failing_since: datetime | None
    error: str | None


class LaneRoom(Room):
    """The lane table."""

    def ensure(self, names: Sequence[str]) -> None:
        """A row for each configured connector."""
        rows = [{"name": name, "open_until": EPOCH, "failures": 0, "paused": False} for name in names]
        self.insert_new(lane, rows, ("name",))

    def all(self) -> list[Lane]:
        """Every lane by name."""
        shown = (
            lane.c.name,
            lane.c.open_until,
            lane.c.failures,
            lane.c.paused,
            lane.c.paused_at,
            lane.c.failing_since,
            lane.c.error,
        )
        asked = sa.select(*shown).order_by(lane.c.name)
        return [Lane(**row._asdict()) for row in self.connection.execute(asked)]

    def lock(self, names: Collection[str]) -> None:
        """Hold several lanes to the end of the transaction, in order of name."""
        asked = sa.select(lane.c.name).where(lane.c.name.in_(list(names))).order_by(lane.c.name)
        self.connection.execute(asked.with_for_update()).all()

    def failed(self, name: str, error: str, now: datetime, *, threshold: int, cool: timedelta, most: timedelta) -> datetime:
        """Count a failure; from the threshold on the breaker opens, longer each time. Returns `open_until` (machine time).

        Calls that were under way when it opened count no more: one outage is one opening, however many it catches.
        """
        counted = sa.update(lane).where(lane.c.name == name, lane.c.open_until <= now)
        counted = counted.values(
            failures=lane.c.failures + 1, error=error[:400], failing_since=sa.func.coalesce(lane.c.failing_since, now)
        )
        failures = self.connection.execute(counted.returning(lane.c.failures)).scalar_one_or_none()
        if failures is None:
            held: datetime | None = self.connection.execute(
                sa.select(lane.c.open_until).where(lane.c.name == name)
            ).scalar_one_or_none()
            return held or EPOCH
        if failures < threshold:
            return EPOCH
        until: datetime = now + min(cool * 2 ** min(failures - threshold, 16), most)
        self.connection.execute(sa.update(lane).where(lane.c.name == name).values(open_until=until))
        return until

    def succeeded(self, name: str) -> None:
        """An answer came: the breaker closes. Writes only when there was something to mend."""
        broken = sa.update(lane).where(lane.c.name == name, lane.c.failures > 0)
        self.connection.execute(broken.values(failures=0, open_until=EPOCH, error=None, failing_since=None))

    def pause(self, name: str, at: datetime | None) -> bool:
        """A person stops a connector, or (None) resumes it; whether it exists."""
        held = sa.update(lane).where(lane.c.name == name).values(paused=at is not None, paused_at=at)
        return bool(self.connection.execute(held).rowcount)
