"""The frozen frame of a draw: objects, inspectors and bans as canonical rows (draw-protocol 7.2, ruling 2)."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from inspector.domain.errors import Invalid

ELIGIBLE = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRow:
    """`status` 1 is eligible, anything else an exclusion code; `salt` is 32 hex."""

    id: str
    stratum: str
    status: str = ELIGIBLE
    pool: str
    qual: str = ""
    salt: str

    def fields(self) -> tuple[str, ...]:
        """The columns in their order."""
        return (self.id, self.stratum, self.status, self.pool, self.qual, self.salt)


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectorRow:
    """Only `status` 1 is dealt; everybody with it is certified and in post (ruling 14)."""

    id: str
    pools: tuple[str, ...]
    quals: tuple[str, ...] = ()
    cap: int
    status: str = ELIGIBLE
    salt: str

    def fields(self) -> tuple[str, ...]:
        """The columns in their order; lists are comma-joined."""
        return (self.id, ",".join(self.pools), ",".join(self.quals), str(self.cap), self.status, self.salt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """An inspector who may not visit an object: recusal or went last time, the same table."""

    object: str
    inspector: str
    reason: str
    salt: str

    def fields(self) -> tuple[str, ...]:
        """The columns in their order."""
        return (self.object, self.inspector, self.reason, self.salt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Three sorted, duplicate-free files."""

    objects: tuple[ObjectRow, ...]
    inspectors: tuple[InspectorRow, ...]
    bans: tuple[Ban, ...]


Row = TypeVar("Row", ObjectRow, InspectorRow, Ban)


def freeze(objects: Iterable[ObjectRow], inspectors: Iterable[InspectorRow], bans: Iterable[Ban]) -> Frame:
    """Sort by key in byte order and refuse what is not canonical. Raises Invalid naming file, row and field."""
    return Frame(
        objects=_sorted("objects", objects, 1, ("id", "stratum")),
        inspectors=_sorted("inspectors", inspectors, 1, ("id",)),
        bans=_sorted("bans", bans, 2, ("object", "inspector")),
    )


def lines(rows: Sequence[ObjectRow] | Sequence[InspectorRow] | Sequence[Ban]) -> list[bytes]:
    """The rows' bytes without their line feeds."""
    return ["\t".join(row.fields()).encode() for row in rows]


def content(rows: Sequence[ObjectRow] | Sequence[InspectorRow] | Sequence[Ban]) -> bytes:
    """A file's bytes: every line ends with LF."""
    return b"".join(line + b"\n" for line in lines(rows))


def read(objects: bytes, inspectors: bytes, bans: bytes) -> Frame:
    """A frame from its three files, strictly: exact columns, ascending keys, canonical fields. Raises Invalid."""
    return Frame(
        objects=_read("objects", objects, 6, 1, _object),
        inspectors=_read("inspectors", inspectors, 6, 1, _inspector),
        bans=_read("bans", bans, 4, 2, _ban),
    )


def _object(held: list[str]) -> ObjectRow:
    return ObjectRow(id=held[0], stratum=held[1], status=held[2], pool=held[3], qual=held[4], salt=held[5])


def _inspector(held: list[str]) -> InspectorRow:
    if not held[3].isascii() or not held[3].isdecimal() or (len(held[3]) > 1 and held[3].startswith("0")):
        raise Invalid("draw_row_invalid", file="inspectors", row=held[0], field="cap", value=held[3])
    pools, quals = (tuple(part for part in text.split(",") if part) for text in (held[1], held[2]))
    return InspectorRow(id=held[0], pools=pools, quals=quals, cap=int(held[3]), status=held[4], salt=held[5])


def _ban(held: list[str]) -> Ban:
    return Ban(object=held[0], inspector=held[1], reason=held[2], salt=held[3])


def _read(name: str, given: bytes, columns: int, key: int, make: Callable[[list[str]], Row]) -> tuple[Row, ...]:
    if given and not given.endswith(b"\n"):
        raise Invalid("draw_file_invalid", file=name, problem="the last row does not end with a line feed")
    rows = []
    for number, line in enumerate(given.split(b"\n")[:-1], 1):
        held = line.decode().split("\t")
        if len(held) != columns:
            raise Invalid("draw_file_invalid", file=name, row=number, problem=f"{len(held)} columns, expected {columns}")
        rows.append(make(held))
    if tuple(rows) != _sorted(name, rows, key, ()):
        raise Invalid("draw_file_invalid", file=name, problem="the rows are not in ascending order of their key")
    return tuple(rows)


def _sorted(name: str, rows: Iterable[Row], key: int, required: tuple[str, ...]) -> tuple[Row, ...]:
    held = sorted(rows, key=lambda row: tuple(field.encode() for field in row.fields()[:key]))
    keys = Counter(row.fields()[:key] for row in held)
    if twice := [one for one, count in keys.items() if count > 1]:
        raise Invalid("draw_row_twice", file=name, row="/".join(twice[0]), count=len(twice))
    for row in held:
        _check(name, row, required)
    return tuple(held)


def _check(name: str, row: ObjectRow | InspectorRow | Ban, required: tuple[str, ...]) -> None:
    """Ruling 2: NFC, no control characters, no outer white space, no comma inside a pool or qualification."""
    for field in row.fields():
        if (
            field != unicodedata.normalize("NFC", field)
            or field != field.strip()
            or any(ord(c) < 0x20 or ord(c) == 0x7F for c in field)
        ):
            raise Invalid("draw_row_invalid", file=name, row=row.fields()[0], value=field, field="")
    for field in required or ():
        if not getattr(row, field):
            raise Invalid("draw_row_invalid", file=name, row=row.fields()[0], field=field, value="")
    if isinstance(row, ObjectRow) and "," in row.pool + row.qual:
        raise Invalid("draw_row_invalid", file=name, row=row.id, field="pool", value=row.pool)
    if isinstance(row, InspectorRow) and (row.cap < 0 or any("," in part or not part for part in (*row.pools, *row.quals))):
        raise Invalid("draw_row_invalid", file=name, row=row.id, field="pools", value=",".join(row.pools))
