"""Who of the house was shown what of whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.viewing import Purpose, Shown, Viewing
from inspector.store.room import Room, Row, padded
from inspector.store.viewingtables import viewing

_KEY = ("case_id", "day", "by", "shown", "door")


class ViewingRoom(Room):
    """The table of viewings. Plain columns and no body."""

    def missing(self, made: Sequence[Viewing]) -> list[Viewing]:
        """Those that are not on record yet; all are of one day, person, thing shown and door."""
        if not made:
            return []
        held, one = viewing.c, made[0]
        same = (held.day == one.day, held.by == one.by, held.shown == one.shown.value, held.door == one.door)
        asked = sa.select(held.case_id).where(held.case_id.in_(padded([each.case_id for each in made])), *same)
        known = set(self.connection.execute(asked).scalars())
        return [each for each in made if each.case_id not in known]

    def add(self, made: Sequence[Viewing]) -> None:
        """Keep them; each once."""
        self.insert_new(viewing, [_row(one) for one in made], _KEY)

    def of_case(self, case_id: str) -> list[Viewing]:
        """All of a case, oldest first."""
        return self._read(viewing.c.case_id == case_id)

    def about(self, kind: SubjectKind, code: str, limit: int) -> list[Viewing]:
        """Those about a subject, newest first, at most so many."""
        held = viewing.c
        asked = sa.select(viewing).where(held.code == code, held.kind == kind.value).order_by(held.at.desc(), *_order(desc=True))
        return [_told(row) for row in self.rows(asked.limit(limit))]

    def forget(self, before: datetime, limit: int = 5000) -> int:
        """Delete what is older; how many."""
        key = [viewing.c[name] for name in _KEY]
        old = sa.select(*key).where(viewing.c.at < before).limit(limit)
        return self.connection.execute(sa.delete(viewing).where(sa.tuple_(*key).in_(old))).rowcount

    def _read(self, where: sa.ColumnElement[bool]) -> list[Viewing]:
        return [_told(row) for row in self.rows(sa.select(viewing).where(where).order_by(viewing.c.at, *_order()))]


def _order(*, desc: bool = False) -> list[sa.ColumnElement[object]]:
    return [viewing.c[name].desc() if desc else viewing.c[name] for name in _KEY]


def _row(one: Viewing) -> dict[str, object]:
    row = {name: getattr(one, name) for name in viewing.c.keys()}  # noqa: SIM118 - its keys, not its columns
    return row | {"kind": one.kind.value, "shown": one.shown.value, "purpose": one.purpose.value}


def _told(row: Row) -> Viewing:
    told = {"kind": SubjectKind(row["kind"]), "shown": Shown(row["shown"]), "purpose": Purpose(row["purpose"])}
    return Viewing(**{**row, **told})
