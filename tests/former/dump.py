"""An office's database as text, and back: the schema as its release made it, every row, the mark; compressed, for it is kept for years."""

from __future__ import annotations

import lzma
import sqlite3
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).parent
SUFFIX = ".sql.xz"


def write(database: Path, kept: Path) -> int:
    """Write a database down. Equal rows are equal bytes. Returns how many bytes it takes."""
    with closing(sqlite3.connect(database)) as held:
        text = "\n".join(held.iterdump()) + "\n"
    kept.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
    return kept.stat().st_size


def restore(kept: Path, database: Path) -> None:
    """Make the database anew, as it was."""
    with closing(sqlite3.connect(database)) as made:
        made.executescript(lzma.decompress(kept.read_bytes()).decode())


def offices() -> list[Path]:
    """Every office that was kept, the oldest first, named by the revision of its release."""
    return sorted(HERE.glob(f"*{SUFFIX}"))
