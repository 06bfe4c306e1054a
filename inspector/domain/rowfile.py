"""objects.tsv as rows that are read anew whenever they are looked through, and never held: a register too large for memory.

Where the bytes lie is nobody's business here. They are read strictly once, which gives the number of rows, the root and how many
rows each class has; from then on they are known to be canonical.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Protocol, overload

from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE, Ban, InspectorRow, ObjectRow, cut_short, lines, read_objects
from inspector.domain.suite import Suite, root

Pieces = Callable[[], Iterable[bytes]]
"""A file's bytes from its beginning, in pieces that end where they like."""
Tally = Mapping[tuple[str, str], int]
"""How many rows there are of each (stratum, status)."""
_ELIGIBLE = ELIGIBLE.encode()


class Tickets(Protocol):
    """Where tickets are computed beside the rows, so that not every row has to be handed over. It decides nothing."""

    def below(self, draw_key: str, bars: Mapping[str, str]) -> tuple[Tally, Iterator[tuple[str, str]]]:
        """How many rows it sees of each (stratum, status), and who of them has a small ticket.

        These are (stratum, ticket in hex with the id behind it) of every eligible row whose ticket, in hex, is less than its stratum's
        bar, in order of ticket and id.
        """
        ...


class RowFile(Sequence[ObjectRow]):
    """The rows. What is held is one row, or whatever piece the bytes come in.

    Raises Invalid for bytes that `frame.read` refuses.
    """

    def __init__(self, pieces: Pieces, suite: Suite) -> None:
        self._pieces = pieces
        self.suite = suite
        counts = Counter[tuple[str, str]]()

        def told() -> Iterator[bytes]:
            for line, row in read_objects(self.lines()):
                counts[row.stratum, row.status] += 1
                yield line

        self.root = root(suite, told())
        self.tally: Tally = counts
        self._count = counts.total()

    def lines(self) -> Iterator[bytes]:
        """The rows' bytes without their line feeds."""
        return split(self._pieces())

    def content(self) -> Iterable[bytes]:
        """The file's bytes, in pieces."""
        return self._pieces()

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[ObjectRow]:
        return (row for _, row in read_objects(self.lines()))

    @overload
    def __getitem__(self, place: int) -> ObjectRow: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[ObjectRow]: ...
    def __getitem__(self, place: int | slice) -> ObjectRow | Sequence[ObjectRow]:
        """Reads up to there: for a look at single rows, not for a walk."""
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        found = next(islice(self, place + (len(self) if place < 0 else 0), None), None)
        if found is None:
            raise IndexError(place)
        return found


def split(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The lines that pieces make, without their line feeds. Raises Invalid when the last one has none."""
    rest = b""
    for piece in pieces:
        *whole, rest = (rest + piece).split(b"\n")
        yield from whole
    if rest:
        raise cut_short("objects")


def content(objects: Sequence[ObjectRow]) -> Iterator[bytes]:
    """The bytes of objects.tsv, in pieces."""
    return iter(objects.content()) if isinstance(objects, RowFile) else (line + b"\n" for line in lines(objects))


def rooted(suite: Suite, rows: Sequence[ObjectRow] | Sequence[InspectorRow] | Sequence[Ban]) -> tuple[int, str]:
    """(how many rows, the root over them)."""
    known = isinstance(rows, RowFile) and rows.suite == suite
    return len(rows), rows.root if known and isinstance(rows, RowFile) else root(suite, lines(rows))


def tally(objects: Collection[ObjectRow]) -> Tally:
    """How many rows there are of each (stratum, status)."""
    return objects.tally if isinstance(objects, RowFile) else Counter((row.stratum, row.status) for row in objects)


def eligible(objects: Collection[ObjectRow]) -> Iterator[tuple[str, bytes]]:
    """(stratum, id) of every row that may be drawn."""
    if not isinstance(objects, RowFile):
        yield from ((row.stratum, row.id.encode()) for row in objects if row.status == ELIGIBLE)
        return
    strata = {code.encode(): code for code, _ in objects.tally}
    try:
        for line in objects.lines():
            name, stratum, status, _ = line.split(b"\t", 3)
            if status == _ELIGIBLE:
                yield strata[stratum], name
    except (KeyError, ValueError) as error:  # these rows were read before, and were right
        raise Invalid("REGISTER_CHANGED", list="", file="objects") from error


def picked(objects: Sequence[ObjectRow], ids: Collection[str]) -> Iterator[tuple[int, bytes, ObjectRow]]:
    """(index, line, row) of the rows with these ids, in the order of the file."""
    if isinstance(objects, RowFile):
        wanted = {name.encode() for name in ids}
        for index, line in enumerate(objects.lines()):
            if line[: line.index(b"\t")] in wanted:
                ((_, row),) = read_objects([line])
                yield index, line, row
        return
    known = set(ids)
    for index, row in enumerate(objects):
        if row.id in known:
            yield index, "\t".join(row.fields()).encode(), row
