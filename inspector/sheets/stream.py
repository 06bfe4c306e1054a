"""The files of `sheet`, one row at a time: a roster of a million rows is never held twice.

CSV is read as it comes, in two passes: one over the bytes, to know the encoding for certain, and one over the rows. Excel has no
other way than whole.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from operator import length_hint
from pathlib import Path
from typing import IO, cast

from inspector.domain.errors import Invalid
from inspector.sheets import sheet
from inspector.sheets.flaw import RowFlaw
from inspector.sheets.sheet import Cell, Row, Sheet

_CHUNK = 1 << 20


MOST_UNPACKED = 16_000_000_000
"""Bytes of a file's text: gzip makes a thousand of one, and nobody's delivery is to keep a thread busy for days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """A file's heads and its rows as they come. `at` of `size` is how far the reading is; `odd` grows while rows are read."""

    heads: tuple[str, ...]
    rows: Iterator[Row]
    size: int
    at: Callable[[], int]
    odd: list[RowFlaw] = field(default_factory=list)

    def head(self) -> Sheet:
        """The heads alone, as a layout reads them."""
        return Sheet(heads=self.heads, rows=())


@contextmanager
def opened(file: Path, encoding: str | None = None) -> Iterator[Stream]:
    """A file as a stream of rows. What it is follows from its first bytes; `encoding` of a CSV (`utf-8` or `gb18030`) if it is agreed.

    An agreed encoding is believed and not guessed, but for bytes that say something in the other one, too. Raises Invalid (`sheet_…`),
    OSError.
    """
    with ExitStack() as held:
        raw = held.enter_context(file.open("rb"))
        first = raw.read(4)
        raw.seek(0)
        try:
            plain = held.enter_context(cast("IO[bytes]", gzip.GzipFile(fileobj=raw))) if first.startswith(sheet.GZIP) else raw
            kind = plain.read(64)
            sheet.refuse_foreign(kind)
            plain.seek(0)
            packed = kind.startswith((sheet.ZIP, sheet.OLD_EXCEL))
            yield _whole(raw) if packed else _csv(raw, plain, file.stat().st_size, held, encoding)
        except (gzip.BadGzipFile, EOFError, zlib.error) as error:
            raise Invalid("sheet_packed") from error


def _whole(raw: IO[bytes]) -> Stream:
    raw.seek(0)
    held = sheet.read(raw.read())
    rows = iter(held.rows)
    count = len(held.rows)
    return Stream(heads=held.heads, rows=rows, size=count, at=lambda: count - length_hint(rows), odd=list(held.odd))


def _csv(raw: IO[bytes], plain: IO[bytes], size: int, held: ExitStack, agreed: str | None) -> Stream:
    """`plain` are the bytes of `raw` unpacked; how far the reading is, is told by `raw`."""
    encoding, first, ascii_only, ended = _encoding(plain)
    if agreed is not None and not ascii_only and encoding.removesuffix("-sig") != agreed:
        # GB 18030 that happens to be UTF-8 as well is in doubt; UTF-8 that is none is simply not what was agreed.
        raise Invalid("sheet_encoding_agreed", encoding=agreed, found=encoding.removesuffix("-sig"))
    plain.seek(0)
    delimiter, odd = sheet.dialect(first, encoding, plain=ascii_only)
    if not ended:
        odd.append(RowFlaw(row=0, column="", code="line_unended"))
    text = held.enter_context(io.TextIOWrapper(plain, encoding=encoding, newline=""))
    rows = _numbered(sheet.records(text, delimiter), odd)
    heads = next(rows, None)
    if heads is None:
        raise Invalid("sheet_empty")
    return Stream(heads=tuple(str(cell).strip() for cell in heads.cells), rows=rows, size=size, at=raw.tell, odd=odd)


def _encoding(plain: IO[bytes]) -> tuple[str, str, bool, bool]:
    """(encoding, first line, whether all is ASCII, whether the last line is ended): as in `sheet.decode`."""
    mark = plain.read(2)
    for encoding in () if mark in sheet.UTF16 else ("utf-8-sig", "gb18030"):
        decoder, first, text, ascii_only = codecs.getincrementaldecoder(encoding)(), "", "", True
        plain.seek(0)
        try:
            while content := plain.read(_CHUNK):
                if plain.tell() > MOST_UNPACKED:
                    raise Invalid("sheet_too_large", bytes=plain.tell(), most=MOST_UNPACKED)
                text = decoder.decode(content) or text
                first, ascii_only = first or text, ascii_only and text.isascii()
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding, first.partition("\n")[0], ascii_only, text.endswith(("\n", "\r"))
    raise sheet.no_encoding(mark)


def _numbered(records: Iterator[tuple[Cell, ...]], odd: list[RowFlaw]) -> Iterator[Row]:
    """Rows that hold anything, with their numbers; empty ones between them are noted."""
    last = 0
    for number, cells in enumerate(records, 1):
        if any(cells):
            if last and number > last + 1:
                odd.append(RowFlaw(row=last + 1, column="", code="rows_empty", facts={"count": number - last - 1}))
            last = number
            yield Row(number=number, cells=cells)
