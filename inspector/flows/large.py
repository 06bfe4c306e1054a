"""Registers too large for memory, by DuckDB (the extra `large`): sorting what was handed in, and computing tickets beside the rows.

It gives bit for bit what the domain gives: the domain decides, and refuses when DuckDB does not see the rows that it has read.
A field holds no control character (ruling 2), so the tabs and line feeds of a file part it for everybody alike.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from errno import EDQUOT, EFBIG, ENOSPC
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from inspector.domain.errors import Invalid
from inspector.domain.frame import ELIGIBLE
from inspector.domain.rowfile import Tally
from inspector.domain.suite import Suite

MEMORY = "512MB"
"""What DuckDB may hold; beyond it goes to disk."""
_BATCH = 10_000
_BROKEN_OFF = "Query interrupted"
_SHARE = "'max_temp_directory_size'"
"""The setting that DuckDB names when the folder for what does not fit is full: what was free on the disk when it began."""
_COLUMNS = ("id", "stratum", "status", "pool", "qual", "salt")
_HANDED = ("number", "organisation")
"""Columns of what is still to be sorted: the row's number in the file that was handed in, and the organisation that its id is a code of."""

_FILE = (
    "read_csv(?, auto_detect = false, header = false, delim = chr(9), quote = '', escape = '', comment = '', nullstr = '', "
    "new_line = '\\n', buffer_size = 8000000, max_line_size = 2000000, columns = {columns})"
)
_SEEN = """
CREATE OR REPLACE TEMP TABLE seen AS
WITH bars AS (SELECT unnest(?::VARCHAR[]) AS stratum, unnest(?::VARCHAR[]) AS bar),
     tickets AS (SELECT stratum, status, id, sha256(? || id) AS ticket, bar FROM {held} LEFT JOIN bars USING (stratum)),
     told AS (SELECT stratum, status, CASE WHEN status = ? AND ticket < bar THEN ticket || id END AS ticket FROM tickets)
{gathered}
"""
_GATHERED = "SELECT stratum, status, ticket, count(*) AS number FROM told GROUP BY ALL"
_EACH = "SELECT stratum, status, ticket, 1::UBIGINT AS number FROM told"
"""Where much is drawn of every stratum there is hardly a row to pass over, and putting them together takes longer than it spares."""
_MUCH = "4"
"""From such a bar on: of every four tickets, in hex, one lies below it."""
"""The register in one pass, for reading it takes as long as hashing it: of each class the rows that are passed over in one, the others
each by itself. A ticket has always 64 digits, so that ticket and id in one text have the order of ticket and id."""
_COUNTED = "SELECT stratum, status, sum(number)::UBIGINT FROM seen GROUP BY ALL"
_DRAWN = "SELECT stratum, ticket FROM seen WHERE ticket IS NOT NULL ORDER BY ticket"
_SORTED = """
SELECT concat_ws(chr(9), id, stratum, coalesce(status, ''), coalesce(pool, ''), coalesce(qual, ''), coalesce(salt, ''))
FROM {held} ORDER BY id, number
"""
_TWICE = """
SELECT number, first FROM (SELECT number, min(number) OVER (PARTITION BY upper(id)) AS first FROM {held})
WHERE number <> first ORDER BY number
"""
_ORGANISATIONS = """
WITH coded AS (SELECT number, id, organisation FROM {held} WHERE organisation IS NOT NULL),
     several AS (SELECT organisation FROM coded GROUP BY organisation HAVING count(*) > 1),
     beside AS (SELECT number, id, min(number) OVER own AS first, arg_min(id, number) OVER own AS named
                FROM coded JOIN several USING (organisation) WINDOW own AS (PARTITION BY organisation))
SELECT number, first FROM beside WHERE upper(id) <> upper(named) ORDER BY number
"""
_OF_LIST = "SELECT {nth}::UBIGINT AS nth, number, organisation, id FROM {held} WHERE organisation IS NOT NULL"
_ACROSS = """
WITH coded AS ({lists}),
     several AS (SELECT organisation FROM coded GROUP BY organisation HAVING count(DISTINCT nth) > 1),
     beside AS (SELECT nth, number, organisation, id, nth * 1099511627776 + number AS came FROM coded JOIN several USING (organisation)),
     begun AS (SELECT organisation, arg_min(nth, came) AS earlier, arg_min(number, came) AS other, arg_min(id, came) AS named
               FROM beside GROUP BY organisation)
SELECT nth, number, earlier, other, named FROM beside JOIN begun USING (organisation)
WHERE nth <> earlier AND upper(id) <> upper(named) ORDER BY came
"""
_KNOWN = "SELECT DISTINCT id FROM {held} JOIN (SELECT unnest(?::VARCHAR[]) AS id) USING (id)"
_TOLD = "SELECT id, stratum, status, pool, qual, salt FROM {held} JOIN (SELECT unnest(?::VARCHAR[]) AS id) USING (id)"


def there() -> bool:
    """Whether the extra is installed."""
    return find_spec("duckdb") is not None


def duckdb(code: str = "large_needs_extra", **facts: object) -> Any:
    """The package. Raises Invalid with this code where it is not installed."""
    try:
        return import_module("duckdb")
    except ModuleNotFoundError as error:
        raise Invalid(code, **facts) from error


@contextmanager
def database(spill: Path) -> Iterator[Any]:
    """DuckDB with nothing but the files it is given, and a folder for what does not fit.

    Raises Invalid (`large_needs_extra`, and `large_failed` for whatever it cannot do: a line of two million bytes), OSError for a full
    disk, KeyboardInterrupt when somebody breaks off.
    """
    package = duckdb()
    config = {
        "memory_limit": MEMORY,
        "temp_directory": str(spill),
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "preserve_insertion_order": "false",
    }
    try:
        with package.connect(config=config) as connection:
            yield connection
    except package.Error as error:
        if isinstance(error, package.IOException | package.OutOfMemoryException) and (full := _full(str(error))):
            raise OSError(full, os.strerror(full), str(spill)) from error
        raise Invalid("large_failed", problem=str(error).partition("\n")[0]) from error
    except RuntimeError as error:
        if str(error) == _BROKEN_OFF:  # DuckDB has taken the signal of Ctrl-C for itself
            raise KeyboardInterrupt from error
        raise


def _full(told: str) -> int:
    """The number of the system's error that says that there is no room, or 0 for another fault.

    DuckDB names it by its words, or where it writes behind one's back by its number; or it says that the share of the disk is used up
    which it takes for all that is free.
    """
    if _SHARE in told:
        return ENOSPC
    line = told.partition("\n")[0]
    return next((one for one in (ENOSPC, EDQUOT, EFBIG) if line.endswith((os.strerror(one), f'"errno":"{one}"}}'))), 0)


class FileTickets:
    """Tickets of the rows of an objects.tsv; `same` raises if it is no longer the file that was read. DuckDB knows no SM3: see `knows`."""

    def __init__(self, connection: Any, file: Path, same: Callable[[], None]) -> None:
        self._connection, self._file, self._same = connection, file, same

    @staticmethod
    def knows(suite: Suite) -> bool:
        """Whether it can compute the suite's tickets."""
        return suite.name == "sha256"

    def below(self, draw_key: str, bars: Mapping[str, str]) -> tuple[Tally, Iterator[tuple[str, str]]]:
        """As `Tickets.below`. The iterator is good until the next question to this DuckDB. Raises what `same` raises.

        It asks that once DuckDB has read: where nothing is drawn the numbers of each class are all that would be compared, and a file
        with as many other rows would name the reserve.
        """
        self._connection.execute(
            _SEEN.format(held=rows(), gathered=_EACH if min(bars.values(), default="") >= _MUCH else _GATHERED),
            [list(bars), list(bars.values()), draw_key, str(self._file), ELIGIBLE],
        )
        self._same()
        counted = self._connection.execute(_COUNTED).fetchall()
        seen = Counter({(stratum or "", status or ""): count for stratum, status, count in counted})
        return seen, self._drawn()

    def _drawn(self) -> Iterator[tuple[str, str]]:
        held = self._connection.execute(_DRAWN)
        while batch := held.fetchmany(_BATCH):
            yield from batch


class Unsorted:
    """Rows as they came, in a file of their own: the columns of objects.tsv and those of `_HANDED` behind them."""

    def __init__(self, connection: Any, file: Path) -> None:
        self._connection, self._file = connection, file

    def sorted(self) -> Iterator[bytes]:
        """The lines of objects.tsv by id, with their line feeds; a row that stands twice comes twice."""
        held = self._connection.execute(_SORTED.format(held=rows(*_HANDED)), [str(self._file)])
        while batch := held.fetchmany(_BATCH):
            for (line,) in batch:
                yield line.encode() + b"\n"

    def twice(self) -> Iterator[tuple[int, int]]:
        """(number, number of the first such row) of rows whose id stood before, in the order they came in."""
        held = self._connection.execute(_TWICE.format(held=rows(*_HANDED)), [str(self._file)])
        while batch := held.fetchmany(_BATCH):
            yield from batch

    def organisations(self) -> Iterator[tuple[int, int]]:
        """(number, number of the organisation's first row) of rows with another code than that one, in the order they came in."""
        held = self._connection.execute(_ORGANISATIONS.format(held=rows(*_HANDED)), [str(self._file)])
        while batch := held.fetchmany(_BATCH):
            yield from batch

    def known(self, ids: set[str]) -> set[str]:
        """Those of the ids that there are."""
        held = self._connection.execute(_KNOWN.format(held=rows(*_HANDED)), [str(self._file), sorted(ids)])
        return {name for (name,) in held.fetchall()}

    def told(self, ids: set[str]) -> list[tuple[str, ...]]:
        """The rows of these ids, by the columns of objects.tsv."""
        held = self._connection.execute(_TOLD.format(held=rows(*_HANDED)), [str(self._file), sorted(ids)])
        return [tuple(value or "" for value in row) for row in held.fetchall()]


def across(connection: Any, files: Sequence[Path]) -> Iterator[tuple[int, int, int, int, str]]:
    """(list, number, first list, number there, its id) of rows whose organisation an earlier list has by another code.

    `files` hold each list's rows as they came.
    """
    told = [_OF_LIST.format(nth=nth, held=rows(*_HANDED)) for nth in range(len(files))]
    held = connection.execute(_ACROSS.format(lists=" UNION ALL ".join(told)), [str(one) for one in files])
    while batch := held.fetchmany(_BATCH):
        yield from batch


def rows(*more: str) -> str:
    """A tab-separated file as a query reads it; every word is ours, the file's name is a parameter."""
    columns = ", ".join(f"'{name}': '{'UBIGINT' if name == _HANDED[0] else 'VARCHAR'}'" for name in (*_COLUMNS, *more))
    return _FILE.format(columns=f"{{{columns}}}")
