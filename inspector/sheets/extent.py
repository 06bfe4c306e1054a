"""How far the cells of an Excel workbook reach: the reader keeps a place for every cell up to the last one, whether it is there or not.

So one value in a sheet's last corner, two kilobytes of file, asks for half a terabyte and ends the process. It is counted beforehand, on
the packed XML as it is unpacked, a piece at a time; what could make us count otherwise than the reader does is refused.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import IO

from inspector.domain.errors import Invalid

MOST_BYTES = 1_000_000_000
"""Unpacked XML of one workbook; the list itself is bounded where it is read."""
FREE, SHARE, MOST_PLACES = 2_000_000, 20, 50_000_000
"""Places of a sheet: so many anyway, so many for each cell that is there, and never more: a million rows of fifty columns."""

_CHUNK = 1 << 20
_LONGEST_TAG = 4_000
_TAG = re.compile(rb"<(?:(?:[^\s<>/:!?]+:)?(row|c)(?=[\s/>])((?:[^<>\"']|\"[^<\"]*\"|'[^<']*')*+)>|(!|\?(?!xml\s)))")
_PLAIN = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: (?:s|t|cm|vm|ph)="\w*+")*+(/?)>'
    rb'|<row r="[0-9]{1,7}"(?: (?:s|[A-Za-z0-9:]{2,40})="[^"<>]*")*+/?>'
)
_ANY = re.compile(rb"<(?:(?:[^\s<>/:!?]+:)?(?:row|c)[\s/>]|!|\?(?!xml\s))")
_BEGINS = re.compile(rb"<(?:[^\s<>/:!?]+:)?(?:row|c)[\s/]")
_PLACE = re.compile(rb"(?<![\w:])r\s*=\s*[\"']([A-Za-z]{0,4})([0-9]{0,8})[\"']")
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class _Reach:
    """Of one sheet: cells that hold something, and those in the last row and the last column."""

    count: int = 0
    low: tuple[int, int] = (0, 0)
    wide: tuple[int, int] = (0, 0)
    odd: bool = False

    def cell(self, row: int, column: int) -> None:
        self.count += 1
        if row > self.low[0]:
            self.low = row, column
        if column > self.wide[1]:
            self.wide = row, column


def refuse(content: bytes) -> None:
    """Raise Invalid (`sheet_far`, `sheet_too_large`, `sheet_foreign`, `sheet_workbook`) for a packed workbook that is not to be read.

    Nothing for one that is not packed, or whose reader has bounds of its own (OpenDocument).
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _unpacked(packed)
    except Invalid:
        raise
    except Exception as error:
        raise Invalid("sheet_workbook") from error


def _unpacked(packed: zipfile.ZipFile) -> None:
    if any(name.lower() == "xl/workbook.bin" for name in packed.namelist()):
        raise Invalid("sheet_foreign", kind="XLSB")
    left = MOST_BYTES
    for one in packed.infolist():
        one.file_size = left + 1  # what is packed counts, and not what is said of it; the checksum is over all of it
        with packed.open(one) as held:
            left -= _looked(held, left)


def _looked(held: IO[bytes], left: int) -> int:
    """How many bytes a part has. Raises Invalid."""
    size, rest, reach, place = 0, b"", _Reach(), (0, 0)
    while content := held.read(_CHUNK):
        if not size and content.startswith(_WIDE):
            raise Invalid("sheet_workbook")
        size += len(content)
        if size > left:
            raise Invalid("sheet_too_large", bytes=MOST_BYTES - left + size, most=MOST_BYTES)
        whole = rest + content
        at = whole.rfind(b"<")  # what stands before it is whole
        place = _counted(whole[:at] if at >= 0 else b"", reach, place)
        rest = whole[at:] if at >= 0 else b""
        if len(rest) > _LONGEST_TAG:
            if _BEGINS.match(rest) and not _TAG.match(rest):
                raise Invalid("sheet_workbook")
            place, rest = _counted(rest, reach, place), b""
    _counted(rest, reach, place)
    _judge(reach)
    return size


def _counted(xml: bytes, reach: _Reach, place: tuple[int, int]) -> tuple[int, int]:
    """Count what stands in a piece; the place of its last cell. Programs write all tags alike, and then it goes many times as fast."""
    plain, last = _PLAIN.findall(xml), xml.rfind(b"<row ")
    if last < 0 or len(plain) != len(_ANY.findall(xml)):
        return _one_by_one(xml, reach, place)
    full = [(digits, letters) for letters, digits, empty in plain if letters and not empty]
    if full:
        reach.count += len(full)
        rows, columns = map(frozenset, zip(*full, strict=True))
        low, wide = max(map(int, rows)), max(map(_column, columns))
        if low > reach.low[0]:
            reach.low = low, next(_column(letters) for digits, letters in full if int(digits) == low)
        if wide > reach.wide[1]:
            reach.wide = next(int(digits) for digits, letters in full if _column(letters) == wide), wide
    return _one_by_one(xml[last:], _Reach(), (0, 0))


def _one_by_one(xml: bytes, reach: _Reach, place: tuple[int, int]) -> tuple[int, int]:
    row, column = place
    for kind, told, strange in _TAG.findall(xml):
        if strange:
            reach.odd = True
            continue
        places = [(_column(letters), int(digits or b"0")) for letters, digits in _PLACE.findall(told)]
        if kind == b"row":
            row, column = max((digits for _, digits in places), default=row + 1), 0
            continue
        column += 1
        if places:
            column, row = max(one[0] for one in places) or column, max(one[1] for one in places) or row
        if not told.endswith(b"/"):  # else it has a look and no value
            reach.cell(max(row, 1), column)
    return row, column


def _judge(reach: _Reach) -> None:
    if reach.count and reach.odd:
        raise Invalid("sheet_workbook")  # comments and the like, in which cells could stand that are none
    places, most = reach.low[0] * reach.wide[1], min(FREE + SHARE * reach.count, MOST_PLACES)
    if places > most:
        far = " ".join(dict.fromkeys(named(row - 1, column - 1) for row, column in (reach.wide, reach.low)))
        raise Invalid("sheet_far", cells=far, places=places, most=most)


def _column(letters: bytes) -> int:
    number = 0
    for sign in letters.upper():
        number = number * 26 + sign - 64
    return number


def named(row: int, column: int) -> str:
    """A cell's name as spreadsheets write it, both counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
