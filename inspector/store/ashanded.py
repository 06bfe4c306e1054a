"""The rows of an answer as the driver hands them over: by these it is known whether they are what they were, before anybody reads them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, IteratorResult

Handed = Sequence[Any]
"""A row, its values as the database has them: sealed ones are sealed, and a moment on SQLite is a text."""


class AsHanded:
    """An answer. `text` and `given` are what the driver was asked, with which `ask` has it asked again."""

    def __init__(self, result: sa.CursorResult[Any]) -> None:
        context: Any = result.context
        self.text: str = context.statement
        self.given: Any = context.parameters[0]
        self.keys = list(result.keys())
        self._told = result._metadata  # noqa: SLF001 - by which the toolkit would have read these very rows
        self.rows = _handed(result)

    def read(self, rows: Iterable[Handed]) -> sa.Result[Any]:
        """Some of its rows, as they read."""
        return IteratorResult(self._told, iter(rows))


def ask(connection: Connection, text: str, given: Any) -> list[Handed]:
    """The rows of a question that was asked before, as they are handed over now. Nothing is composed, and nothing read, for it."""
    return _handed(connection.exec_driver_sql(text, given))


def _handed(result: sa.CursorResult[Any]) -> list[Handed]:
    assert result.cursor is not None, "a question has rows"
    rows = list[Handed](result.cursor.fetchall())
    result.close()
    return rows
