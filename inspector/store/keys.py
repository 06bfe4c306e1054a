"""Which keys what is stored lies under, and how it comes under another one.

Codes change at once, in one transaction, for they are found by being alike; no daemon may run meanwhile. Texts and files change row
by row beside a running daemon: killed at any line, what is done is done, and the next run goes on with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspector.domain.errors import Refusal
from inspector.store.keyring import CODE_MARK, ID, MARK, PARTS, Keyring
from inspector.store.keytables import CODES, key_use
from inspector.store.room import Row
from inspector.store.sealed import Sealed, SealedFile, SubjectCode, bare
from inspector.store.store import Store
from inspector.store.tables import metadata
from inspector.store.tx import Tx

_ROWS, _FILES = 500, 4
"""Rows in hand at a time, and such as hold files."""

Told = Callable[[str, int], None]
"""Told a table's name and how many of its rows were sealed anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lies:
    """How many values of a column lie under a key; `key` is empty for those that nobody has sealed."""

    place: str
    key: str
    count: int


def status(store: Store) -> list[Lies]:
    """Under which keys the values of every column lie, read from their beginnings alone."""
    told: list[Lies] = []
    with store.read(steady=True) as tx:
        for table in metadata.sorted_tables:
            plain = bare(table)
            for column in table.columns:
                if isinstance(column.type, Sealed | SealedFile | SubjectCode):
                    told += _lies(tx.connection, plain.c[column.name], f"{table.name}.{column.name}", column.type)
    return told


def _lies(connection: Connection, column: sa.Column[Any], place: str, kind: object) -> Iterator[Lies]:
    mark = CODE_MARK if isinstance(kind, SubjectCode) else MARK
    begins: str | bytes = mark.encode() if isinstance(kind, SealedFile) else mark
    none: str | bytes = b"" if isinstance(kind, SealedFile) else ""
    same = sa.literal(begins, column.type)
    key = sa.case(
        (sa.func.substr(column, 1, len(mark)) == same, sa.func.substr(column, len(mark) + 1, ID)),
        else_=sa.literal(none, column.type),
    )
    asked = sa.select(key.label("held"), sa.func.count()).where(column.is_not(None)).group_by(sa.text("held"))
    if isinstance(kind, Sealed):
        asked = asked.where(column != kind.nothing)
    if isinstance(kind, SealedFile) and kind.only is not None:
        asked = asked.where(column.table.c[kind.only[0]] == kind.only[1])
    for held, count in connection.execute(asked):
        text = bytes(held).decode("ascii", "replace") if isinstance(held, bytes | memoryview) else str(held)
        yield Lies(place=place, key=text, count=count)


def refuse_unfit(store: Store) -> None:
    """Raise Refusal where codes would not be found: `keys_unsettled` (`key rotate` was not run), or `key_missing`."""
    with store.read() as tx:
        held = _settled(tx)
    if held == store.keys.current_lookup:
        return
    if held and held not in store.keys.lookup:
        raise Refusal("key_missing", key=held)
    raise Refusal("keys_unsettled")


def refuse_unreadable(store: Store, ring: Keyring) -> None:
    """Raise Refusal (`key_missing`) where codes lie under a key that a ring has not: whoever takes this database in could not read it."""
    with store.read() as tx:
        held = _settled(tx)
    if held and held not in ring.lookup:
        raise Refusal("key_missing", key=held)


def _settled(tx: Tx, *, lock: bool = False) -> str:
    """The key by which every code is sealed; empty: none. `lock`: whoever writes codes waits until this transaction is over."""
    asked = sa.select(key_use.c.key).where(key_use.c.purpose == CODES)
    return tx.connection.execute(asked.with_for_update() if lock else asked).scalar_one_or_none() or ""


def settle_codes(store: Store) -> int:
    """Bring every code under the current key, in one transaction; how many changed. Nobody else may use the database meanwhile.

    Where the key is not new, those that a process of before has written since (`astray`): of what such a row stands for twice it is the
    later word. Raises Refusal (`key_missing`) where one lies under a key that nobody has given: nothing has changed then.
    """
    ring, changed = store.keys, 0
    with store.begin() as tx:
        settled = _settled(tx, lock=True)
        again = settled == ring.current_lookup
        if not ring.current_lookup:
            if again:
                return 0
            raise Refusal("key_missing", key=settled)
        for table in metadata.sorted_tables:
            names = [column.name for column in table.columns if isinstance(column.type, SubjectCode)]
            for rows in _pages(tx.connection, bare(table), names, _ROWS) if names else ():
                changed += _recode(tx.connection, bare(table), names, rows, ring, again=again)
        row = {"key": ring.current_lookup, "since": tx.machine_now()}
        if not again and not tx.connection.execute(sa.update(key_use).where(key_use.c.purpose == CODES).values(row)).rowcount:
            tx.connection.execute(sa.insert(key_use).values({"purpose": CODES, **row}))
    return changed


def astray(store: Store) -> bool:
    """Whether a code lies under another key than the current one: it is never found. Every code is read for it, up to the first one."""
    begins = f"{CODE_MARK}{store.keys.current_lookup}."
    with store.read() as tx:
        for table in metadata.sorted_tables if store.keys.current_lookup else ():
            for column in (bare(table).c[one.name] for one in table.columns if isinstance(one.type, SubjectCode)):
                asked = sa.select(column).where(column != "", sa.func.substr(column, 1, len(begins)) != begins)
                if tx.connection.execute(asked.limit(1)).first() is not None:
                    return True
    return False


def _recode(
    connection: Connection, table: sa.Table, names: Sequence[str], rows: Sequence[Row], ring: Keyring, *, again: bool
) -> int:
    begins, changed = f"{CODE_MARK}{ring.current_lookup}.", 0
    for row in rows:
        new = {
            name: ring.seal_code(ring.open_code(row[name])) for name in names if row[name] and not row[name].startswith(begins)
        }
        if new:
            if again:
                _make_room(connection, table, row, new)
            connection.execute(sa.update(table).where(*_this(table, row)).values(**new))
            changed += 1
    return changed


def _make_room(connection: Connection, table: sa.Table, row: Row, new: Mapping[str, str]) -> None:
    """Take out what stands where a row is to stand by its new codes: the process that wrote it could not find that one."""
    unique = [list(one.columns) for one in table.constraints if isinstance(one, sa.PrimaryKeyConstraint | sa.UniqueConstraint)]
    unique += [list(one.columns) for one in table.indexes if one.unique]
    for columns in unique:
        if not any(one.name in new for one in columns):
            continue
        held = connection.execute(sa.select(*columns).where(*_this(table, row))).mappings().one()
        there = [one == new.get(one.name, held[one.name]) for one in columns]
        connection.execute(sa.delete(table).where(*there, ~sa.and_(*_this(table, row))))


def rotate(store: Store, told: Told) -> int:
    """Seal every text and file that does not lie under the current key; how many rows changed.

    A row that somebody writes at this moment is left to him: he seals it. Raises Refusal (`key_missing`, `sealed_altered`) where one
    cannot be opened; what was sealed before it stays so.
    """
    total = 0
    for table in metadata.sorted_tables:
        kinds = {column.name: column.type for column in table.columns if isinstance(column.type, Sealed | SealedFile)}
        if kinds:
            count = _rotate(store, table, kinds)
            told(table.name, count)
            total += count
    if store.sqlite:  # what the rows were before lies in the log beside the file until it is written back
        with store.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return total


def _rotate(store: Store, table: sa.Table, kinds: Mapping[str, Sealed | SealedFile]) -> int:
    plain, ring = bare(table), store.keys
    names = sorted({*kinds, *(name for kind in kinds.values() for name in kind.row)})
    size = _FILES if any(isinstance(kind, SealedFile) for kind in kinds.values()) else _ROWS
    after: Row | None = None
    changed = 0
    while True:
        with store.begin() as tx:
            rows = next(_pages(tx.connection, plain, names, size, after), [])
            for row in rows:
                new = {name: value for name, kind in kinds.items() if (value := _anew(ring, kind, row, row[name])) is not None}
                if new:
                    as_read = [plain.c[name] == row[name] for name in new]
                    held = sa.update(plain).where(*_this(plain, row), *as_read).values(**new)
                    changed += tx.connection.execute(held).rowcount
        if not rows:
            return changed
        after = rows[-1]


def _anew(ring: Keyring, kind: Sealed | SealedFile, row: Row, value: str | bytes | None) -> str | bytes | None:
    """A value under the current key; None where it lies there already, or is none."""
    key = PARTS.join(ring.open_code(str(row[name])) for name in kind.row)
    begins = f"{MARK}{ring.current}."
    if value is None or (isinstance(kind, Sealed) and value == kind.nothing):
        return None
    if isinstance(kind, SealedFile):
        if kind.only is not None and row[kind.only[0]] != kind.only[1]:
            return None
        content = bytes(value) if not isinstance(value, str) else value.encode()
        if content.startswith(begins.encode()):
            return None
        return ring.seal_file(kind.place, key, ring.open_file(kind.place, key, content))
    text = str(value)
    if text.startswith(begins):
        return None
    return ring.seal(kind.place, key, ring.open(kind.place, key, text) if text.startswith(MARK) else text)


def _pages(
    connection: Connection, table: sa.Table, names: Sequence[str], size: int, after: Row | None = None
) -> Iterator[list[Row]]:
    """The rows by their key, some at a time, behind one of them."""
    key = list(table.primary_key.columns)
    columns = list(dict.fromkeys((*key, *(table.c[name] for name in names))))
    asked = sa.select(*columns).order_by(*key).limit(size)
    while True:
        there = asked if after is None else asked.where(sa.tuple_(*key) > sa.tuple_(*(after[one.name] for one in key)))
        rows = [dict(row) for row in connection.execute(there).mappings()]
        if not rows:
            return
        yield rows
        after = rows[-1]


def _this(table: sa.Table, row: Row) -> list[sa.ColumnElement[bool]]:
    return [one == row[one.name] for one in table.primary_key.columns]
