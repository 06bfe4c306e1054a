"""Readings of visit codes by firms' phones, each kept once."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.domain.visitcode import EntryScan
from inspector.store.codec import dump, load
from inspector.store.entryscantables import entry_scan
from inspector.store.room import Room


class EntryScanRoom(Room):
    """The table of readings."""

    def of_code(self, code: str) -> list[EntryScan]:
        """The readings of one code, in the order in which they came in."""
        return self._all(entry_scan.c.code == code)

    def of_visit(self, visit: str) -> list[EntryScan]:
        """The readings of every code of a visit, in the order in which they came in."""
        return self._all(entry_scan.c.visit == visit)

    def keep(self, scan: EntryScan) -> None:
        """Write a reading that has come in."""
        own = {"code": scan.code, "phone": scan.phone, "visit": scan.visit, "agency": scan.agency}
        self.insert_one(entry_scan, {**own, "at": scan.received_at, "body": dump(scan)}, ("code", "phone"))

    def _all(self, which: sa.ColumnElement[bool]) -> list[EntryScan]:
        asked = sa.select(entry_scan.c.body).where(which).order_by(entry_scan.c.at, entry_scan.c.code, entry_scan.c.phone)
        return [load(EntryScan, text) for text in self.connection.execute(asked).scalars()]
