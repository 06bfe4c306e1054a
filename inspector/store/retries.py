"""How many more tries each owner of connectors may be burdened with: one row for each, shared by all daemons."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from inspector.store.mannertables import retry_budget
from inspector.store.room import Room

MINUTE = 60.0

_APART = timedelta(seconds=MINUTE)


class RetryRoom(Room):
    """The retry_budget table."""

    def take(self, owner: str, earned: float, reserve: int, now: datetime) -> bool:
        """Whether there is one more try for this owner; a yes uses it up.

        `earned` comes on top of what is left, and the `reserve` once a minute; more than the reserve is never held. A moment that lies
        further ahead than who waited for the row can explain tells that the clock was set back: the minute begins anew.
        """
        self.insert_new(retry_budget, [{"owner": owner, "left": float(reserve), "at": now}], ("owner",))
        asked = sa.select(retry_budget.c.left, retry_budget.c.at).where(retry_budget.c.owner == owner).with_for_update()
        left, at = self.connection.execute(asked).one()
        at = min(at, now) if at - now > _APART else at
        grown = left + earned + reserve * max(0.0, (now - at).total_seconds()) / MINUTE
        held = min(float(reserve), float(grown))
        granted = bool(held >= 1)
        told = {
            "left": held - granted,
            "at": max(at, now),
        }  # who waited for the row asked the time before: none of it counts twice
        self.connection.execute(sa.update(retry_budget).where(retry_budget.c.owner == owner).values(**told))
        return granted
