"""The frozen frame of a draw: objects, inspectors and bans as canonical rows (draw-protocol 7.2, ruling 2)."""

from __future__ import annotations

import re
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile
from operator import attrgetter
from typing import TypeVar

from inspector.domain.errors import Invalid
from inspector.domain.signs import LATER

ELIGIBLE = "1"
_LARGEST_CAP = 10**18
_SIGNS = r"!-+\--~\u4e00-\u9fff"  # ASCII and ideographs, which no normal form touches; space and comma apart
_TEXT = f"[{_SIGNS},](?:[ {_SIGNS},]*[{_SIGNS},])?"
_NAME = f"[{_SIGNS}](?:[ {_SIGNS}]*[{_SIGNS}])?"
_PLAIN = {
    "objects": re.compile(rf"{_TEXT}\t{_TEXT}\t(?:{_TEXT})?\t(?:{_NAME})?\t(?:{_NAME})?\t(?:{_TEXT})?"),
    "bans": re.compile(rf"{_TEXT}\t{_TEXT}\t(?:{_TEXT})?\t(?:{_TEXT})?"),
}
"""Most rows are of this form, and nothing is wrong with such a one. All others are looked at field by field."""
_LINE = re.compile(rb"([^\n]*)\n")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SALT = re.compile(r"[0-9a-f]{32}")
_SURROGATE = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectRow:
    """`status` 1 is eligible, anything else an exclusion code; `salt` hides the row from whoever holds only its root."""

    id: str
    stratum: str
    status: str = ELIGIBLE
    pool: str
    qual: str = ""
    salt: str

    def key(self) -> tuple[str, ...]:
        """The columns that name the row."""
        return (self.id,)

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

    def key(self) -> tuple[str, ...]:
        """The columns that name the row."""
        return (self.id,)

    def fields(self) -> tuple[str, ...]:
        """The columns in their order; lists are comma-joined."""
        return (self.id, ",".join(self.pools), ",".join(self.quals), str(self.cap), self.status, self.salt)


LAST, DECLARED = "last-visit", "recusal"
"""Why somebody is barred: nobody goes to the same object twice running; a conflict was declared. Never its reason (scenario 33)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """An inspector who may not visit an object: recusal or went last time, the same table."""

    object: str
    inspector: str
    reason: str
    salt: str

    def key(self) -> tuple[str, ...]:
        """The columns that name the row."""
        return (self.object, self.inspector)

    def fields(self) -> tuple[str, ...]:
        """The columns in their order."""
        return (self.object, self.inspector, self.reason, self.salt)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Three sorted, duplicate-free files; objects that are too many to hold are a `rowfile.RowFile`."""

    objects: Sequence[ObjectRow]
    inspectors: tuple[InspectorRow, ...]
    bans: tuple[Ban, ...]


Row = TypeVar("Row", ObjectRow, InspectorRow, Ban)


def freeze(objects: Iterable[ObjectRow], inspectors: Iterable[InspectorRow], bans: Iterable[Ban]) -> Frame:
    """Sort by key in byte order and refuse what is not canonical. Raises Invalid naming file, row and field."""
    # UTF-8 keeps the order of code points, so comparing texts is comparing their bytes.
    return Frame(
        objects=_canonical("objects", sorted(objects, key=attrgetter("id"))),
        inspectors=_canonical("inspectors", sorted(inspectors, key=attrgetter("id"))),
        bans=_canonical("bans", sorted(bans, key=attrgetter("object", "inspector"))),
    )


def lines(rows: Sequence[ObjectRow] | Sequence[InspectorRow] | Sequence[Ban]) -> Iterator[bytes]:
    """The rows' bytes without their line feeds, one by one."""
    return ("\t".join(row.fields()).encode() for row in rows)


def content(rows: Sequence[ObjectRow] | Sequence[InspectorRow] | Sequence[Ban]) -> bytes:
    """A file's bytes: every line ends with LF."""
    return b"".join(line + b"\n" for line in lines(rows))


def read(objects: bytes, inspectors: bytes, bans: bytes) -> Frame:
    """A frame from its three files, strictly: exact columns, ascending keys, canonical fields. Raises Invalid.

    What is accepted has one form only: `content` of the rows is the very bytes that were read.
    """
    return Frame(
        objects=_read("objects", objects, 6, _object),
        inspectors=_read("inspectors", inspectors, 6, _inspector),
        bans=_read("bans", bans, 4, _ban),
    )


def guessable(frame: Frame) -> int:
    """How many rows have a salt that is not 32 lower-case hex (7.2): whoever holds the root might guess what they say."""
    return sum(_SALT.fullmatch(row.salt) is None for rows in (frame.objects, frame.inspectors, frame.bans) for row in rows)


def refuse_guessable(frame: Frame) -> None:
    """What 7.2 asks of the rows that we commit to ourselves. Raises Invalid (`draw_row_invalid`).

    A verifier does not refuse other salts: ruling 8 leaves them free, and they change neither who is drawn nor who goes.
    """
    files: tuple[tuple[str, Sequence[ObjectRow | InspectorRow | Ban]], ...] = (
        ("objects", frame.objects),
        ("inspectors", frame.inspectors),
        ("bans", frame.bans),
    )
    for name, rows in files:
        for row in rows:
            if _SALT.fullmatch(row.salt) is None:
                raise Invalid("draw_row_invalid", file=name, row="/".join(row.key()), field="salt", value=repr(row.salt))


def flaw(text: str) -> str | None:
    """What bars a text from a row (7.1, ruling 2); None for nothing. `strip` knows every Unicode White_Space character."""
    if _CONTROL.search(text):
        return "a control character"
    if text != text.strip():
        return "white space at an end"
    if _SURROGATE.search(text):
        return "half a character"
    if LATER.search(text):
        return "a letter that versions of Unicode compose differently"
    return None if unicodedata.is_normalized("NFC", text) else "not in Unicode form NFC"


def _object(held: list[str], seen: dict[str, str]) -> ObjectRow:
    """`seen` keeps one copy of each text that stands in many rows."""
    once = seen.setdefault
    return ObjectRow(
        id=held[0],
        stratum=once(held[1], held[1]),
        status=once(held[2], held[2]),
        pool=once(held[3], held[3]),
        qual=once(held[4], held[4]),
        salt=held[5],
    )


def _inspector(held: list[str], _: dict[str, str]) -> InspectorRow:
    if not re.fullmatch(r"0|[1-9][0-9]{0,17}", held[3]):
        raise Invalid("draw_row_invalid", file="inspectors", row=held[0], field="cap", value=repr(held[3]))
    pools, quals = (tuple(text.split(",")) if text else () for text in (held[1], held[2]))
    return InspectorRow(id=held[0], pools=pools, quals=quals, cap=int(held[3]), status=held[4], salt=held[5])


def _ban(held: list[str], seen: dict[str, str]) -> Ban:
    once = seen.setdefault
    return Ban(object=held[0], inspector=once(held[1], held[1]), reason=once(held[2], held[2]), salt=held[3])


def _read(name: str, given: bytes, columns: int, make: Callable[[list[str], dict[str, str]], Row]) -> tuple[Row, ...]:
    if given and not given.endswith(b"\n"):
        raise cut_short(name)
    return tuple(row for _, row in _checked(name, (line[1] for line in _LINE.finditer(given)), columns, make))


def cut_short(name: str) -> Invalid:
    """A file whose last row is no whole one."""
    return Invalid("draw_file_invalid", file=name, problem="cut_short")


def read_objects(given: Iterable[bytes]) -> Iterator[tuple[bytes, ObjectRow]]:
    """Lines of objects.tsv with their rows, as strictly as `read`, one by one: whoever does not keep them holds one. Raises Invalid."""
    return _checked("objects", given, 6, _object)


def _checked(
    name: str, given: Iterable[bytes], columns: int, make: Callable[[list[str], dict[str, str]], Row]
) -> Iterator[tuple[bytes, Row]]:
    seen: dict[str, str] = {}
    plain, before = _PLAIN.get(name), None
    numbered = enumerate(given, 1)
    for number, line in numbered:
        if number == 1 and line.startswith(BOM_UTF8):
            raise Invalid("draw_file_invalid", file=name, row=1, problem="marked")
        try:
            text = line.decode()
        except UnicodeDecodeError as error:
            raise Invalid("draw_file_invalid", file=name, row=number, problem="row_encoding") from error
        held = text.split("\t")
        if len(held) != columns:
            raise Invalid("draw_file_invalid", file=name, row=number, problem="columns", held=len(held), columns=columns)
        row = make(held, seen)
        key = row.key()
        if before is not None and before >= key:
            following = (tuple(one.decode(errors="replace").split("\t")[: len(key)]) for _, one in numbered)
            raise _out_of_order(name, before, key, following)
        if plain is None or plain.fullmatch(text) is None:
            _refuse_bad(name, row)
        before = key
        yield line, row


def _out_of_order(name: str, before: tuple[str, ...], key: tuple[str, ...], following: Iterable[tuple[str, ...]]) -> Invalid:
    if before == key:
        count = 2 + sum(1 for _ in takewhile(key.__eq__, following))
        return Invalid("draw_row_twice", file=name, row="/".join(key), count=count)
    return Invalid("draw_file_invalid", file=name, row="/".join(key), problem="order")


def _canonical(name: str, rows: Sequence[Row]) -> tuple[Row, ...]:
    """What `freeze` has sorted."""
    for before, key in pairwise(row.key() for row in rows):
        if before == key:
            raise Invalid("draw_row_twice", file=name, row="/".join(key), count=sum(row.key() == key for row in rows))
    plain = _PLAIN.get(name)
    for row in rows:
        if plain is None or plain.fullmatch("\t".join(row.fields())) is None:
            _refuse_bad(name, row)
    return tuple(rows)


def _refuse_bad(name: str, row: Row) -> None:
    if (bad := _bad_field(row)) is not None:
        field, value = bad
        shown = row.key()[0].encode(errors="backslashreplace").decode()
        raise Invalid("draw_row_invalid", file=name, row=shown, field=field, value=repr(value))


def _bad_field(row: ObjectRow | InspectorRow | Ban) -> tuple[str, object] | None:
    """The first field that ruling 2 refuses, with its value."""
    for name, text in zip(row.__slots__, row.fields(), strict=True):
        if flaw(text):
            return name, text
    for name, text in zip(row.__slots__, row.key(), strict=False):  # the key columns come first
        if not text or text.startswith("\ufeff"):
            return name, text
    match row:
        case ObjectRow():
            return _bad_object(row)
        case InspectorRow():
            return _bad_inspector(row)
        case Ban():
            return None


def _bad_object(row: ObjectRow) -> tuple[str, object] | None:
    if not row.stratum:
        return "stratum", ""
    return next(((name, text) for name, text in (("pool", row.pool), ("qual", row.qual)) if "," in text), None)


def _bad_inspector(row: InspectorRow) -> tuple[str, object] | None:
    for name, parts in (("pools", row.pools), ("quals", row.quals)):
        if any(not part or "," in part or part != part.strip() for part in parts):
            return name, ",".join(parts)
    return None if 0 <= row.cap < _LARGEST_CAP else ("cap", row.cap)
