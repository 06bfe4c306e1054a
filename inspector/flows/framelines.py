"""A frame on its way into the database, one line an object: its row, and behind it whom its key stands for. Never held."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from inspector.domain.frame import ObjectRow, freeze
from inspector.domain.rowfile import RowFile
from inspector.domain.suite import Suite
from inspector.flows.members import Member, packed, unpacked
from inspector.store.sorting import Sorted

_TOGETHER = 1_000


def line(row: ObjectRow, member: Member) -> bytes:
    """The row's columns and the member in the last one. JSON escapes tabs and line feeds, and ruling 2 refuses them in a row.

    A line feed or tab is less than whatever else a column may hold, so the lines sort as the keys do. Raises Invalid for a row that
    is not canonical.
    """
    (held,) = freeze([row], (), ()).objects
    return "\t".join((*held.fields(), packed(member))).encode()


def objects(lines: Sorted) -> RowFile:
    """The rows of objects.tsv, read anew whenever they are looked through. Raises Invalid for two of one key."""

    def pieces() -> Iterator[bytes]:
        rows = (held[: held.rindex(b"\t")] + b"\n" for held in lines)
        while some := list(islice(rows, _TOGETHER)):
            yield b"".join(some)

    return RowFile(pieces, Suite())


@dataclass(frozen=True, slots=True)
class Stood(Iterable[tuple[str, Member]]):
    """Whom the keys stand for, in the order of the keys; read anew likewise."""

    lines: Sorted

    def __iter__(self) -> Iterator[tuple[str, Member]]:
        for held in self.lines:
            yield held[: held.index(b"\t")].decode(), unpacked(held[held.rindex(b"\t") + 1 :])
