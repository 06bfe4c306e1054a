"""An office is copied whole: to PostgreSQL for good, or into a file. Compared by content before it commits.

Every row goes in one transaction. Killed at any line, either nothing is there and the source is as it was, or all is there; a move
that was broken off before it could close its file is ended by a second run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspector.domain.errors import Away, Invalid, Refusal
from inspector.store import migrate
from inspector.store.checkup import unreachable
from inspector.store.keyring import Keyring
from inspector.store.opening import opened, reach
from inspector.store.sealed import bare
from inspector.store.store import Store
from inspector.store.tables import metadata
from inspector.store.tx import Tx

Told = Callable[[str, int, int], None]
"""Told a table's name, how many of its rows are over there, and how many there are."""

Carry = Callable[[Connection, Connection, sa.Table, int, Told], None]
"""What brings one table over."""

_ROWS, _FILES = 500, 4
"""Rows in hand at a time, and such as hold files: an office of any size moves in the memory of these."""
_PATIENCE = 3.0
"""Seconds to wait for the server to move to: a person asks again."""
_LEFT = frozenset({"replica"})
"""Daemons that ran on the file; none does while it moves."""


def tables() -> list[sa.Table]:
    """Every table that moves."""
    return [table for table in metadata.sorted_tables if table.name not in _LEFT]


def content(connection: Connection) -> dict[str, tuple[int, str]]:
    """How many rows each table holds, and a digest of them in whatever order the database gives them.

    It finds what was lost, doubled or altered on the way, not what somebody forges: for that there is the ledger.
    """
    return {table.name: _content(connection, table) for table in tables()}


def _content(connection: Connection, table: sa.Table) -> tuple[int, str]:
    count, total = 0, 0
    for rows in _rows(connection, bare(table)):
        for row in rows:
            count += 1
            told = "\0".join(_plain(value) for value in row.values())
            total += int.from_bytes(hashlib.sha256(told.encode()).digest(), "big")
    return count, f"{total % (1 << 256):064x}"


def _rows(connection: Connection, table: sa.Table) -> Iterator[list[dict[str, Any]]]:
    most = _FILES if any(isinstance(column.type, sa.LargeBinary) for column in table.columns) else _ROWS
    with connection.execute(sa.select(table).execution_options(yield_per=most)) as result:
        for rows in result.mappings().partitions():
            yield [dict(row) for row in rows]


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return f"{type(value).__name__}:{value}"


def target(url: str, password: str | None, ring: Keyring) -> Store:
    """The store at the address to move to, reached.

    Raises Invalid (`move_target`) for an address that is no PostgreSQL's, Away (`move_unreachable`) where nobody answers at it.
    """
    try:
        held = opened(url, password=password, ring=ring)
    except sa.exc.ArgumentError as error:
        raise Invalid("move_target") from error
    if held.sqlite:
        held.close()
        raise Invalid("move_target")
    try:
        reach(held, _PATIENCE)
    except sa.exc.OperationalError as error:
        held.close()
        raise Away("move_unreachable", problem=unreachable(error) or type(error).__name__) from error
    return held


def move(source: Store, target: Store, sign: Callable[[Tx], None], told: Told) -> dict[str, tuple[int, str]]:
    """Bring every row of `source`, whose daemon is stopped, to `target`, and close `source`; what each table holds now.

    Leases are void, as at each start of the daemon that owns the file; `sign` writes into the ledger who moves it. Where `target`
    holds the same already, an earlier run was broken off before it could close the file, and only that is done.

    Raises Refusal (`database_not_empty` where the target holds something else, `move_too_long` for a value that PostgreSQL cannot
    take, `move_differs` where what arrived is not what left): the target is as it was then, and the file open.
    """
    migrate.upgrade(target)
    if (held := _there_already(source, target)) is None:
        with source.begin() as tx:
            tx.work.void_leases()
            sign(tx)
        held = copy(source, target, told)
    migrate.close(source)
    return held


def copy(source: Store, target: Store, told: Told, done: Callable[[Tx], None] = lambda _tx: None) -> dict[str, tuple[int, str]]:
    """Bring all that `source` holds at one moment, also while its daemon runs, to the empty `target`; what each table holds.

    `done` is called in the transaction of the target, once all is there and alike. Raises Refusal as `move` does.
    """
    with source.read(steady=True) as here:
        held = content(here.connection)
        with target.begin() as there:
            for table in tables():
                _carry(here.connection, there.connection, table, held[table.name][0], told)
            arrived = content(there.connection)
            if wrong := [name for name, found in arrived.items() if found != held[name]]:
                raise Refusal("move_differs", tables=", ".join(wrong))
            done(there)
    return held


@contextmanager
def private(file: Path) -> Iterator[Store]:
    """The store in a file of our own, at this release; one file, without the log beside it, when it is closed."""
    held = Store(f"sqlite:///{file}")
    try:
        migrate.upgrade(held, copy=False)
        yield held
    finally:
        held.close()


def empty(store: Store) -> bool:
    """Whether no table of it holds a row."""
    return not _full(store)


def _full(store: Store) -> list[str]:
    with store.read(steady=True) as tx:
        return [
            table.name for table in map(bare, tables()) if tx.connection.execute(sa.select(table).limit(1)).first() is not None
        ]


def _there_already(source: Store, target: Store) -> dict[str, tuple[int, str]] | None:
    """What both hold, where an earlier run has brought it over; None: the target is empty. Raises Refusal (`database_not_empty`)."""
    if not (full := _full(target)):
        return None
    with target.read(steady=True) as there:
        arrived = content(there.connection)
    with source.read(steady=True) as here:
        if content(here.connection) == arrived:
            return arrived
    raise Refusal("database_not_empty", tables=", ".join(full))


def _carry(here: Connection, there: Connection, table: sa.Table, count: int, told: Told) -> None:
    done = 0
    told(table.name, done, count)
    for rows in _rows(here, bare(table)):  # sealed as it is: whoever keeps a copy needs the keys as well
        _refuse_long(bare(table), rows)
        there.execute(sa.insert(bare(table)), rows)
        done += len(rows)
        told(table.name, done, count)
    column = table.autoincrement_column
    if column is not None and done and there.dialect.name == "postgresql":
        name = sa.func.pg_get_serial_sequence(table.name, column.name)
        if there.execute(sa.select(name)).scalar_one() is not None:  # else the rows bring their own numbers
            there.execute(sa.select(sa.func.setval(name, sa.select(sa.func.max(column)).scalar_subquery())))


def _refuse_long(table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """A file keeps what is longer than its column, PostgreSQL does not. Raises Refusal (`move_too_long`), naming the row."""
    for column in table.columns:
        most: int = getattr(column.type, "length", None) or 0
        for row in rows if most else ():
            if len(str(row[column.name] or "")) > most:
                key = ", ".join(str(row[one.name]) for one in table.primary_key.columns)
                raise Refusal("move_too_long", table=table.name, row=key, column=column.name, most=most)
