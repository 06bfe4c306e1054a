"""Columns that hold personal data. They seal what is written and open what is read; whoever queries them sees plain values.

A row must be known to bind a value to it. Whoever writes says it (`own`); whoever reads gets it from the database, for the column's
expression fetches the row's key with the value.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

from inspector.domain.errors import Invalid, Refusal
from inspector.store.keyring import ALTERED, CODE_MARK, MARK, PARTS, held_by

NOTHING = "{}"
"""A body that says nothing: it stands as it is, and a query may ask for it."""
_WIDEST = 200
"""Signs of a sealed digest or salt at most."""


class Own(str):
    """A text and the key of the row that it belongs to."""

    __slots__ = ("row",)

    row: str


def own(text: str, *row: object) -> Own:
    """A text as that of a row: its key's parts in the order in which the column's type names them."""
    held = Own(text)
    held.row = PARTS.join(map(str, row))
    return held


class _Unasked(TypeDecorator.Comparator[str]):
    """A database can tell of a sealed text that it is there, or says nothing, and no more: under a fresh nonce no two are alike.

    So whoever asks anything else of the column raises TypeError where the statement is built, with keys or without: it would go well
    in every office that has none.
    """

    def operate(self, op: operators.OperatorType, *other: Any, **kwargs: Any) -> sa.ColumnElement[Any]:
        asked = op in (operators.eq, operators.ne) and other == (getattr(self.type, "nothing", NOTHING),)
        if not asked and op not in (operators.is_, operators.is_not):
            place = getattr(self.type, "place", "")
            raise TypeError(f"{place}: no database compares sealed texts; look at it in Python, or ask a column of its own")
        return super().operate(op, *other, **kwargs)

    def reverse_operate(self, op: operators.OperatorType, other: Any, **kwargs: Any) -> sa.ColumnElement[Any]:
        return self.operate(op, other, **kwargs)


class Sealed(TypeDecorator[str]):
    """A text that is sealed at rest where there is a key.

    `place` is its table and column, `row` names the columns of the same table that tell its row; a code among them counts as it reads.
    `judged`: whoever reads it looks for what was tampered with; then an altered one reads as an empty text, which nothing was.
    """

    impl = sa.Text
    cache_ok = True
    comparator_factory = _Unasked
    nothing = NOTHING
    """The text of such a column that says nothing."""

    def __init__(self, place: str, *row: str, judged: bool = False) -> None:
        super().__init__()
        self.place = place
        self.row = row
        self.judged = judged

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal. Raises TypeError for a text of nobody's row, Invalid (`text_sealed`) for one that would pass for a sealed one."""
        if value is None or value == self.nothing:
            return value
        ring = held_by(dialect)
        if ring.current:
            if not isinstance(value, Own):
                raise TypeError(f"{self.place}: a text of which row? say own(text, {', '.join(self.row)})")
            return ring.seal(self.place, value.row, str(value))
        if value.startswith(MARK):
            raise Invalid("text_sealed", place=self.place)
        return str(value)

    def column_expression(self, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
        """The value and behind it its row's key."""
        held: Any = column.element if isinstance(column, sa.Label) else column
        told: sa.ColumnElement[Any] = sa.type_coerce(held, sa.Text)
        for name in self.row:
            part = held.table.c[name]
            plain = sa.type_coerce(part, sa.Text) if isinstance(part.type, SubjectCode | sa.String) else sa.cast(part, sa.Text)
            told = told.op("||")(sa.literal_column(f"'{PARTS}'", sa.Text)).op("||")(plain)
        return sa.type_coerce(told, self)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open. Raises Refusal as the keyring does."""
        if value is None:
            return None
        text, *row = value.rsplit(PARTS, len(self.row))
        if not text.startswith(MARK):
            return text
        ring = held_by(dialect)
        try:
            return ring.open(self.place, PARTS.join(map(ring.open_code, row)), text)
        except Refusal as error:
            if self.judged and error.code == ALTERED:
                return ""
            raise


class Salt(Sealed):
    """What makes a digest of a guessable text unguessable: sealed as that text is. When the text has gone, it is empty."""

    cache_ok = True
    nothing = ""

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """SQLite keeps a longer text in any column: those of before stay as they were made."""
        return dialect.type_descriptor(sa.String(32 if dialect.name == "sqlite" else _WIDEST))


class SealedFile(TypeDecorator[bytes]):
    """Bytes that are sealed at rest. Their room seals and opens them, since no database joins bytes to a key alike.

    `only`: a column of the row's key and the value where the bytes are private; everywhere else they are public, and plain.
    """

    impl = sa.LargeBinary
    cache_ok = True

    def __init__(self, place: str, *row: str, only: tuple[str, str] | None = None) -> None:
        super().__init__()
        self.place = place
        self.row = row
        self.only = only


def sealed_file(dialect: Dialect, column: sa.Column[bytes], content: bytes, *row: str) -> bytes:
    """The bytes as the column holds them, as those of a row. Raises Invalid (`text_sealed`) for such as would pass for sealed ones."""
    kind, ring = column.type, held_by(dialect)
    assert isinstance(kind, SealedFile)
    if ring.current:
        return ring.seal_file(kind.place, PARTS.join(row), content)
    if content.startswith(MARK.encode()):
        raise Invalid("text_sealed", place=kind.place)
    return content


def opened_file(dialect: Dialect, column: sa.Column[bytes], told: bytes, *row: str) -> bytes:
    """The bytes themselves. Raises Refusal as the keyring does."""
    kind = column.type
    assert isinstance(kind, SealedFile)
    return held_by(dialect).open_file(kind.place, PARTS.join(row), bytes(told))


class SubjectCode(TypeDecorator[str]):
    """The code of a subject, by which it is looked up: sealed so that the same code is the same text in every table."""

    impl = sa.String
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(400)

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """A sealed code is longer than a plain one. SQLite keeps a longer text in any column: its old ones stay as they were made."""
        return dialect.type_descriptor(sa.String(200 if dialect.name == "sqlite" else 400))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Seal. Raises Invalid (`text_sealed`) for a code that would pass for a sealed one."""
        if value is None:
            return None
        ring = held_by(dialect)
        if ring.current_lookup and value:
            return ring.seal_code(value)
        if value.startswith(CODE_MARK):
            raise Invalid("text_sealed", place="code")
        return value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """Open. Raises Refusal as the keyring does."""
        return None if value is None else held_by(dialect).open_code(value)


class Digest(SubjectCode):
    """A digest of what can be tried out, such as a phone's number: sealed as a code is, and found by it.

    `made`: how wide its column was made first.
    """

    cache_ok = True

    def __init__(self, made: int = _WIDEST) -> None:
        super().__init__()
        self.made = made

    def load_dialect_impl(self, dialect: Dialect) -> sa.types.TypeEngine[Any]:
        """A digest is short, sealed too. SQLite keeps a longer text in any column, as with codes."""
        return dialect.type_descriptor(sa.String(self.made if dialect.name == "sqlite" else _WIDEST))


@cache
def bare(table: sa.Table) -> sa.Table:
    """The same table as the database holds it: nothing is sealed or opened. For what moves rows, or seals them anew."""
    copy = table.to_metadata(sa.MetaData())
    for column in copy.columns:
        if isinstance(column.type, Sealed | SealedFile | SubjectCode):
            column.type = column.type.impl_instance  # its own type underneath
    return copy
