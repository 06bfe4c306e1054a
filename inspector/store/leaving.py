"""What an office takes along when it leaves this program: every table in plain words, as it stands at one moment.

Sealed texts and files come out opened: whoever takes the office along needs neither our keys nor us. What would let somebody act in the
office's name, or guess its links, stays (`WITHHELD`). And what was taken along can be laid out again, to see whether its ledger holds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspector.domain.errors import Invalid
from inspector.domain.treehead import TreeHead
from inspector.store.moving import tables
from inspector.store.room import Row
from inspector.store.sealed import Salt, Sealed, SealedFile, SubjectCode, opened_file
from inspector.store.seals import Mark
from inspector.store.store import Store
from inspector.store.tables import Moment, ledger, ledger_tree, metadata, seal

WITHHELD = frozenset({"office.secret", "token.digest", "browser_session.digest", "browser_session.once", "seat_phone.digest"})
"""Columns that stay: the secret from which links, pseudonyms and the house's part of a seed are made, and what doors know callers by."""
_VERBATIM = frozenset(
    {
        *(
            "ledger.body",
            "draw_register.facts",
            "pack.body",
            "calendar_kept.body",
            "assistance_notice.body",
        ),  # a digest is of the text, sign by sign
        *(
            "ledger.cites",
            "ledger_tree.peaks",
            "attention.names",
            "credit_left.mark",
            "inspection.items",
            "inspection.inspectors",
        ),
    }
)
"""Long texts that are taken along as they are; every other one is JSON, and becomes a part of its row's."""
_CHAIN = (ledger, seal, ledger_tree)
_ROWS, _FILES = 500, 4
"""Rows in hand at a time, and such as hold files."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A row as it leaves: its values as JSON has them, the bytes of its file if it has one, and the columns that could not be read."""

    row: Row
    content: bytes | None
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A column for whoever reads the office without us: its name, in which form its values are, and whether it tells rows apart."""

    name: str
    form: str
    key: bool


def leaving() -> dict[str, list[Told]]:
    """Every table and its columns, in the order in which they are taken along."""
    return {table.name: [_told(column) for column in table.columns if not _stays(column)] for table in sorted_tables()}


def sorted_tables() -> list[sa.Table]:
    """Every table that leaves, by its name."""
    return sorted(tables(), key=lambda table: table.name)


def rows(connection: Connection, name: str) -> Iterator[Taken]:
    """The rows of a table in the order of their keys, byte by byte: of two databases that hold the same the same. Raises Refusal.

    That is where something was sealed under a key that is not there, or was altered since.
    """
    table = metadata.tables[name]
    files = [column for column in table.columns if isinstance(column.type, SealedFile)]
    asked = sa.select(*(column for column in table.columns if not _stays(column) or column in files))
    asked = asked.order_by(*(_bytewise(connection, column) for column in table.primary_key.columns))
    with connection.execute(asked.execution_options(yield_per=_FILES if files else _ROWS)) as result:
        for held in result.mappings():
            yield _taken(connection, table, files, dict(held))


def count(connection: Connection, name: str) -> int:
    """How many rows a table has."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(metadata.tables[name])).scalar_one())


def _taken(connection: Connection, table: sa.Table, files: Iterable[sa.Column[Any]], held: Row) -> Taken:
    content, unread = None, list[str]()
    for column in files:
        told = held.pop(column.name)
        if told is not None:
            content = _file(connection, column, bytes(told), held)
    for column in table.columns:
        if column.name in held:
            held[column.name], fine = _value(column, held[column.name])
            unread += [] if fine else [column.name]
    return Taken(row=held, content=content, unread=tuple(unread))


def _file(connection: Connection, column: sa.Column[Any], told: bytes, held: Mapping[str, object]) -> bytes:
    kind = column.type
    assert isinstance(kind, SealedFile)
    if kind.only is not None and held[kind.only[0]] != kind.only[1]:
        return told
    return opened_file(connection.dialect, column, told, *(str(held[name]) for name in kind.row))


def _value(column: sa.Column[Any], value: object) -> tuple[object, bool]:
    """A value as JSON has it, and whether it could be read: a text that was altered is told as it reads, and named."""
    if isinstance(value, datetime | date):
        return value.isoformat(), True
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex(), True
    if _form(column) != "json" or value is None:
        return value, True
    try:
        return json.loads(str(value)), True
    except ValueError:
        return value, False


def _stays(column: sa.Column[Any]) -> bool:
    return _place(column) in WITHHELD or isinstance(column.type, SealedFile)


def _place(column: sa.Column[Any]) -> str:
    return f"{column.table.name}.{column.name}"


def _told(column: sa.Column[Any]) -> Told:
    return Told(name=column.name, form=_form(column), key=column.primary_key)


def _form(column: sa.Column[Any]) -> str:
    """In which form a column's values leave: a name of `leaving` in the labels."""
    kind = column.type
    if isinstance(kind, Moment):
        return "moment"
    if isinstance(kind, SubjectCode | Salt) or _place(column) in _VERBATIM:
        return "text"
    if isinstance(kind, Sealed | sa.Text):
        return "json"
    told = {sa.Boolean: "yes_or_no", sa.Date: "day", sa.LargeBinary: "hex", sa.Float: "number", sa.Integer: "number"}
    return next((name for one, name in told.items() if isinstance(kind, one)), "text")


def _bytewise(connection: Connection, column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    """The column as it is ordered by: a server would put texts into the order of its own language."""
    if connection.dialect.name == "sqlite" or not isinstance(column.type, sa.String | SubjectCode):
        return column
    return sa.collate(sa.type_coerce(column, sa.Text), "C")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chained:
    """What the ledger of an office that has left says of itself: its last seal, its tree, what does not hold, which heads differ."""

    seals: int
    head: str
    tree: TreeHead
    problem: str | None
    differs: tuple[TreeHead, ...]


CHAIN = tuple(table.name for table in _CHAIN)
"""The tables by which the ledger is proven."""


def chained(told: Mapping[str, Iterable[Row]], heads: Iterable[TreeHead], folder: Path) -> Chained:
    """Lay the rows of the ledger out in a folder of our own and look at them as at an office's. Raises Invalid (`exported_rows`)."""
    with closing(Store(f"sqlite:///{folder / 'ledger.sqlite3'}", synchronous="OFF")) as held:
        with held.engine.begin() as connection:
            metadata.create_all(connection, tables=_CHAIN)
            for table in _CHAIN:
                _lay(connection, table, told[table.name])
        with held.read() as tx:
            seen = tx.ledger.verified(Mark())
            there = tx.tree.heads([one.size for one in heads])
            differs = tuple(one for one in heads if there.get(one.size) != one)
            return Chained(seals=seen.last, head=seen.head, tree=tx.tree.head(), problem=seen.problem, differs=differs)


def _lay(connection: Connection, table: sa.Table, told: Iterable[Row]) -> None:
    moments = [column.name for column in table.columns if isinstance(column.type, Moment)]
    rest = iter(told)
    try:
        while some := list(islice(rest, _ROWS)):
            here = [{name: datetime.fromisoformat(row[name]) for name in moments if row[name] is not None} for row in some]
            connection.execute(sa.insert(table), [row | times for row, times in zip(some, here, strict=True)])
    except (KeyError, TypeError, ValueError, AttributeError, sa.exc.SQLAlchemyError) as error:
        raise Invalid("exported_rows", table=table.name) from error
