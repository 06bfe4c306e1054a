"""Who was asked what about whom."""

from __future__ import annotations

from datetime import datetime
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from inspector.domain.case import SubjectKind
from inspector.domain.inquiry import Asked, Inquiry
from inspector.store.inquirytables import inquiry
from inspector.store.room import Room


class InquiryRoom(Room):
    """The inquiry table. Plain columns; it outlasts the cases, and holds nothing that was promised or answered."""

    def add(self, made: Inquiry) -> None:
        """A question that left; its tries before count with it, and how it ended takes their place."""
        self.batch.later(_ended(self.sqlite), [_row(made)])

    def tried(self, made: Inquiry) -> None:
        """One that left and may leave again: it is counted, and whatever is said of it already stands."""
        self.batch.later(_counted(self.sqlite), [_row(made)])

    def ended(self, key: str, outcome: str, now: datetime) -> None:
        """How a question ended that is on record, if it is: of one that never left nothing is."""
        self.connection.execute(sa.update(inquiry).where(inquiry.c.key == key).values(outcome=outcome, at=now))

    def of_case(self, case_id: str) -> list[Inquiry]:
        """All that a case has asked, oldest first."""
        return self._read(inquiry.c.case_id == case_id)

    def about(self, kind: SubjectKind | None, code: str, after: str, limit: int) -> list[Inquiry]:
        """All about a subject, oldest first; `after` is the key of the last one read."""
        whom = inquiry.c.code == code
        if kind is not None:
            whom &= inquiry.c.kind == kind.value
        if after:
            since = sa.select(inquiry.c.at).where(inquiry.c.key == after).scalar_subquery()
            whom &= (inquiry.c.at > since) | ((inquiry.c.at == since) & (inquiry.c.key > after))
        return self._read(whom, limit)

    def forget(self, before: datetime, limit: int = 5000) -> int:
        """Delete what is older; how many."""
        old = sa.select(inquiry.c.key).where(inquiry.c.at < before).limit(limit)
        return self.connection.execute(sa.delete(inquiry).where(inquiry.c.key.in_(old))).rowcount

    def _read(self, where: sa.ColumnElement[bool], limit: int | None = None) -> list[Inquiry]:
        asked = sa.select(inquiry).where(where).order_by(inquiry.c.at, inquiry.c.key).limit(limit)
        rows = self.connection.execute(asked).mappings()
        return [Inquiry(**{**row, "port": Asked(row["port"]), "kind": SubjectKind(row["kind"])}) for row in rows]


def _row(made: Inquiry) -> dict[str, object]:
    row = {name: getattr(made, name) for name in inquiry.c.keys()}  # noqa: SIM118 - its keys, not its columns
    return row | {"port": made.port.value, "kind": made.kind.value}


@cache
def _ended(is_sqlite: bool) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert(inquiry) if is_sqlite else postgresql.insert(inquiry)
    said = {
        "at": insert.excluded.at,
        "outcome": insert.excluded.outcome,
        "attempts": inquiry.c.attempts + insert.excluded.attempts,
    }
    return insert.on_conflict_do_update(index_elements=["key"], set_=said)


@cache
def _counted(is_sqlite: bool) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert(inquiry) if is_sqlite else postgresql.insert(inquiry)
    more = {"attempts": inquiry.c.attempts + insert.excluded.attempts}
    return insert.on_conflict_do_update(index_elements=["key"], set_=more)
