"""Files that people hand in, as rows of cells: CSV in UTF-8 or GB 18030, Excel and its relatives, packed with gzip or not.

Nothing is guessed and nothing replaced: bytes that are neither encoding are refused, and a number stays a number, so that who
reads a cell can tell a code that a spreadsheet has destroyed from one that is whole.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.errors import Invalid

Cell = str | int | float | date
"""Text, or what Excel keeps otherwise. A moment of Excel is its day when it has no hour, else ISO text."""

MOST_BYTES = 200_000_000
"""Unpacked; more is no list that a person made."""

_LONGEST_FIELD = 200_000
_GZIP, _ZIP, _OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its number as spreadsheets count, its cells by position."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file's heads and its rows; rows that are empty throughout are left out and keep their number."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]


def read(content: bytes) -> Sheet:
    """A file's rows. What it is follows from its first bytes, not from its name. Raises Invalid (`sheet_…`)."""
    if content.startswith(_GZIP):
        content = _unpack(content)
    if len(content) > MOST_BYTES:
        raise Invalid("sheet_too_large", bytes=len(content), most=MOST_BYTES)
    table = _excel(content) if content.startswith((_ZIP, _OLD_EXCEL)) else _csv(decode(content))
    rows = [Row(number=number, cells=cells) for number, cells in enumerate(table, 1) if any(cell != "" for cell in cells)]
    if not rows:
        raise Invalid("sheet_empty")
    return Sheet(heads=tuple(str(cell).strip() for cell in rows[0].cells), rows=tuple(rows[1:]))


def decode(content: bytes) -> str:
    """Text that is strictly UTF-8 (with or without its mark) or strictly GB 18030. Raises Invalid (`sheet_encoding`)."""
    if not content.startswith(_UTF16):
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
    raise Invalid("sheet_encoding", fix="save it as CSV UTF-8, or as xlsx", fix_zh="请另存为“CSV UTF-8”或 xlsx")


def _unpack(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            return packed.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Invalid("sheet_unreadable", problem=str(error)) from error


def _csv(text: str) -> Iterable[tuple[Cell, ...]]:
    first = text.partition("\n")[0]
    delimiter = max(",\t;", key=first.count) if first else ","
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return [tuple(cell if cell.strip() else "" for cell in row) for row in reader]
    except csv.Error as error:
        raise Invalid("sheet_unreadable", problem=f"line {reader.line_num}: {error}") from error


def _excel(content: bytes) -> Iterable[tuple[Cell, ...]]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        table = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise Invalid("sheet_unreadable", problem=str(error)) from error
    return [tuple(_cell(value) for value in row) for row in table]


def _cell(value: object) -> Cell:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date() if (value.hour, value.minute, value.second) == (0, 0, 0) else value.isoformat()
    if isinstance(value, str):
        return value if value.strip() else ""
    return value if isinstance(value, int | float | date) else str(value)


def by_head(sheet: Sheet, row: Row) -> Mapping[str, Cell]:
    """A row's cells by head; what lies behind the last head is not among them."""
    return dict(zip(sheet.heads, row.cells, strict=False))
