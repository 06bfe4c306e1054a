"""An office leaves: all that it holds as files that anybody reads without us, and the look whether such a folder is whole.

    README.md, README.zh-Hans.md     what lies where: each table, each column
    tables/NAME.jsonl                every row of a table, one a line, with all that it says
    tables/NAME.csv                  the same rows for a spreadsheet, without what is long
    files/draws, files/materials     the files themselves
    manifest.json                    how many rows, how many bytes, and the SHA-256 of every file

All of it is of one moment. Under the folder's name there is a whole one or none.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from urllib.parse import quote

from inspector import __version__
from inspector.domain.errors import Invalid
from inspector.domain.material import MaterialKind
from inspector.domain.signs import plain_cell
from inspector.domain.treehead import TreeHead
from inspector.labels import LANGS, Lang, label
from inspector.store import leaving, migrate
from inspector.store.store import Store
from inspector.store.tx import Tx

FORM = "inspector.office/1"
MANIFEST = "manifest.json"
_READMES: Mapping[Lang, str] = {"en": "README.md", "zh-Hans": "README.zh-Hans.md"}
_ENDS = {MaterialKind.JPEG.value: ".jpg", MaterialKind.PNG.value: ".png", MaterialKind.PDF.value: ".pdf"}
_LONG = frozenset({"json", "hex"})
"""Forms of columns that no spreadsheet shows."""
_BLOCK = 1 << 20

Followed = Callable[[str, int, int], None]
"""Told a table's name, how many of its rows are written, and how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What was written: rows by table, how many files, the SHA-256 of the manifest, the last seal, and what could not be read."""

    rows: Mapping[str, int]
    files: int
    manifest: str
    seal: int
    head: str
    unread: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a folder says of itself: its files and rows, its ledger's head, and what does not hold, each a code and what it is of."""

    files: int
    rows: int
    manifest: str
    seals: int
    head: str
    tree: TreeHead
    wrong: tuple[tuple[str, str], ...]


class _Folder:
    """A folder that is being filled, for our owner's eyes, with the digest of each of its files."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.sums: dict[str, hashlib._Hash] = {}
        self.sizes = Counter[str]()

    def write(self, name: str, content: bytes) -> None:
        """Put bytes behind what a file holds; the file and its folder come into being with the first."""
        where = self.place / name
        new = name not in self.sums
        if new:
            where.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.sums[name] = hashlib.sha256()
        with os.fdopen(os.open(where, os.O_CREAT | os.O_APPEND | os.O_WRONLY | (os.O_EXCL if new else 0), 0o600), "ab") as out:
            out.write(content)
        self.sums[name].update(content)
        self.sizes[name] += len(content)

    def told(self) -> dict[str, dict[str, object]]:
        """Every file that was written, with its size and digest."""
        return {name: {"bytes": self.sizes[name], "sha256": held.hexdigest()} for name, held in sorted(self.sums.items())}


@dataclass(slots=True)
class _Table:
    """One table on its way into a folder."""

    folder: _Folder
    name: str
    columns: Sequence[leaving.Told]
    count: int = 0
    unread: list[str] = field(default_factory=list)

    def fill(self, taken: Iterator[leaving.Taken], of: int, told: Followed) -> None:
        """Write every row, as a line of JSON and as a line of the spreadsheet."""
        flat = [one.name for one in self.columns if one.form not in _LONG]
        with _Lines(self.folder, f"tables/{self.name}.jsonl") as full, _Lines(self.folder, f"tables/{self.name}.csv") as sheet:
            sheet.add("\ufeff" + _cells(flat))  # by this mark a spreadsheet knows Chinese when it sees it
            for one in taken:
                row = one.row | self._files(one)
                full.add(json.dumps(row, ensure_ascii=False) + "\n")
                sheet.add(_cells([_cell(row[name]) for name in flat]))
                self.unread += [f"{self.name}.{column}: {self._key(row)}" for column in one.unread]
                self.count += 1
                told(self.name, self.count, of)

    def _key(self, row: Mapping[str, object]) -> str:
        return ", ".join(str(row[one.name]) for one in self.columns if one.key)

    def _files(self, one: leaving.Taken) -> dict[str, object]:
        """Where the file of a row lies; of one that is kept no longer nothing does."""
        if self.name == "draw_file":
            place = _place("draws", one.row["number"], one.row["name"])
        elif self.name == "material":
            place = _place("materials", f"{one.row['digest']}{_ENDS.get(one.row['kind'], '')}")
        else:
            return {}
        if one.content is None:
            return {"file": None}
        if self.name == "draw_file" or place not in self.folder.sums:  # a file in parts; one shown about two things is one
            self.folder.write(place, one.content)
        return {"file": place}


class _Lines:
    """Lines on their way into a file, some thousands of them at a time."""

    def __init__(self, folder: _Folder, name: str) -> None:
        self._folder, self._name, self._held, self._size = folder, name, list[str](), 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if error[0] is None:
            self._write()

    def add(self, line: str) -> None:
        """One line, with its end."""
        self._held.append(line)
        self._size += len(line)
        if self._size > _BLOCK:
            self._write()

    def _write(self) -> None:
        self._folder.write(self._name, "".join(self._held).encode("utf-8", "surrogatepass"))
        self._held, self._size = [], 0


def leave(source: Store, folder: Path, at: datetime, told: Followed) -> Left:
    """Write all that the office holds at this moment into a new folder, also while its daemon runs.

    Raises Invalid (`export_exists`, `seal_folder_missing`), and Refusal where a key of sealed data is not there.
    """
    part = folder.with_name(f"{folder.name}.part")
    for place in (folder, part):
        if place.exists():
            raise Invalid("export_exists", folder=str(place))
    if not folder.parent.is_dir():
        raise Invalid("seal_folder_missing", folder=str(folder.parent))
    part.mkdir(mode=0o700)
    try:
        with source.read(steady=True) as tx:
            left = _fill(_Folder(part), tx, at, told)
        part.rename(folder)
    except BaseException:  # what was begun holds personal data, and nobody looks for it
        shutil.rmtree(part)
        raise
    return left


def _fill(folder: _Folder, tx: Tx, at: datetime, told: Followed) -> Left:
    rows, unread = dict[str, int](), list[str]()
    for name, columns in leaving.leaving().items():
        table, count = _Table(folder, name, columns), leaving.count(tx.connection, name)
        told(name, 0, count)
        table.fill(leaving.rows(tx.connection, name), count, told)
        rows[name] = table.count
        unread += table.unread
    for lang in LANGS:
        folder.write(_READMES[lang], _readme(lang).encode())
    number, head = tx.ledger.head()
    tree = tx.tree.head()
    manifest = {
        "form": FORM,
        "program": __version__,
        "revision": migrate.newest(),
        "at": at.isoformat(),
        "ledger": {"seals": number, "head": head, "size": tree.size, "root": tree.root},
        "rows": rows,
        "withheld": sorted(leaving.WITHHELD),
        "unread": unread,
        "files": folder.told(),
    }
    text = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    (folder.place / MANIFEST).touch(mode=0o600)
    (folder.place / MANIFEST).write_bytes(text)
    return Left(
        rows=rows,
        files=len(folder.sums),
        manifest=hashlib.sha256(text).hexdigest(),
        seal=number,
        head=head,
        unread=tuple(unread),
    )


def look(folder: Path, heads: Sequence[TreeHead], told: Callable[[int, int], None]) -> Looked:
    """Hold a folder to its manifest, and its ledger to itself and to heads from another hand. Reads no database and no settings.

    Raises Invalid (`exported_unreadable` for a manifest that is none, `exported_rows` where the ledger's rows cannot be read).
    """
    text, manifest = _manifest(folder)
    wrong = [("surplus", name) for name in sorted(_there(folder) - manifest["files"].keys() - {MANIFEST})]
    total, seen = sum(one["bytes"] for one in manifest["files"].values()), 0
    for name, held in manifest["files"].items():
        problem = _differs(folder, name, held)
        if problem is not None:
            wrong.append((problem, name))
        seen += held["bytes"]
        told(seen, total)
    for name, count in manifest["rows"].items():
        if count != sum(1 for _ in _lines(folder, name)):
            wrong.append(("count", name))
    with TemporaryDirectory(prefix="inspector-") as ours:
        chain = leaving.chained({name: _rows(folder, name) for name in leaving.CHAIN}, heads, Path(ours))
    if chain.problem is not None:
        wrong.append(("ledger", chain.problem))
    said = {"seals": chain.seals, "head": chain.head, "size": chain.tree.size, "root": chain.tree.root}
    if chain.problem is None and said != manifest["ledger"]:
        wrong.append(("ledger", MANIFEST))
    wrong += [("head", f"{one.size}:{one.root}") for one in chain.differs]
    return Looked(
        files=len(manifest["files"]),
        rows=sum(manifest["rows"].values()),
        manifest=hashlib.sha256(text).hexdigest(),
        seals=chain.seals,
        head=chain.head,
        tree=chain.tree,
        wrong=tuple(wrong),
    )


def _manifest(folder: Path) -> tuple[bytes, dict[str, Any]]:
    """The manifest of a folder, in whose form every later line may trust. Raises Invalid (`exported_unreadable`)."""
    file = folder / MANIFEST
    try:
        text = file.read_bytes()
        told = json.loads(text)
        fine = told["form"] == FORM and all(
            isinstance(one["bytes"], int) and isinstance(one["sha256"], str) and _inside(name)
            for name, one in told["files"].items()
        )
        fine = fine and isinstance(told["ledger"], dict) and all(isinstance(one, int) for one in told["rows"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Invalid("exported_unreadable", file=str(file)) from error
    if not fine or {f"tables/{name}.jsonl" for name in told["rows"]} - told["files"].keys():
        raise Invalid("exported_unreadable", file=str(file))
    return text, told


def _inside(name: str) -> bool:
    """Whether a file's name leads into the folder and nowhere else."""
    return not name.startswith("/") and not {"", ".", ".."} & set(name.split("/"))


def _there(folder: Path) -> set[str]:
    return {str(one.relative_to(folder)) for one in folder.rglob("*") if one.is_symlink() or not one.is_dir()}


def _differs(folder: Path, name: str, held: Mapping[str, object]) -> str | None:
    """What is wrong with a file: it is gone, is a link to elsewhere, or holds something else."""
    file = folder / name
    if file.is_symlink() or not file.is_file():
        return "gone"
    with file.open("rb") as inside:
        digest = hashlib.file_digest(inside, "sha256").hexdigest()
    return None if (file.stat().st_size, digest) == (held["bytes"], held["sha256"]) else "altered"


def _lines(folder: Path, name: str) -> Iterator[str]:
    file = folder / f"tables/{name}.jsonl"
    if file.is_file():
        with file.open(encoding="utf-8", errors="surrogatepass", newline="\n") as inside:
            yield from inside


def _rows(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    for line in _lines(folder, name):
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise Invalid("exported_rows", table=name) from error
        yield row


def _place(*parts: object) -> str:
    """A place among the files, whatever the parts are made of."""
    return "/".join(("files", *("%2E%2E" if part in (".", "..") else quote(str(part), safe="") for part in parts)))


def _cell(value: object) -> str:
    return "" if value is None else plain_cell(str(value).lower() if isinstance(value, bool) else str(value))


def _cells(told: Sequence[str]) -> str:
    line = StringIO()
    csv.writer(line).writerow(told)
    return line.getvalue()


def _readme(lang: Lang) -> str:
    """What lies where, in words."""
    lines = [label("leaving.readme", lang), ""]
    for name, columns in leaving.leaving().items():
        lines += [f"## {name}", "", label(f"leaving.table_{name}", lang), "", label("leaving.heads", lang), "|---|---|---|"]
        lines += [f"| {one.name} | {label(f'leaving.form_{one.form}', lang)} | {'✓' if one.key else ''} |" for one in columns]
        lines.append("")
    withheld = ", ".join(f"`{name}`" for name in sorted(leaving.WITHHELD))
    return "\n".join([*lines, label("leaving.withheld", lang, columns=withheld), ""])
