"""How each connector that has manners was asked: one row for each, shared by all daemons, kept over every kill."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from inspector.domain.manners import Pace
from inspector.store.lease import OF_LANE, SPENT
from inspector.store.mannertables import pace
from inspector.store.room import Room, padded
from inspector.store.tables import EPOCH, Moment, lane, work
from inspector.store.work import Work, claimed

_HELD = sa.select(pace.c.name, pace.c.next_at, pace.c.day, pace.c.used)
_HELD = _HELD.where(pace.c.name.in_(sa.bindparam("names", expanding=True))).order_by(pace.c.name)
_LOCK = _HELD.with_for_update()
_WRITE = (
    sa.update(pace)
    .where(pace.c.name == sa.bindparam("of_name"))
    .values(next_at=sa.bindparam("to_next"), day=sa.bindparam("to_day"), used=sa.bindparam("to_used"))
)


_SHUT = sa.select(lane.c.name).where(
    lane.c.name.in_(sa.bindparam("names", expanding=True)), lane.c.paused | (lane.c.open_until > sa.literal(EPOCH, Moment))
)


class MannerRoom(Room):
    """The pace table, and claims of one lane at its turn."""

    def ensure(self, names: Sequence[str]) -> None:
        """A row for each connector that has manners."""
        self.insert_new(pace, [{"name": name, "next_at": EPOCH, "day": None, "used": 0} for name in names], ("name",))

    def hold(self, names: Sequence[str]) -> dict[str, Pace]:
        """Their paces, held to the end of the transaction, in order of name: two daemons take turns one after the other."""
        return self._read(_LOCK, names)

    def read(self, names: Sequence[str]) -> dict[str, Pace]:
        """Their paces, for whoever only looks."""
        return self._read(_HELD, names)

    def write(self, paces: Mapping[str, Pace]) -> None:
        """What has been asked by now, of rows that are held."""
        told = [
            {"of_name": name, "to_next": one.next_at, "to_day": one.day, "to_used": one.used}
            for name, one in sorted(paces.items())
        ]
        if told:
            self.batch.direct.execute(_WRITE, told)

    def shut(self, names: Sequence[str]) -> set[str]:
        """Which of the lanes are paused, or have an open breaker."""
        return {*self.batch.direct.execute(_SHUT, {"names": padded(names)}).scalars()}

    def claim(self, name: str, owner: str, machine_now: datetime, lease: timedelta, most: int) -> list[Work]:
        """Lease up to `most` ready rows of a lane, most urgent first. Read the result only after the commit."""
        told = {"machine": machine_now, "until": machine_now + lease, "me": owner, "most": most, "of_lane": name}
        return claimed(self.batch.direct.execute(OF_LANE[self.sqlite], told).all())

    def spent(
        self,
        name: str,
        owner: str,
        machine_now: datetime,
        lease: timedelta,
        most: int,
        *,
        office_now: datetime,
        by: datetime,
        kinds: Collection[str],
    ) -> list[Work]:
        """Lease rows of a lane that are to give up: past their patience, or of these `kinds` and past it `by` then."""
        told = {"machine": machine_now, "until": machine_now + lease, "me": owner, "most": most, "of_lane": name}
        more = {"office": office_now, "by": by, "kinds": padded(sorted(kinds)) or [""]}
        return claimed(self.batch.direct.execute(SPENT[self.sqlite], told | more).all())

    def behind(self, names: Collection[str]) -> dict[str, int]:
        """How many ready rows lie behind each of these lanes."""
        held = sa.select(work.c.lane, sa.func.count()).where(sa.text("state = 'ready'"), work.c.lane.in_(sorted(names)))
        if not names:
            return {}
        return {str(lane): int(count) for lane, count in self.batch.connection.execute(held.group_by(work.c.lane))}

    def late(self, name: str, by: datetime) -> int:
        """How many ready rows of a lane have no date of patience and serve a legal date that is over by then."""
        held = (work.c.state == "ready") & (work.c.lane == name) & (work.c.urgent_by <= by) & work.c.expires_at.is_(None)
        return int(self.batch.direct.execute(sa.select(sa.func.count()).select_from(work).where(held)).scalar_one())

    def _read(self, asked: sa.Select[tuple[object, ...]], names: Sequence[str]) -> dict[str, Pace]:
        rows = self.batch.direct.execute(asked, {"names": sorted(names)})
        return {row.name: Pace(next_at=row.next_at, day=row.day, used=row.used) for row in rows}
