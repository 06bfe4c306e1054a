"""Credit levels as pushed or looked up, dated."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.store.room import Room
from inspector.store.tables import credit_level


class CreditRoom(Room):
    """The credit level table: the newest statement of each subject."""

    def level(self, kind: SubjectKind, code: str) -> tuple[str, datetime, str] | None:
        """(level, as of, source) of a subject, or None."""
        asked = sa.select(credit_level.c.level, credit_level.c.as_of, credit_level.c.source)
        row = self.connection.execute(asked.where(credit_level.c.kind == kind.value, credit_level.c.code == code)).one_or_none()
        return (row.level, row.as_of, row.source) if row else None

    def state(self, kind: SubjectKind, code: str, level: str, as_of: datetime, source: str) -> bool:
        """Keep a statement unless a newer one is held; whether it was kept."""
        held = self.level(kind, code)
        if held is not None and held[1] > as_of:
            return False
        row = {"kind": kind.value, "code": code, "level": level, "as_of": as_of, "source": source}
        self.upsert(credit_level, row, ("kind", "code"))
        return True
