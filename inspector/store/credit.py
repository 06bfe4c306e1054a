"""Credit levels as pushed or looked up, dated."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from inspector.domain.case import SubjectKind
from inspector.domain.credit import needs_rating
from inspector.store.room import Room
from inspector.store.tables import credit_level, roster_object

_LEVEL = sa.select(credit_level.c.level, credit_level.c.as_of, credit_level.c.source).where(
    credit_level.c.kind == sa.bindparam("of_kind"), credit_level.c.code == sa.bindparam("of_code")
)


class Stated(StrEnum):
    """What became of a statement: it stands, a newer one does, or another one of the same moment that was here before."""

    KEPT = "KEPT"
    OLDER = "OLDER"
    CONFLICT = "CONFLICT"


class CreditRoom(Room):
    """The credit level table: the newest statement of each subject."""

    def level(self, kind: SubjectKind, code: str) -> tuple[str, datetime, str] | None:
        """(level, as of, source) of a subject, or None; always for a natural person, who has no class, whatever was once stated."""
        if not needs_rating(kind):
            return None
        row = self.connection.execute(_LEVEL, {"of_kind": kind.value, "of_code": code}).one_or_none()
        return (row.level, row.as_of, row.source) if row else None

    def state(self, kind: SubjectKind, code: str, level: str, as_of: datetime, source: str) -> Stated:
        """Keep a statement unless a newer one is held; of two different ones of one moment the first stands.

        Which of the two is right nobody can tell by their dates: the last to arrive would turn a level back by being sent again.
        """
        row = {"kind": kind.value, "code": code, "level": level, "as_of": as_of, "source": source}
        if self.connection.execute(_state(self.sqlite), row).first() is not None:
            return Stated.KEPT
        return self.judge(kind, code, level, as_of)

    def registered(self, after: str, limit: int) -> list[str]:
        """The codes of firms that stand in any register of objects, each once, behind a code: whose levels draws go by."""
        held = roster_object.c
        asked = sa.select(held.code).where(held.kind == SubjectKind.FIRM.value, held.removed_at.is_(None), held.code > after)
        return list(self.connection.execute(asked.distinct().order_by(held.code).limit(limit)).scalars())

    def judge(self, kind: SubjectKind, code: str, level: str, as_of: datetime) -> Stated:
        """What would become of a statement, or has become of it; nothing is written."""
        held = self.level(kind, code)
        if held is None or as_of > held[1]:
            return Stated.KEPT
        if as_of < held[1]:
            return Stated.OLDER
        return Stated.KEPT if held[0] == level else Stated.CONFLICT


@cache
def _state(is_sqlite: bool) -> sa.Executable:
    insert = sqlite.insert(credit_level) if is_sqlite else postgresql.insert(credit_level)
    said = {name: insert.excluded[name] for name in ("level", "as_of", "source")}
    newer = insert.excluded.as_of > credit_level.c.as_of
    return insert.on_conflict_do_update(index_elements=["kind", "code"], set_=said, where=newer).returning(credit_level.c.kind)
