"""The delivery in use, as an index by code: a SQLite file that is made whole, put into its place by rename, and never changed.

So a question costs one look-up and no reading of the delivery; memory does not grow with it; any number of threads and processes
read it without a lock; and whoever dies while making one leaves the last good one where it is (decision 50).
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

_BATCH = 10_000
_DAMAGED = frozenset({sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_NOTADB})
"""What SQLite says of a file that is no database, or not this one: a table that is not there is an ERROR."""
MOST_ROWS = 100
"""Different rows of one code that are looked at; two are already too many."""

Values = tuple[str | int | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What the shelf says of itself.

    `shape`: how the settings were when it was made. `twice` codes stand in several rows, alike; `differing` in several that say
    different things. `rounded` rows have a code that looks as if a spreadsheet had destroyed it. `unsealed`: its manifest tells no sha256.
    """

    name: str
    digest: str
    as_of: str
    shape: str
    rows: int = 0
    twice: int = 0
    differing: int = 0
    rounded: int = 0
    unsealed: bool = False

    @property
    def moment(self) -> datetime:
        """Of when its data are."""
        return datetime.fromisoformat(self.as_of)


def build(path: Path, rows: Iterable[tuple[str, Values]], of: Label, rounded: Callable[[str], bool]) -> Label:
    """Make a shelf at `path`, where nothing is yet, for its owner's eyes alone; its label is `of` with what was counted.

    Raises what `rows` raises, OSError, sqlite3.Error.
    """
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(path, isolation_level=None)) as held:
        held.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;")
        held.execute("CREATE TABLE held (code TEXT NOT NULL, said TEXT NOT NULL)")
        held.execute("CREATE TABLE label (told TEXT NOT NULL)")
        held.execute("BEGIN")
        count = doubtful = 0
        batch: list[tuple[str, str]] = []
        for code, values in rows:
            batch.append((code, json.dumps(values, ensure_ascii=False)))
            count, doubtful = count + 1, doubtful + rounded(code)
            if len(batch) == _BATCH:
                held.executemany("INSERT INTO held VALUES (?, ?)", batch)
                batch.clear()
        held.executemany("INSERT INTO held VALUES (?, ?)", batch)
        held.execute("CREATE INDEX held_code ON held (code, said)")  # sorted on disk, in bounded memory
        twice, differing = held.execute(
            "SELECT count(*), coalesce(sum(many > 1), 0) FROM"
            " (SELECT count(DISTINCT said) AS many FROM held GROUP BY code HAVING count(*) > 1)"
        ).fetchone()
        label = replace(of, rows=count, twice=twice - differing, differing=differing, rounded=doubtful)
        held.execute("INSERT INTO label VALUES (?)", (json.dumps(asdict(label)),))
        held.execute("COMMIT")
    with path.open("rb") as whole:
        os.fsync(whole.fileno())
    return label


def place(made: Path, path: Path) -> None:
    """Put a shelf that was made into use, for good. Raises OSError."""
    made.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def labelled(path: Path) -> Label | None:
    """What the shelf in use says of itself; None when there is none, or none that can be read."""
    try:
        with closing(_opened(path)) as held:
            return Label(**json.loads(held.execute("SELECT told FROM label").fetchone()[0]))
    except (sqlite3.Error, ValueError, TypeError):
        return None


def find(path: Path, code: str) -> tuple[Label, list[Values]] | None:
    """The shelf's label and what it holds of a code, each different row once; None when there is no shelf.

    Raises sqlite3.Error, ValueError, TypeError for a damaged one.
    """
    if not path.is_file():
        return None
    with closing(_opened(path)) as held:
        label = Label(**json.loads(held.execute("SELECT told FROM label").fetchone()[0]))
        found = held.execute("SELECT DISTINCT said FROM held WHERE code = ? LIMIT ?", (code, MOST_ROWS)).fetchall()
    return label, [tuple(json.loads(said)) for (said,) in found]


def discarded(path: Path, error: Exception) -> bool:
    """Take a shelf away of which `find` has raised that it is no good; whether it was.

    That it cannot be opened or read just now says nothing of it, and it may be the last good delivery.
    """
    code = getattr(error, "sqlite_errorcode", None)
    damaged = isinstance(error, (ValueError, TypeError)) or (code is not None and code & 0xFF in _DAMAGED)
    if damaged:
        with suppress(OSError):
            path.unlink()
    return damaged


def _opened(path: Path) -> sqlite3.Connection:
    # Immutable: it is replaced and never changed, so nobody has to look for a lock or a journal.
    return sqlite3.connect(f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True)
