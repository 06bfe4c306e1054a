"""The office's one row: the map from machine time to office time, shared by all replicas, and the secret links are made of."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.clock import OfficeTime
from inspector.store.room import Room
from inspector.store.sealed import own
from inspector.store.tables import Moment, office


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeRow:
    """Anchors and pace of office time; `secret` is 64 hex; `shadow`: nothing of what is decided here has ever left the house."""

    machine_anchor: datetime
    office_anchor: datetime
    rate: float
    skip_closed: bool
    secret: str
    shadow: bool


_RESTS = sa.select(office.c.rests_until).where(office.c.id == 1, office.c.rests_until > sa.bindparam("now", type_=Moment))
PACE = ("machine_anchor", "office_anchor", "rate", "skip_closed")


class OfficeRoom(Room):
    """The office table (one row)."""

    def get(self) -> OfficeRow | None:
        """The row, or None before the first start."""
        row = self.row(sa.select(office).where(office.c.id == 1))
        return OfficeRow(**{name: row[name] for name in OfficeRow.__slots__}) if row else None

    def pace(self, calendar: WorkingCalendar) -> OfficeTime | None:
        """How the office's time runs; None before the first start. Nothing sealed is opened: whoever has no keys may ask."""
        held = self.connection.execute(sa.select(*(office.c[name] for name in PACE)).where(office.c.id == 1)).one_or_none()
        return OfficeTime(**held._asdict(), calendar=calendar if held.skip_closed else None) if held is not None else None

    def found(
        self, machine_anchor: datetime, office_anchor: datetime, rate: float, skip_closed: bool, *, shadow: bool = False
    ) -> OfficeRow:
        """Write the row at the first start (two replicas at once: one wins) and return it."""
        row = {
            "id": 1,
            "machine_anchor": machine_anchor,
            "office_anchor": office_anchor,
            "rate": rate,
            "skip_closed": skip_closed,
            "secret": own(secrets.token_hex(32), 1),
            "shadow": shadow,
        }
        self.insert_one(office, row, ("id",))
        held = self.get()
        if held is None:
            raise LookupError("the office row was just written")
        return held

    def repace(self, machine_anchor: datetime, office_anchor: datetime, rate: float, skip_closed: bool) -> None:
        """Go on at another pace from a moment; office time does not jump."""
        values = {
            "machine_anchor": machine_anchor,
            "office_anchor": office_anchor,
            "rate": rate,
            "skip_closed": skip_closed,
        }
        self.connection.execute(sa.update(office).where(office.c.id == 1).values(**values))

    def rests(self, now: datetime) -> datetime | None:
        """Until when nothing is to leave the house, while that lasts (office time)."""
        found: datetime | None = self.connection.execute(_RESTS, {"now": now}).scalar_one_or_none()
        return found

    def rest(self, until: datetime | None) -> None:
        """Let nothing leave the house until then; None: what waits may leave."""
        self.connection.execute(sa.update(office).where(office.c.id == 1).values(rests_until=until))
