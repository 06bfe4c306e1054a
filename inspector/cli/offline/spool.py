"""Objects too many to hold: their rows go to a file as they are read, and are sorted by DuckDB. What comes out is the same.

The files lie in a folder beside the one that is made, for their owner alone, and are gone when the command ends.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from inspector.domain.errors import Invalid
from inspector.domain.frame import ObjectRow
from inspector.domain.identity import normalise, organisation
from inspector.domain.rowfile import RowFile, Tickets
from inspector.domain.suite import Suite
from inspector.flows import large

Advance = Callable[[int, int], None]
"""Tells how far a step is: so many of so many."""
LEAST = 64 << 20
"""From so many bytes on a roster, or a register, is a large one without being asked for."""
_CHUNK = 1 << 20
_STEP = 10_000


@contextmanager
def room(beside: Path) -> Iterator[Spool]:
    """A spool beside a folder that is to be made. Raises Invalid (`large_needs_extra`), OSError."""
    large.duckdb()
    beside.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{beside.name}.", dir=beside.parent) as held:
        folder = Path(held)
        with (folder / "unsorted").open("wb", buffering=_CHUNK) as file, large.database(folder / "spill") as database:
            yield Spool(folder=folder, file=file, database=database)


@dataclass(slots=True, kw_only=True)
class Spool:
    """Rows that are put away one by one, sorted, and had again in order; `small`: some id has small letters, which make no other id."""

    folder: Path
    file: BinaryIO
    database: Any
    count: int = 0
    small: bool = False

    def put(self, row: ObjectRow, number: int) -> None:
        """A row, with its number in the file that was handed in, and the organisation that its id is a code of."""
        self.small = self.small or normalise(row.id) != row.id
        self.file.write(_handed(row, number))
        self.count += 1

    def twice(self, advance: Advance) -> Iterator[tuple[int, int]]:
        """Sort, once all rows are here: (number, number of the first such row) of rows whose id stood before, as they came in."""
        before, twice = b"", self.small
        with (self.folder / "sorted").open("wb", buffering=_CHUNK) as out:
            for place, line in enumerate(self._unsorted().sorted()):
                if place % _STEP == 0:
                    advance(place, self.count)
                name = line[: line.index(b"\t")]
                before, twice = name, twice or name == before
                out.write(line)
        if twice:
            yield from self._unsorted().twice()

    def organisations(self) -> Iterator[tuple[int, int]]:
        """As `Unsorted.organisations`."""
        return self._unsorted().organisations()

    def across(self, lists: Sequence[Spool | Iterable[tuple[ObjectRow, int]]]) -> Iterator[tuple[int, int, int, int, str]]:
        """As `large.across`, of lists put away like this one or held."""
        files = []
        for place, rows in enumerate(lists):
            if isinstance(rows, Spool):
                rows.file.flush()
                files.append(rows.folder / "unsorted")
                continue
            files.append(beside := self.folder / f"list-{place}")
            with beside.open("wb", buffering=_CHUNK) as out:
                out.writelines(_handed(row, number) for row, number in rows)
        yield from large.across(self.database, files)

    def known(self, ids: set[str]) -> set[str]:
        """As `Unsorted.known`."""
        return self._unsorted().known(ids)

    def told(self, ids: set[str]) -> list[ObjectRow]:
        """The rows of these ids."""
        return [
            ObjectRow(id=name, stratum=stratum, status=status, pool=pool, qual=qual, salt=salt)
            for name, stratum, status, pool, qual, salt in self._unsorted().told(ids)
        ]

    def freeze(self, suite: Suite, advance: Advance) -> RowFile:
        """The rows in their order, once they are sorted. Raises Invalid as `frame.freeze` does."""
        (self.folder / "unsorted").unlink()
        return RowFile(Standing(self.folder / "sorted", advance).pieces, suite)

    def _unsorted(self) -> large.Unsorted:
        self.file.flush()
        return large.Unsorted(self.database, self.folder / "unsorted")


def _handed(row: ObjectRow, number: int) -> bytes:
    told = organisation(normalise(row.id)) or ""
    return "\t".join((*row.fields(), str(number), f"{told}\n")).encode()


class Standing:
    """A register's file, which must stay as it is while it is read several times: it is not held."""

    def __init__(self, file: Path, advance: Advance | None = None) -> None:
        self.file = file
        self.advance = advance
        self._seen = self._mark()

    def pieces(self) -> Iterator[bytes]:
        """Its bytes piece by piece. Raises Invalid (`REGISTER_CHANGED`) when it was changed since it was first looked at."""
        size = self.file.stat().st_size
        with self.file.open("rb") as held:
            while piece := held.read(_CHUNK):
                yield piece
                if self.advance is not None:
                    self.advance(held.tell(), size)
        self.same()

    def same(self) -> None:
        """Nothing where it is the file that was first looked at, unchanged. Raises Invalid (`REGISTER_CHANGED`), OSError."""
        if self._mark() != self._seen:
            raise Invalid("REGISTER_CHANGED", list="", file=self.file.name)

    def _mark(self) -> tuple[int, ...]:
        told = self.file.stat()
        return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


@contextmanager
def tickets(files: Mapping[str, Standing], suite: Suite) -> Iterator[Mapping[str, Tickets]]:
    """Who computes the tickets of large registers, by list: DuckDB where it is there and knows the suite, otherwise nobody else.

    `files` are those that the rows were read from: another one in their place has other rows, be they as many.
    """
    if not files or not large.there() or not large.FileTickets.knows(suite):
        yield {}
        return
    with tempfile.TemporaryDirectory() as spill, large.database(Path(spill)) as database:
        yield {name: large.FileTickets(database, held.file, held.same) for name, held in files.items()}


def is_large(file: Path, asked: bool) -> bool:
    """Whether a roster goes this way: where it is asked for, and where it has the size and the extra is there."""
    return asked or (large.there() and file.is_file() and file.stat().st_size >= LEAST)
