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
from inspector.domain.credit import Told, needs_rating
from inspector.domain.spelling import party_of, told_of
from inspector.store.room import Room
from inspector.store.tables import credit_level, roster_object, subject

_FETCHED = 1_000
_TURN = 0x6C65766C  # "levl": the advisory lock of who states many levels, and of who freezes a frame by them
_HELD = credit_level.c
_TOLD = sa.select(_HELD.code, _HELD.level, _HELD.as_of, _HELD.source).where(_HELD.kind == SubjectKind.FIRM.value)
_FIRMS = _TOLD.where(_HELD.code == sa.bindparam("of_code"))
_ALIKE = _TOLD.where(sa.or_(_HELD.code == sa.bindparam("of_code"), _HELD.organisation == sa.bindparam("told")))
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
        if (known := self.batch.ahead.get(("level", kind, code))) is not None:
            return next(((one.level, one.as_of, one.source) for one in known if one.code == code), None)
        row = self.connection.execute(_LEVEL, {"of_kind": kind.value, "of_code": code}).one_or_none()
        return (row.level, row.as_of, row.source) if row else None

    def told(self, kind: SubjectKind, code: str) -> list[Told]:
        """What was stated of a subject, by whatever code of its organisation (`credit.of_firm`); nothing of a natural person."""
        if not needs_rating(kind):
            return []
        if (known := self.batch.ahead.get(("level", kind, code))) is not None:
            return list(known)
        told = told_of(kind, code)
        asked = (_ALIKE, {"of_code": code, "told": told}) if told is not None else (_FIRMS, {"of_code": code})
        return [
            Told(code=row.code, level=row.level, as_of=row.as_of, source=row.source) for row in self.connection.execute(*asked)
        ]

    def told_of_all(self, codes: Iterable[str]) -> dict[str, list[Told]]:
        """The same of some firms of which anything was stated, by the code that is asked for."""
        wanted = {code: party_of(code) for code in codes}
        by: dict[str, list[Told]] = {}
        for column, values in ((_HELD.code, set(wanted)), (_HELD.organisation, set(wanted.values()))):
            some = sorted(values)
            for start in range(0, len(some), _FETCHED):
                for row in self.connection.execute(_TOLD.where(column.in_(some[start : start + _FETCHED]))):
                    one = Told(code=row.code, level=row.level, as_of=row.as_of, source=row.source)
                    alike = by.setdefault(party_of(row.code), [])
                    if one not in alike:
                        alike.append(one)
        return {code: by[party] for code, party in wanted.items() if party in by}

    def state(self, kind: SubjectKind, code: str, level: str, as_of: datetime, source: str) -> Stated:
        """Keep a statement unless a newer one is held; of two different ones of one moment the first stands.

        Which of the two is right nobody can tell by their dates: the last to arrive would turn a level back by being sent again.
        """
        for name in [one for one in self.batch.ahead if one[0] == "level"]:  # it is its whole organisation's
            del self.batch.ahead[name]
        said = {"level": level, "as_of": as_of, "source": source}
        row = {"kind": kind.value, "code": code, "organisation": told_of(kind, code), **said}
        if self.connection.execute(_state(self.sqlite), row).first() is not None:
            return Stated.KEPT
        return self.judge(kind, code, level, as_of)

    def take(self, some: Iterable[Statement]) -> list[Became]:
        """Keep statements about firms as `state` does, one after the other, and tell what each has changed.

        The rows that are there are held from before they are read, so that nobody changes one meanwhile. The caller has the turn.
        """
        self.batch.ahead.clear()
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
                    "organisation": told_of(SubjectKind.FIRM, one.code),
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
        """The codes of firms that stand in any register of objects, each once, behind a code: whose levels draws go by.

        With the others by which cases have named them: a platform may have a firm under one of these alone.
        """
        held, firm = roster_object.c, SubjectKind.FIRM.value
        here = (held.kind == firm, held.removed_at.is_(None))
        alike = sa.exists().where(held.organisation == subject.c.organisation, *here)
        named = sa.select(subject.c.code).where(subject.c.kind == firm, subject.c.code > after, alike)
        some = [
            asked.distinct()
            .order_by(asked.selected_columns.code)
            .limit(limit)
            .subquery()  # the database's order, of sealed codes too
            for asked in (sa.select(held.code).where(*here, held.code > after), named)
        ]
        both = sa.union(*(sa.select(one.c.code) for one in some)).subquery()
        return list(self.connection.execute(sa.select(both.c.code).order_by(both.c.code).limit(limit)).scalars())

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
    said = {name: insert.excluded[name] for name in ("level", "as_of", "source", "organisation")}
    newer = insert.excluded.as_of > credit_level.c.as_of
    return insert.on_conflict_do_update(index_elements=["kind", "code"], set_=said, where=newer)


@cache
def _state(is_sqlite: bool) -> sa.Executable:
    return _newer(is_sqlite).returning(credit_level.c.kind)
