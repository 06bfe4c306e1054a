"""What every room of the store has: the connection, and an insert that does nothing when the row is there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from functools import cache
from traceback import extract_stack
from typing import Any, TypeVar

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from inspector.domain import case
from inspector.domain.errors import Stale

Row = dict[str, Any]
"""A row for people: column name to value."""
T = TypeVar("T")
STRICT = False
"""Whether an order of locks that may deadlock is refused; the tests set it."""
log = structlog.get_logger(__name__)
GONE = tuple(sorted(state.value for state in case.GONE))
"""The states of cases that have left the house, as columns have them."""


def _callers() -> list[str]:
    """Who asked, innermost last: `file:line` of our own code, without names or values."""
    house = f"{__package__.partition('.')[0]}/"
    frames = [(one.filename.partition(f"/{house}")[2], one.lineno) for one in extract_stack(limit=12)[:-2]]
    return [f"{house}{file}:{line}" for file, line in frames if file]


class Batch:
    """A connection, and what need not be written at once: rows and updates that nobody reads here, guarded updates of rows it holds.

    Written together, one statement for all of a kind, for on a database behind a wire each statement is a journey. `connection`
    writes down what is collected first, so whoever uses it sees everything; `direct` is for the few hot statements that touch
    none of the tables collected for. `held` are the values behind locked rows, as last written: nobody else can change them.
    `ahead` are the answers to what was asked ahead (`AheadRoom`), by the question. `seals` are those that a reading has recomputed, with
    whether they do not hold; who writes remembers none, for there may be more of them behind its next statement. `unsound` is who
    answers for them instead (`reread`).
    """

    def __init__(self, connection: Connection, *, writes: bool = True) -> None:
        self.direct = connection
        self.writes = writes
        self.seals: dict[int, bool] = {}
        self.unsound: Callable[[Collection[int]], set[int]] | None = None
        self.held: dict[str, object] = {}
        self.ahead: dict[tuple[Any, ...], Any] = {}
        self._turns: set[str] = set()
        self._holds_rows = False
        self._rows: dict[sa.Insert | sa.Update, list[Mapping[str, object]]] = {}
        self._guarded: dict[sa.Update | sa.Insert, list[tuple[str, Mapping[str, object]]]] = {}
        self._spoilt: Stale | None = None
        self._first: dict[Hashable, tuple[list[str], Callable[[list[str]], object]]] = {}
        self._ending: list[str] = []
        self._end: Callable[[list[str]], object] = list

    @property
    def connection(self) -> Connection:
        """The connection, with nothing outstanding. Raises Stale as `write` does."""
        self.write()
        return self.direct

    def holds_rows(self, locked: bool = True) -> None:
        """From now on this transaction holds cases or draws that others may wait for; those that it only reads are nobody's affair."""
        self._holds_rows |= locked

    def takes_turn(self, turn: str) -> None:
        """A turn is about to be waited for, on whichever database. Behind rows that are held that is a bug.

        Turns come before rows, everywhere: whoever waited for one with a row in hand stood in the way of who has it and wants the row.
        A turn that was taken before is there already, and nobody is waited for. In the tests (`STRICT`) it raises RuntimeError; in an
        office it is logged and goes on, for at worst the database breaks the deadlock off and the part is tried again.
        """
        if self._holds_rows and turn not in self._turns:
            if STRICT:
                raise RuntimeError(f"the turn {turn} is taken before any case or draw is held, and not behind one")
            log.error("turn.behind_rows", turn=turn, by=_callers())
        self._turns.add(turn)

    def later(self, statement: sa.Insert | sa.Update, rows: Iterable[Mapping[str, object]]) -> None:
        """Collect rows, or updates of which nobody asks whether they hit; `statement` is one built once, for it is the key."""
        self._rows.setdefault(statement, []).extend(rows)

    def expect(self, statement: sa.Update | sa.Insert, what: str, values: Mapping[str, object]) -> None:
        """Collect a guarded update, or a row, that must hit one row, named `what`; `statement` is one built once, for it is the key."""
        self._guarded.setdefault(statement, []).append((what, values))

    def at_first(self, what: Hashable, of: str, do: Callable[[list[str]], object]) -> None:
        """Collect of whom something is done at once, before all rows that are collected; each caller means the same by `what`."""
        self._first.setdefault(what, ([], do))[0].append(of)

    def begun(self) -> Connection:
        """The connection, with done what is done at first, and nothing written of the rows that are collected."""
        while self._first:
            some, do = self._first.pop(next(iter(self._first)))
            do(some)
        return self.direct

    def at_last(self, keys: Iterable[str], end: Callable[[list[str]], object]) -> None:
        """Collect keys of work that is over, to `end` all of them at once behind everything else; each caller means the same by it."""
        self._ending += keys
        self._end = end

    def write(self) -> None:
        """Write down what is collected. Raises Stale when a guard did not hold: another hand moved first.

        Then the part is half written: whoever goes on with it regardless hears the same again, until it is rolled back.
        """
        if self._spoilt is not None:
            raise self._spoilt
        self.begun()
        while self._rows:
            rows = next(iter(self._rows))
            self.direct.execute(rows, self._rows.pop(rows))
        while self._guarded:
            guarded = next(iter(self._guarded))
            collected = self._guarded.pop(guarded)
            if self.direct.execute(guarded, [values for _, values in collected]).rowcount != len(collected):
                self._spoilt = Stale("stale", what=", ".join(dict.fromkeys(what for what, _ in collected)))
                raise self._spoilt
        if self._ending:
            ending, self._ending = self._ending, []
            self._end(ending)

    def drop(self) -> None:
        """Forget what is collected and held: its part of the transaction has failed."""
        self._first.clear()
        self._rows.clear()
        self._guarded.clear()
        self._ending.clear()
        self.held.clear()
        self._spoilt = None


class Room:
    """One noun's queries on one connection."""

    def __init__(self, batch: Batch) -> None:
        self.batch = batch
        self.sqlite = batch.direct.dialect.name == "sqlite"

    @property
    def connection(self) -> Connection:
        """The connection, with all collected rows written down."""
        return self.batch.connection

    def insert_new(self, table: sa.Table, rows: Sequence[Mapping[str, object]], unique: Sequence[str]) -> None:
        """Insert the rows that are not there yet by their unique columns; a duplicate is an insert that does nothing."""
        if rows:
            self.connection.execute(insert_new(self.sqlite, table, tuple(unique)), list(rows))

    def insert_one(self, table: sa.Table, row: Mapping[str, object], unique: Sequence[str]) -> bool:
        """Like `insert_new` for one row; whether it was new."""
        return self.batch.direct.execute(_insert_one(self.sqlite, table, tuple(unique)), row).first() is not None

    def insert_soon(self, table: sa.Table, row: Mapping[str, object], unique: Sequence[str]) -> bool:
        """Like `insert_one`, for a row that was looked for, or of which it says nothing that it is there already.

        On SQLite whoever writes is alone until the commit, so it is collected with others of its kind, and taken for new.
        """
        if not self.sqlite:
            return self.insert_one(table, row, unique)
        self.batch.later(insert_new(self.sqlite, table, tuple(unique)), (row,))
        return True

    def upsert(self, table: sa.Table, row: Mapping[str, object], unique: Sequence[str]) -> None:
        """Insert or replace by the unique columns."""
        changed = {name: value for name, value in row.items() if name not in unique}
        statement = self._insert(table).values(**row)
        self.connection.execute(statement.on_conflict_do_update(index_elements=list(unique), set_=changed))

    def expect_one(self, statement: sa.Update, what: str, values: Mapping[str, object] | None = None) -> None:
        """Run a guarded update that must hit one row. Raises Stale otherwise: another hand moved first."""
        if self.batch.direct.execute(statement, values).rowcount != 1:
            raise Stale("stale", what=what)

    def rows(self, asked: sa.Select[Any], values: Mapping[str, object] | None = None) -> list[Row]:
        """All rows of a query, by column name."""
        return [dict(row) for row in self.connection.execute(asked, values).mappings()]

    def row(self, asked: sa.Select[Any], values: Mapping[str, object] | None = None) -> Row | None:
        """The one row of a query, or None."""
        found = self.connection.execute(asked, values).mappings().one_or_none()
        return dict(found) if found else None

    def _insert(self, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
        return sqlite.insert(table) if self.sqlite else postgresql.insert(table)


def padded(keys: Collection[T]) -> list[T]:
    """The keys, the last one repeated up to a power of two: lists of few lengths make statements of few texts, planned once each."""
    told = list(keys)
    return told + told[-1:] * ((1 << (len(told) - 1).bit_length()) - len(told)) if told else told


# Statements that run thousands of times a minute are built once: building one and finding its cache key costs more than running it.


@cache
def insert_new(is_sqlite: bool, table: sa.Table, unique: tuple[str, ...]) -> sqlite.Insert | postgresql.Insert:
    """The insert that does nothing for a row already there, built once."""
    insert = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    return insert.on_conflict_do_nothing(index_elements=list(unique))


@cache
def _insert_one(is_sqlite: bool, table: sa.Table, unique: tuple[str, ...]) -> sa.Executable:
    return insert_new(is_sqlite, table, unique).returning(table.c[unique[0]])
