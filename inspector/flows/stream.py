"""The files of `sheets`, and Parquet, one row at a time. Parquet needs DuckDB, an extra."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from inspector.domain.errors import Invalid
from inspector.flows import large
from inspector.sheets import sheet, stream
from inspector.sheets.flaw import HEAD
from inspector.sheets.sheet import Row
from inspector.sheets.stream import Stream

_PARQUET = b"PAR1"
_BATCH = 10_000


@contextmanager
def opened(file: Path) -> Iterator[Stream]:
    """A file as a stream of rows. What it is follows from its first bytes. Raises Invalid (`sheet_…`, `parquet_…`), OSError."""
    with file.open("rb") as raw:
        parquet = raw.read(len(_PARQUET)) == _PARQUET
    with ExitStack() as held:
        yield _parquet(file, held) if parquet else held.enter_context(stream.opened(file))


def _parquet(file: Path, held: ExitStack) -> Stream:
    """Row 2 is the first one, as if the names of the columns stood above it."""
    duckdb = large.duckdb("parquet_needs_extra", file=file.name)
    connection = duckdb.connect(config={"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"})
    held.callback(connection.close)
    try:
        count = connection.execute("select count(*) from read_parquet(?)", [str(file)]).fetchone()[0]
        table = connection.execute("select * from read_parquet(?)", [str(file)])
    except duckdb.Error as error:
        raise Invalid("sheet_parquet") from error
    read = [0]

    def rows() -> Iterator[Row]:
        try:
            while batch := table.fetchmany(_BATCH):
                for number, values in enumerate(batch, read[0] + HEAD + 1):
                    cells = tuple(sheet.cell(value) for value in values)
                    if any(cell != "" for cell in cells):
                        yield Row(number=number, cells=cells)
                read[0] += len(batch)
        except duckdb.Error as error:
            raise Invalid("sheet_parquet") from error

    heads = tuple(str(column[0]).strip() for column in table.description)
    return Stream(heads=heads, rows=rows(), size=count, at=lambda: read[0])
