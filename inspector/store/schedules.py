"""Schedules as data, and the ticks that make each slot happen once across replicas."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import sqlalchemy as sa

from inspector.domain.calendar import SHANGHAI
from inspector.store.room import Room, Row
from inspector.store.tables import Moment, schedule, tick

BEFORE = "before"
"""The name of the period before a schedule's first slot: one, however its trigger changes."""
_ALL = sa.select(schedule).order_by(schedule.c.name)
_DUE = sa.select(schedule).where(schedule.c.next_at <= sa.bindparam("now")).order_by(schedule.c.next_at)
_MOVED = sa.update(schedule).where(schedule.c.name == sa.bindparam("of"), schedule.c.next_at == sa.bindparam("at", type_=Moment))


class ScheduleRoom(Room):
    """The schedule and tick tables."""

    def declare(self, name: str, trigger: str, next_at: datetime | None) -> None:
        """Make a schedule known; a changed trigger starts anew from `next_at`, an unchanged one keeps its place."""
        self.insert_one(schedule, {"name": name, "trigger": trigger, "next_at": next_at}, ("name",))
        changed = sa.update(schedule).where(schedule.c.name == name, schedule.c.trigger != trigger)
        self.connection.execute(changed.values(trigger=trigger, next_at=next_at))

    def keep_only(self, names: Sequence[str]) -> None:
        """Forget schedules that are no longer configured."""
        self.connection.execute(sa.delete(schedule).where(schedule.c.name.not_in(list(names))))

    def due(self, now: datetime) -> list[Row]:
        """Schedules whose time has come, earliest first."""
        return self.rows(_DUE, {"now": now})

    def fired(self, name: str, slot: datetime, next_at: datetime | None, now: datetime, replica: str) -> bool:
        """Take a slot: True for exactly one caller in all replicas; the next time is written with it.

        A slot that was taken before (the clock was set back) is passed over, or the schedule would stand at it for ever.
        """
        row = {"name": name, "slot": slot.astimezone(UTC).isoformat(), "at": now, "replica": replica}
        taken = self.insert_one(tick, row, ("name", "slot"))
        lag = max(0.0, (now - slot).total_seconds())
        told = {"last_at": now, "lag_seconds": lag} if taken else {}
        self.connection.execute(_MOVED, {"of": name, "at": slot, "next_at": next_at, **told})
        return taken

    def period(self, name: str, now: datetime) -> str:
        """The name of the period `now` is in: the last slot, as its order names it; BEFORE until there has been one.

        A slot that has come and is still to be taken (no daemon runs) begins the period all the same: whoever draws by hand now gives
        it its draw, and the slot, once taken, finds that. Neither writing a schedule down nor another trigger names a period anew: it
        keeps the draw it has.
        """
        asked = sa.select(sa.func.max(tick.c.slot)).where(tick.c.name == name, tick.c.slot <= now.astimezone(UTC).isoformat())
        taken = self.connection.execute(asked).scalar_one()
        come = sa.select(schedule.c.next_at).where(schedule.c.name == name, schedule.c.next_at <= now)
        waiting: datetime | None = self.connection.execute(come).scalar_one_or_none()
        slots = [datetime.fromisoformat(taken)] if taken is not None else []
        slots += [waiting] if waiting is not None else []
        return max(slots).astimezone(SHANGHAI).isoformat() if slots else BEFORE

    def begun(self, name: str) -> tuple[str, datetime] | None:
        """The last slot that was taken, named as its order names it, and when it was taken; None: none was."""
        asked = sa.select(tick.c.slot, tick.c.at).where(tick.c.name == name).order_by(tick.c.slot.desc()).limit(1)
        row = self.connection.execute(asked).one_or_none()
        return (datetime.fromisoformat(row.slot).astimezone(SHANGHAI).isoformat(), row.at) if row is not None else None

    def taken(self, name: str, since: datetime) -> list[str]:
        """The slots that were taken since a moment, named as their orders name them."""
        asked = sa.select(tick.c.slot).where(tick.c.name == name, tick.c.slot >= since.astimezone(UTC).isoformat())
        found = self.connection.execute(asked.order_by(tick.c.slot)).scalars()
        return [datetime.fromisoformat(slot).astimezone(SHANGHAI).isoformat() for slot in found]

    def following(self, name: str, now: datetime) -> datetime | None:
        """The next slot after now; None when nobody knows one."""
        asked = sa.select(schedule.c.next_at).where(schedule.c.name == name, schedule.c.next_at > now)
        return self.connection.execute(asked).scalar_one_or_none()

    def last_at(self) -> datetime | None:
        """The latest office time at which a slot was taken."""
        last: datetime | None = self.connection.execute(sa.select(sa.func.max(schedule.c.last_at))).scalar_one()
        return last

    def all(self) -> list[Row]:
        """Every schedule by name."""
        return self.rows(_ALL)

    def forget_ticks(self, before: datetime) -> int:
        """Housekeeping: old slots are never taken again. The last of each schedule stays: its period may still run."""
        last = sa.select(sa.func.max(tick.c.slot)).group_by(tick.c.name)
        return self.connection.execute(sa.delete(tick).where(tick.c.at < before, tick.c.slot.not_in(last))).rowcount
