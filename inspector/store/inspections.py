"""Past inspections from before this house kept the record, and those of others: what an agency has imported."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.case import SubjectKind
from inspector.domain.inspection import Authority, CheckType, Inspection
from inspector.domain.spelling import told_of
from inspector.store.inspectiontables import inspection
from inspector.store.room import Room

_KEY = tuple(column.name for column in inspection.primary_key.columns)
_PART = "\n"
"""Between the parts of a list; no cell of a file holds one."""
_KINDS = {one.value: one for one in SubjectKind}
_CHECKS = {one.value: one for one in CheckType}
_AUTHORITIES = {one.value: one for one in Authority}


class InspectionRoom(Room):
    """The inspection table. Plain columns and no JSON: an agency has a hundred thousand of them."""

    def of(
        self, agency: str, about: tuple[SubjectKind, Collection[str]] | None = None, *, known_at: datetime | None = None
    ) -> list[Inspection]:
        """Every past inspection an agency has on record, or those of one subject (kind, codes), oldest first.

        Or those that it had at a moment: one that has changed since in whether it took place counts as new.
        """
        return self._read(inspection.c.agency == agency, about, known_at)

    def of_others(
        self, agency: str, about: tuple[SubjectKind, Collection[str]] | None = None, *, known_at: datetime | None = None
    ) -> list[Inspection]:
        """The same of what the other agencies have on record as their own, each in its own name."""
        theirs = (inspection.c.agency != agency) & (inspection.c.authority == Authority.OWN.value)
        return self._read(theirs, about, known_at)

    def spellings(self, kind: SubjectKind, code: str) -> list[str]:
        """The codes by which records tell checks of a subject: of a firm all of its organisation, its own among them."""
        if (told := told_of(kind, code)) is None:
            return [code]
        asked = sa.select(inspection.c.code).where(inspection.c.kind == kind.value, inspection.c.organisation == told).distinct()
        return sorted({code, *self.connection.execute(asked).scalars()})

    def agencies(self) -> list[str]:
        """The agencies that have past inspections on record, in order."""
        return list(self.connection.execute(sa.select(inspection.c.agency).distinct().order_by(inspection.c.agency)).scalars())

    def _read(
        self, whose: sa.ColumnElement[bool], about: tuple[SubjectKind, Collection[str]] | None, known_at: datetime | None
    ) -> list[Inspection]:
        asked = sa.select(inspection).where(whose)
        if about is not None:
            asked = asked.where(inspection.c.kind == about[0].value, inspection.c.code.in_(list(about[1])))
        if known_at is not None:
            asked = asked.where(inspection.c.imported_at.is_(None) | (inspection.c.imported_at <= known_at))
        asked = asked.order_by(inspection.c.held_on, *(inspection.c[name] for name in _KEY))
        return [
            Inspection(
                agency=row.agency,
                kind=_KINDS[row.kind],
                code=row.code,
                on=row.held_on,
                check=_CHECKS[row.check_type],
                authority=_AUTHORITIES[row.authority],
                number=row.number,
                items=_parts(row.items),
                inspectors=_parts(row.inspectors),
                completed=row.completed,
            )
            for row in self.connection.execute(asked)
        ]

    def put(self, rows: Sequence[Inspection], at: datetime | None = None) -> None:
        """Add or replace by their key. `at`: the moment of it; None is as if they had always been there."""
        values = [
            {
                "agency": row.agency,
                "kind": row.kind.value,
                "code": row.code,
                "held_on": row.on,
                "check_type": row.check.value,
                "authority": row.authority.value,
                "number": row.number,
                "items": _PART.join(row.items),
                "inspectors": _PART.join(row.inspectors),
                "completed": row.completed,
                "imported_at": at,
                "organisation": told_of(row.kind, row.code),
            }
            for row in rows
        ]
        if values:
            statement = self._insert(inspection)
            new: dict[str, sa.ColumnElement[Any]] = {
                name: statement.excluded[name] for name in ("items", "inspectors", "completed")
            }
            turned = inspection.c.completed != statement.excluded.completed
            new["imported_at"] = sa.case((turned, statement.excluded.imported_at), else_=inspection.c.imported_at)
            self.connection.execute(statement.on_conflict_do_update(index_elements=list(_KEY), set_=new), values)


def _parts(text: str) -> tuple[str, ...]:
    return tuple(text.split(_PART)) if text else ()
