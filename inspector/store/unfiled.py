"""Visits that are to be filed, for no visit code was read on them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.visit import Visit
from inspector.store.codec import load
from inspector.store.room import Room
from inspector.store.tables import visit


class Unfiled(Room):
    """Reads the visit table for the filings that wait for their proof."""

    def unfiled(self, agencies: Collection[str] | None = None, *, after: str = "", limit: int = 50) -> list[Visit]:
        """Visits whose filing waits for its proof, led by these agencies, in order of id behind one."""
        asked = sa.select(visit.c.body).where(visit.c.file_by.is_not(None), visit.c.id > after).order_by(visit.c.id)
        if agencies is not None:
            asked = asked.where(visit.c.agency.in_(list(agencies)))
        return [load(Visit, text) for text in self.connection.execute(asked.limit(limit)).scalars()]

    def filings_late(self, now: datetime) -> int:
        """How many filings are late."""
        late = sa.select(sa.func.count()).select_from(visit).where(visit.c.file_by.is_not(None), visit.c.file_by < now)
        return int(self.connection.execute(late).scalar_one())
