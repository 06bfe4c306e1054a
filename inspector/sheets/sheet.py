"""Files that people hand in, as rows of cells: CSV in UTF-8 or GB 18030, Excel and its relatives, packed with gzip or not.

Nothing is replaced: bytes that are neither encoding are refused, what could be another one is said, and a number stays a number, so that
who reads a cell can tell a code that a spreadsheet has destroyed from one that is whole.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from inspector.domain.errors import Invalid
from inspector.sheets import extent, formulas, hidden
from inspector.sheets.extent import named
from inspector.sheets.flaw import HEAD, RowFlaw

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

Cell = str | int | float | date
"""Text, or what Excel keeps otherwise. A moment of Excel is its day when it has no hour, else ISO text."""

MOST_BYTES = 200_000_000
"""Unpacked; more is no list that a person made."""

GUESSES = ("gb18030", "big5")
"""Encodings without a mark of their own, in which nearly any bytes spell something."""

_LONGEST_FIELD = 200_000
GZIP, ZIP, OLD_EXCEL = b"\x1f\x8b", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_FOREIGN = {b"%PDF": "PDF", b"<": "HTML/XML", b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG"}
"""What is handed in as a list and is none; systems that "export to Excel" often write a web page under the name of one."""
_BLANK = b"\xef\xbb\xbf \t\r\n"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
_OTHER_SIGNS = re.compile(r"[^\x00-\x7f]{1,20}")
_SAMPLES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: its number as spreadsheets count, its cells by position."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file's heads and its rows; rows that are empty throughout are left out and keep their number. `odd` is what looks unusual.

    `guessed`: what the file holds by each encoding that fits it, where nobody has named one and nothing tells which it is.
    """

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    odd: tuple[RowFlaw, ...] = ()
    guessed: Mapping[str, str] = field(default_factory=dict)


def read(content: bytes, encoding: str | None = None) -> Sheet:
    """A file's rows. What it is follows from its first bytes, not from its name; `encoding` of a CSV if somebody has named it.

    Raises Invalid (`sheet_…`).
    """
    if content.startswith(GZIP):
        content = _unpack(content)
    if len(content) > MOST_BYTES:
        raise Invalid("sheet_too_large", bytes=len(content), most=MOST_BYTES)
    refuse_foreign(content[:64])
    guessed: Mapping[str, str] = {}
    if content.startswith((ZIP, OLD_EXCEL)):
        table, odd = _excel(content)
    elif encoding is not None:
        table, odd = _csv(_named(content, encoding), "")
    else:
        text, found = decode(content)
        table, odd = _csv(text, found)
        guessed = _fitting(content) if found == "gb18030" and not text.isascii() else guessed
    rows = [Row(number=number, cells=cells) for number, cells in enumerate(table, 1) if any(cell != "" for cell in cells)]
    if not rows:
        raise Invalid("sheet_empty")
    gaps = [
        RowFlaw(row=before.number + 1, column="", code="rows_empty", facts={"count": after.number - before.number - 1})
        for before, after in pairwise(rows)
        if after.number > before.number + 1
    ]
    if len(rows) == 1:
        gaps.append(RowFlaw(row=HEAD, column="", code="rows_none"))
    return Sheet(
        heads=tuple(str(cell).strip() for cell in rows[0].cells), rows=tuple(rows[1:]), odd=(*odd, *gaps), guessed=guessed
    )


def refuse_foreign(first: bytes) -> None:
    """Raise Invalid (`sheet_foreign`) for a file whose first bytes say that it is no list."""
    for mark, kind in _FOREIGN.items():
        if first.lstrip(_BLANK).startswith(mark):
            raise Invalid("sheet_foreign", kind=kind)


def decode(content: bytes) -> tuple[str, str]:
    """(text, encoding): strictly UTF-8 (with its mark or not) or GB 18030. Raises Invalid (`sheet_encoding`, `sheet_utf16`)."""
    if not content.startswith(UTF16):
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                return content.decode(encoding), encoding
            except UnicodeDecodeError:
                continue
    raise no_encoding(content[:2])


def _named(content: bytes, encoding: str) -> str:
    try:
        return content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise Invalid("sheet_encoding_other", encoding=encoding, place=error.start + 1) from error


def _fitting(content: bytes) -> dict[str, str]:
    """What the file holds beside ASCII, the first few words, by each encoding that its bytes would be valid in."""
    held = {}
    for encoding in GUESSES:
        try:
            words = _OTHER_SIGNS.findall(content.decode(encoding))
        except UnicodeDecodeError:
            continue
        held[encoding] = ", ".join(list(dict.fromkeys(words))[:_SAMPLES])
    return held


def no_encoding(first: bytes) -> Invalid:
    """Bytes that are neither UTF-8 nor GB 18030, by the `first` two of them: UTF-16 says by its mark that it is that."""
    code = "sheet_utf16" if first in UTF16 else "sheet_encoding"
    return Invalid(code, fix="save it as CSV UTF-8, or as xlsx", fix_zh="请另存为“CSV UTF-8”或 xlsx")


def _unpack(content: bytes) -> bytes:
    try:
        with gzip.open(io.BytesIO(content)) as packed:
            return packed.read(MOST_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise Invalid("sheet_packed") from error


def _csv(text: str, encoding: str) -> tuple[Iterable[tuple[Cell, ...]], list[RowFlaw]]:
    delimiter, odd = dialect(text.partition("\n")[0], encoding, plain=text.isascii())
    return list(records(io.StringIO(text, newline=""), delimiter)), odd


def dialect(first: str, encoding: str, *, plain: bool) -> tuple[str, list[RowFlaw]]:
    """(what parts the cells, what is odd about the file) by its first line; `plain`: it holds ASCII alone."""
    odd = [RowFlaw(row=HEAD, column="", code="file_gb18030")] if encoding == "gb18030" and not plain else []
    delimiter = max(",\t;", key=first.count) if first else ","
    if delimiter != ",":
        named = "TAB" if delimiter == "\t" else delimiter
        odd.append(RowFlaw(row=HEAD, column="", code="file_delimiter", facts={"delimiter": named}))
    return delimiter, odd


def records(text: Iterable[str], delimiter: str) -> Iterator[tuple[str, ...]]:
    """The records of a CSV text one by one; a cell of blanks is empty. Raises Invalid (`sheet_quotes`)."""
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    try:
        for row in reader:
            blank = any(map(str.isspace, row))
            yield tuple("" if cell.isspace() else cell for cell in row) if blank else tuple(row)
    except csv.Error as error:
        raise Invalid("sheet_quotes", line=reader.line_num, most=_LONGEST_FIELD) from error


def _excel(content: bytes) -> tuple[Iterable[tuple[Cell, ...]], list[RowFlaw]]:
    from python_calamine import CalamineError, CalamineWorkbook

    if content.startswith(ZIP):
        extent.refuse(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        name, unseen = _the_one(book)
        held = book.get_sheet_by_name(name)
        table, merged = held.to_python(skip_empty_area=False), held.merged_cell_ranges or []
    except Invalid:
        raise
    except (CalamineError, OSError, ValueError, IndexError, OverflowError) as error:
        raise Invalid("sheet_workbook") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how the reader, which is no Python, gives up; no Exception to Python
            raise
        raise Invalid("sheet_workbook") from error
    formulas.refuse(content, book.sheet_names.index(name))
    odd = (
        [RowFlaw(row=HEAD, column="", code="sheets_hidden", facts={"sheets": ", ".join(unseen), "read": name})] if unseen else []
    )
    odd += hidden.rows(content, book.sheet_names.index(name), table)
    odd += [
        RowFlaw(row=top + 1, column="", code="cells_merged", facts={"range": f"{named(top, left)}:{named(bottom, right)}"})
        for (top, left), (bottom, right) in merged
    ]
    return [tuple(cell(value) for value in row) for row in table], odd


def _the_one(book: CalamineWorkbook) -> tuple[str, list[str]]:
    """The one sheet that a person sees rows in, and the hidden ones with rows that are passed over.

    A list is one sheet: of several nobody knows which are meant, and who stands in the others would be left out unseen.
    Raises Invalid (`sheet_several`, `sheet_hidden`).
    """
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    listed = [one for one in book.sheets_metadata if one.typ == SheetTypeEnum.WorkSheet]
    seen = {one.name: one.visible == SheetVisibleEnum.Visible for one in listed}
    full = [name for name in seen if any(any(row) for row in book.get_sheet_by_name(name).iter_rows())]
    shown, unseen = [name for name in full if seen[name]], [name for name in full if not seen[name]]
    if len(shown) > 1:
        raise Invalid("sheet_several", sheets=", ".join(shown))
    if unseen and not shown:
        raise Invalid("sheet_hidden", sheets=", ".join(unseen))
    return (shown or list(seen))[0], unseen


def cell(value: object) -> Cell:
    """What a spreadsheet or a database keeps, as a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.date() if (value.hour, value.minute, value.second) == (0, 0, 0) else value.isoformat()
    if isinstance(value, str):
        return value if value.strip() else ""
    return value if isinstance(value, int | float | date) else str(value)
