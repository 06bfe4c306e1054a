"""Readings of visit codes by firms' phones, each kept once."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from inspector.domain.visit import VisitState
from inspector.domain.visitcode import EntryScan
from inspector.store.codec import dump, load
from inspector.store.entryscantables import entry_scan
from inspector.store.room import Room
from inspector.store.tables import case_file, visit, visit_case

_OPEN_VISITS = tuple(state.value for state in VisitState if state.open)


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
        self.insert_one(entry_scan, {**own, "at": scan.received_at, "body": dump(scan, scan.code, scan.phone)}, ("code", "phone"))

    def of_visits(self, before: datetime) -> list[str]:
        """The visits that are over, serve no case that is under way or ended later, and of which readings came before a moment."""
        served = sa.select(visit_case.c.visit).join(case_file, case_file.c.id == visit_case.c.case_id)
        served = served.where(sa.or_(case_file.c.ended_at.is_(None), case_file.c.ended_at >= before))
        open_ones = sa.select(visit.c.id).where(visit.c.state.in_(_OPEN_VISITS))
        old = sa.and_(entry_scan.c.at < before, entry_scan.c.visit.not_in(served), entry_scan.c.visit.not_in(open_ones))
        return sorted(self.connection.execute(sa.select(entry_scan.c.visit).where(old).distinct()).scalars())

    def forget(self, visit_id: str, before: datetime) -> int:
        """Delete the readings of a visit that came before a moment; how many. The ledger tells of each that there was one."""
        old = (entry_scan.c.visit == visit_id) & (entry_scan.c.at < before)
        return self.connection.execute(sa.delete(entry_scan).where(old)).rowcount

    def _all(self, which: sa.ColumnElement[bool]) -> list[EntryScan]:
        asked = sa.select(entry_scan.c.body).where(which).order_by(entry_scan.c.at, entry_scan.c.code, entry_scan.c.phone)
        return [load(EntryScan, text) for text in self.connection.execute(asked).scalars()]
