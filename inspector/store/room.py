"""What every room of the store has: the connection, and an insert that does nothing when the row is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from inspector.domain.errors import Stale

Row = dict[str, Any]
"""A row for people: column name to value."""


class Room:
    """One noun's queries on one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.sqlite = connection.dialect.name == "sqlite"

    def insert_new(self, table: sa.Table, rows: Sequence[Mapping[str, object]], unique: Sequence[str]) -> None:
        """Insert the rows that are not there yet by their unique columns; a duplicate is an insert that does nothing."""
        if rows:
            self.connection.execute(_insert_new(self.sqlite, table, tuple(unique)), list(rows))

    def insert_one(self, table: sa.Table, row: Mapping[str, object], unique: Sequence[str]) -> bool:
        """Like `insert_new` for one row; whether it was new."""
        return self.connection.execute(_insert_one(self.sqlite, table, tuple(unique)), row).first() is not None

    def upsert(self, table: sa.Table, row: Mapping[str, object], unique: Sequence[str]) -> None:
        """Insert or replace by the unique columns."""
        changed = {name: value for name, value in row.items() if name not in unique}
        statement = self._insert(table).values(**row)
        self.connection.execute(statement.on_conflict_do_update(index_elements=list(unique), set_=changed))

    def expect_one(self, statement: sa.Update, what: str, values: Mapping[str, object] | None = None) -> None:
        """Run a guarded update that must hit one row. Raises Stale otherwise: another hand moved first."""
        if self.connection.execute(statement, values).rowcount != 1:
            raise Stale("stale", what=what)

    def rows(self, asked: sa.Select[Any]) -> list[Row]:
        """All rows of a query, by column name."""
        return [dict(row) for row in self.connection.execute(asked).mappings()]

    def row(self, asked: sa.Select[Any]) -> Row | None:
        """The one row of a query, or None."""
        found = self.connection.execute(asked).mappings().one_or_none()
        return dict(found) if found else None

    def _insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)


# Statements that run thousands of times a minute are built once: building one and finding its cache key costs more than running it.


@cache
def _insert_new(is_sqlite: bool, table: sa.Table, unique: tuple[str, ...]) -> sqlite.Insert | postgresql.Insert:
    insert = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    return insert.on_conflict_do_nothing(index_elements=list(unique))


@cache
def _insert_one(is_sqlite: bool, table: sa.Table, unique: tuple[str, ...]) -> sa.Executable:
    return _insert_new(is_sqlite, table, unique).returning(table.c[unique[0]])
