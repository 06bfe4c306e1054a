"""Credit levels as pushed or looked up, dated."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from inspector.domain.case import SubjectKind
from inspector.domain.credit import needs_rating
from inspector.store.room import Room
from inspector.store.tables import credit_level, roster_object

_FETCHED = 1_000
_TURN = 0x6C65766C  # "levl": the advisory lock of who states many levels, and of who freezes a frame by them
_LEVEL = sa.select(credit_level.c.level, credit_level.c.as_of, credit_level.c.source).where(
    credit_level.c.kind == sa.bindparam("of_kind"), credit_level.c.code == sa.bindparam("of_code")
)


class Stated(StrEnum):
    """What became of a statement: it stands, a newer one does, or another one of the same moment that was here before."""

    KEPT = "KEPT"
    OLDER = "OLDER"
    CONFLICT = "CONFLICT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A firm's level as a source states it."""

    code: str
    level: str
    as_of: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Became:
    """What became of a statement, and the (level, as of) that was held when it came; None: there was none."""

    said: Statement
    what: Stated
    held: tuple[str, datetime] | None

    @property
    def changed(self) -> bool:
        """Whether the firm has another level now than it had."""
        return self.what is Stated.KEPT and (self.held is None or self.held[0] != self.said.level)

    def renewed(self, since: datetime) -> bool:
        """Whether a statement of the same level from behind a moment has taken the place of one from before it."""
        return not self.changed and self.held is not None and self.held[1] < since <= self.said.as_of


class CreditRoom(Room):
    """The credit level table: the newest statement of each subject."""

    def level(self, kind: SubjectKind, code: str) -> tuple[str, datetime, str] | None:
        """(level, as of, source) of a subject, or None; always for a natural person, who has no class, whatever was once stated."""
        if not needs_rating(kind):
            return None
        if ("level", kind, code) in self.batch.nothing:
            return None
        row = self.connection.execute(_LEVEL, {"of_kind": kind.value, "of_code": code}).one_or_none()
        return (row.level, row.as_of, row.source) if row else None

    def levels(self, codes: Iterable[str]) -> dict[str, tuple[str, datetime]]:
        """The levels of some firms that have one, by code, with their dates."""
        held, wanted, found = credit_level.c, sorted(set(codes)), dict[str, tuple[str, datetime]]()
        asked = sa.select(held.code, held.level, held.as_of).where(held.kind == SubjectKind.FIRM.value)
        for start in range(0, len(wanted), _FETCHED):
            rows = self.connection.execute(asked.where(held.code.in_(wanted[start : start + _FETCHED])))
            found |= {row.code: (row.level, row.as_of) for row in rows}
        return found

    def state(self, kind: SubjectKind, code: str, level: str, as_of: datetime, source: str) -> Stated:
        """Keep a statement unless a newer one is held; of two different ones of one moment the first stands.

        Which of the two is right nobody can tell by their dates: the last to arrive would turn a level back by being sent again.
        """
        self.batch.nothing.discard(("level", kind, code))
        row = {"kind": kind.value, "code": code, "level": level, "as_of": as_of, "source": source}
        if self.connection.execute(_state(self.sqlite), row).first() is not None:
            return Stated.KEPT
        return self.judge(kind, code, level, as_of)

    def take(self, some: Iterable[Statement]) -> list[Became]:
        """Keep statements about firms as `state` does, one after the other, and tell what each has changed.

        The rows that are there are held from before they are read, so that nobody changes one meanwhile. The caller has the turn.
        """
        self.batch.nothing.clear()
        told = list(some)
        held = self._held(sorted({one.code for one in told}))
        found, rows = [], {}
        for one in told:
            before = held.get(one.code)
            found.append(Became(said=one, what=_judged(before, one.level, one.as_of), held=before))
            if found[-1].what is Stated.KEPT and (before is None or one.as_of > before[1]):
                held[one.code] = (one.level, one.as_of)
                rows[one.code] = {
                    "kind": SubjectKind.FIRM.value,
                    "code": one.code,
                    "level": one.level,
                    "as_of": one.as_of,
                    "source": one.source,
                }
        if rows:
            self.connection.execute(_newer(self.sqlite), list(rows.values()))
        return found

    def take_turn(self, *, alone: bool) -> None:
        """Hold the levels as they are to the transaction's end: one who states many has them `alone`, those who freeze frames together.

        SQLite has one writer anyway.
        """
        if not self.sqlite:
            turn = sa.func.pg_advisory_xact_lock if alone else sa.func.pg_advisory_xact_lock_shared
            self.connection.execute(sa.select(turn(_TURN)))

    def _held(self, codes: list[str]) -> dict[str, tuple[str, datetime]]:
        """The levels of firms by code, with their dates."""
        held, found = credit_level.c, dict[str, tuple[str, datetime]]()
        for start in range(0, len(codes), _FETCHED):
            asked = sa.select(held.code, held.level, held.as_of).where(held.kind == SubjectKind.FIRM.value)
            asked = asked.where(held.code.in_(codes[start : start + _FETCHED])).order_by(held.code).with_for_update()
            found |= {row.code: (row.level, row.as_of) for row in self.connection.execute(asked)}
        return found

    def registered(self, after: str, limit: int) -> list[str]:
        """The codes of firms that stand in any register of objects, each once, behind a code: whose levels draws go by."""
        held = roster_object.c
        asked = sa.select(held.code).where(held.kind == SubjectKind.FIRM.value, held.removed_at.is_(None), held.code > after)
        return list(self.connection.execute(asked.distinct().order_by(held.code).limit(limit)).scalars())

    def judge(self, kind: SubjectKind, code: str, level: str, as_of: datetime) -> Stated:
        """What would become of a statement, or has become of it; nothing is written."""
        held = self.level(kind, code)
        return _judged(held[:2] if held is not None else None, level, as_of)


def _judged(held: tuple[str, datetime] | None, level: str, as_of: datetime) -> Stated:
    if held is None or as_of > held[1]:
        return Stated.KEPT
    if as_of < held[1]:
        return Stated.OLDER
    return Stated.KEPT if held[0] == level else Stated.CONFLICT


@cache
def _newer(is_sqlite: bool) -> postgresql.Insert | sqlite.Insert:
    insert = sqlite.insert(credit_level) if is_sqlite else postgresql.insert(credit_level)
    said = {name: insert.excluded[name] for name in ("level", "as_of", "source")}
    newer = insert.excluded.as_of > credit_level.c.as_of
    return insert.on_conflict_do_update(index_elements=["kind", "code"], set_=said, where=newer)


@cache
def _state(is_sqlite: bool) -> sa.Executable:
    return _newer(is_sqlite).returning(credit_level.c.kind)
