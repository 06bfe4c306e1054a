"""Write down the office of this release: `python -m tests.former`. Done once, as a release is made; what lies there is never made anew.

Who runs it twice on one release has the same bytes. `--out FOLDER` writes it elsewhere, to compare.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from random import Random

from inspector.store import migrate
from inspector.store.chance import seeded
from tests.former import dump, waits
from tests.house import ROOT, START, closing, open_store

PACKS = ("demo", "maoji", "documents")


def made(folder: Path) -> Path:
    """The office's database, made in a folder."""
    packs, database = folder / "policies", folder / "office.sqlite3"
    for name in PACKS:
        shutil.copytree(ROOT / "policies" / name, packs / name)
    dice = Random("an office to be handed on")
    with closing(open_store(f"sqlite:///{database}")) as store, seeded(dice.getrandbits, lambda: int(START.timestamp() * 1000)):
        waits.make(store, packs)
    return database


def main() -> None:
    """Make it, and write it down."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--out", type=Path, default=dump.HERE)
    kept = asked.parse_args().out / f"{migrate.newest()}{dump.SUFFIX}"
    if kept.exists():
        sys.exit(f"{kept} is there: the office of a release is made once.")
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(f"{kept}: {dump.write(made(Path(folder)), kept)} bytes\n")


if __name__ == "__main__":
    main()
