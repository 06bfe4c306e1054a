"""The files that a draw's commitment is a hash of: stored as the bytes they are, never re-encoded, the long ones in parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspector.domain.frame import ELIGIBLE
from inspector.domain.rowfile import Tally
from inspector.store.drawtables import MEMBERS, draw_file
from inspector.store.room import Room
from inspector.store.sealed import opened_file, sealed_file

PART = 4096
"""Rows of one part: a power of two, so that the node above a part is one of the whole tree's."""
_PART = sa.select(draw_file.c.bytes).where(
    draw_file.c.number == sa.bindparam("of"),
    draw_file.c.name == sa.bindparam("called"),
    draw_file.c.part == sa.bindparam("which"),
)
_FETCHED = 5_000

Rows = Iterable[tuple[bytes, bytes]]
"""(key, line with its line feed) in order of the keys."""
Node = Callable[[list[bytes]], bytes]
"""The node of the Merkle tree above a part's lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a file, by its place."""

    number: int
    content: bytes


def of_file(number: str, name: str) -> str:
    """The key of a file's only part as it is stored, None where there is no such file, among what a transaction holds."""
    return f"draw_file:{number}:{name}"


class DrawFiles(Room):
    """The files of draws."""

    def keep_file(self, number: str, name: str, content: bytes) -> None:
        """Keep one file of a draw's bundle; it never changes."""
        held = self._shut(number, name, 0, content)
        self.connection.execute(sa.insert(draw_file).values(number=number, name=name, part=0, bytes=held))

    def keep_rows(self, number: str, name: str, rows: Rows, node: Node | None = None) -> None:
        """Keep a file that has a row for each object, in parts; none is a file too."""
        rest, part = iter(rows), 0
        while held := list(islice(rest, PART)):
            self._keep_part(number, name, part, held, node)
            part += 1
        if not part:
            self.keep_file(number, name, b"")

    def _keep_part(self, number: str, name: str, part: int, held: list[tuple[bytes, bytes]], node: Node | None) -> None:
        lines = [line for _, line in held]
        above = node([line.removesuffix(b"\n") for line in lines]) if node is not None else None
        content = self._shut(number, name, part, b"".join(lines))
        row = {"number": number, "name": name, "part": part, "bytes": content, "first": held[0][0], "node": above}
        self.connection.execute(sa.insert(draw_file), row)

    def hold_file(self, number: str, name: str) -> None:
        """Hold a file to the end of the transaction: who rewrites it takes turns with whoever else does."""
        self.batch.holds_rows()
        held = sa.select(draw_file.c.part).where(draw_file.c.number == number, draw_file.c.name == name, draw_file.c.part == 0)
        self.connection.execute(held.with_for_update()).all()

    def parts_with(self, number: str, name: str, keys: Iterable[bytes]) -> list[Part]:
        """The parts that hold the rows of some keys, each once, in order."""
        found = {one.number: one for key in keys if (one := self.part_with(number, name, key)) is not None}
        return [found[part] for part in sorted(found)]

    def rewrite(self, number: str, name: str, part: int, content: bytes) -> None:
        """Write a part of a private file anew, where a purge took something out; nothing is committed to it but by a keyed digest."""
        here = (draw_file.c.number == number, draw_file.c.name == name, draw_file.c.part == part)
        self.connection.execute(sa.update(draw_file).where(*here).values(bytes=self._shut(number, name, part, content)))

    def append_line(self, number: str, name: str, line: bytes) -> None:
        """Append a line to a running file of the bundle (after.jsonl)."""
        held = b"".join(self.parts(number, name))
        row = {"number": number, "name": name, "part": 0, "bytes": self._shut(number, name, 0, held + line + b"\n")}
        self.upsert(draw_file, row, ("number", "name", "part"))

    def files(self, number: str, *, without: Collection[str] = ()) -> dict[str, bytes]:
        """The bundle's files by name; `without` those that are not asked for because they are long."""
        asked = sa.select(draw_file.c.name, draw_file.c.part, draw_file.c.bytes).where(
            draw_file.c.number == number, draw_file.c.name.not_in(list(without))
        )
        found: dict[str, list[bytes]] = {}
        for row in self.connection.execute(asked.order_by(draw_file.c.name, draw_file.c.part)):
            found.setdefault(row.name, []).append(self._opened(number, row.name, row.part, row.bytes))
        return {name: b"".join(parts) for name, parts in found.items()}

    def file(self, number: str, name: str) -> bytes:
        """One file of the bundle; one that is not there is empty."""
        if (held := self.batch.held.get(of_file(number, name), self)) is not self:  # read already, with a seat
            return self._opened(number, name, 0, held) if isinstance(held, bytes) else b""
        return b"".join(self.parts(number, name))

    def parts(self, number: str, name: str) -> Iterator[bytes]:
        """A file part by part: never more than one of them is held."""
        part, of = 0, {"of": number, "called": name}
        while (content := self.connection.execute(_PART, {**of, "which": part}).scalar_one_or_none()) is not None:
            yield self._opened(number, name, part, content)
            part += 1

    def part_with(self, number: str, name: str, key: bytes) -> Part | None:
        """The part that holds a key's row, if any does."""
        asked = sa.select(draw_file.c.part, draw_file.c.bytes).where(
            draw_file.c.number == number, draw_file.c.name == name, draw_file.c.first <= key
        )
        found = self.connection.execute(asked.order_by(draw_file.c.part.desc()).limit(1)).one_or_none()
        return Part(number=found.part, content=self._opened(number, name, found.part, found.bytes)) if found is not None else None

    def _shut(self, number: str, name: str, part: int, content: bytes) -> bytes:
        """As it lies in the database: what is private is sealed where there is a key (decision 117)."""
        if name != MEMBERS:
            return content
        return sealed_file(self.batch.direct.dialect, draw_file.c.bytes, content, number, name, str(part))

    def _opened(self, number: str, name: str, part: int, held: bytes) -> bytes:
        if name != MEMBERS:
            return held
        return opened_file(self.batch.direct.dialect, draw_file.c.bytes, held, number, name, str(part))

    def nodes(self, number: str, name: str) -> list[bytes]:
        """The nodes above the parts of a file, in order."""
        asked = sa.select(draw_file.c.node).where(draw_file.c.number == number, draw_file.c.name == name)
        return list(self.connection.execute(asked.order_by(draw_file.c.part)).scalars())

    def tickets(self, number: str, name: str) -> SqlTickets | None:
        """Who computes tickets beside the rows of an objects.tsv: PostgreSQL, where its texts are UTF-8; SQLite knows no SHA-256."""
        if self.sqlite or self.connection.execute(sa.text("SHOW server_encoding")).scalar_one() != "UTF8":
            return None
        return SqlTickets(self.connection, number, name)


# Every text is compared byte by byte (COLLATE "C"), as the protocol asks. An array of a part's lines ends with an empty one.
_ROWS = """
SELECT string_to_array(line, E'\\t') AS held
FROM draw_file, unnest(string_to_array(convert_from(bytes, 'UTF8'), E'\\n')) AS line
WHERE number = :number AND name = :name AND line <> ''
"""
_COUNTED = sa.text(f"SELECT held[2], held[3], count(*) FROM ({_ROWS}) AS rows GROUP BY 1, 2")  # noqa: S608 - our own words
_BELOW = sa.text(
    f"""
WITH bars AS (SELECT unnest(CAST(:strata AS text[])) AS stratum, unnest(CAST(:bars AS text[])) AS bar),
     tickets AS (SELECT held[2] AS stratum, held[1] AS id, encode(sha256(convert_to(:key || held[1], 'UTF8')), 'hex') AS ticket
                 FROM ({_ROWS}) AS rows WHERE held[3] = :eligible)
SELECT tickets.stratum, ticket, id FROM tickets JOIN bars ON tickets.stratum = bars.stratum
WHERE ticket COLLATE "C" < bar COLLATE "C" ORDER BY ticket COLLATE "C", id COLLATE "C"
"""  # noqa: S608 - our own words
)


class SqlTickets:
    """As `rowfile.Tickets`, by PostgreSQL: only tickets under the bars come over the wire, by a cursor of the server's."""

    def __init__(self, connection: Connection, number: str, name: str) -> None:
        self._connection, self._of = connection, {"number": number, "name": name}

    def below(self, draw_key: str, bars: Mapping[str, str]) -> tuple[Tally, Iterator[tuple[str, str]]]:
        """As `Tickets.below`."""
        counted = self._connection.execute(_COUNTED, self._of)
        return Counter({(stratum, status): count for stratum, status, count in counted}), self._drawn(draw_key, bars)

    def _drawn(self, draw_key: str, bars: Mapping[str, str]) -> Iterator[tuple[str, str]]:
        told = {**self._of, "key": draw_key, "eligible": ELIGIBLE, "strata": list(bars), "bars": list(bars.values())}
        for stratum, ticket, name in self._connection.execute(_BELOW, told, execution_options={"yield_per": _FETCHED}):
            yield stratum, ticket + name
