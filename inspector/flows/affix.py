"""The register's files where they are served: written, copied, checked byte by byte, and only then said to be public and bound.

Every step may be broken off and done again. A file is written beside its place and put there whole; the list comes after the files that it
names, and the proof after the entry that the list was posted.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from inspector.domain import manifest
from inspector.domain.decision import Because
from inspector.domain.errors import Invalid
from inspector.domain.folio import differing
from inspector.domain.headlist import PublicHead
from inspector.domain.manifest import LEDGER, MANIFEST, POSTED
from inspector.flows import casefile
from inspector.flows.office import Office
from inspector.store.tx import Tx, new_id

ABOUT = "register"
_NEW = ".new"
_BESIDE = frozenset({MANIFEST, LEDGER})
_NOTHING: Mapping[str, str] = {}


def write(folder: Path, files: Iterable[tuple[str, bytes]], stand: Mapping[str, str] = _NOTHING) -> tuple[int, int]:
    """Write what has changed, then the list, and take away what a former list named and this one does not; (written, unchanged).

    `stand` are files that lie there already, by their digests: they are not looked at (`check` does). A proof of another list goes too:
    until the register is posted it is bound to nothing. Raises OSError.
    """
    sums = dict(stand)
    written, left = 0, len(sums)
    for name, content in files:
        sums[name] = manifest.digest(content)
        new = _put(folder, name, content)
        written, left = written + new, left + (not new)
    _finish(folder, sums, manifest.listing(sums))
    return written, left


def copy(folder: Path, to: Path) -> tuple[int, int]:
    """Bring a folder's files, as its list names them, to where they are served; (written, unchanged). Raises OSError."""
    listed = (folder / MANIFEST).read_bytes()
    sums = manifest.read(listed)
    written = 0
    for name in sums:
        written += _put(to, name, (folder / name).read_bytes())
    _finish(to, sums, listed)
    return written, len(sums) - written


def check(folder: Path, listed: bytes) -> None:
    """Raise Invalid (`publication_copy_differs`) unless each file that a list names is there, byte for byte, and the list itself."""
    there = dict(sums_of(folder))
    held = (folder / MANIFEST).read_bytes()
    wrong = differing(there, manifest.read(listed))
    wrong = [one for one in wrong if one.code != "file_added"]  # what else a place serves is no affair of the register's
    if wrong or held != listed:
        names = ", ".join(one.about for one in wrong[:5]) or MANIFEST
        raise Invalid("publication_copy_differs", folder=str(folder), files=names, count=len(wrong))


def sums_of(folder: Path) -> Iterator[tuple[str, str]]:
    """(name, SHA-256) of every file in a folder, but the list and the proof. What is no plain file has an empty one. Raises OSError."""
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            yield name, ""
        elif path.is_file() and name not in _BESIDE:
            yield name, manifest.digest(path.read_bytes())


def bind(office: Office, listed: bytes, address: str, results: int, look: str = "") -> bytes:
    """The proof of the entry that this list was posted at an address; the entry is written once, however often it is asked for.

    `look`: how its pages look (`gazette.look`), by which a later build knows which of them may stand. Raises Stale (`ledger_unsealed`)
    where nothing can be sealed now.
    """
    facts = {"manifest": manifest.digest(listed), "files": len(manifest.read(listed)), "address": address, "results": results}
    facts |= {"look": look} if look else {}
    with office.store.begin() as tx:
        now = office.now()
        entry = _said(tx, facts)
        if entry is None:
            entry = new_id()
            tx.ledger.append(entry, ABOUT, Because(rule="publication.posted", basis=(), pack="", facts=facts), {}, now)
    (held,), head, growth = casefile.proved(office, [entry], entry)
    day = office.calendar.local_date(held.at)
    word = office.keys.word(office.house, PublicHead(head=head, day=day).signed)
    return manifest.proof(held, head, growth, (day, word) if word is not None else None)


def prove(folder: Path, ledger: bytes) -> None:
    """Put the proof beside the files. Raises OSError."""
    _put(folder, LEDGER, ledger)


def last(office: Office, tx: Tx) -> date | None:
    """The day on which the register was posted last; None before the first time."""
    said = [row["at"] for row in tx.ledger.about(ABOUT) if row["rule"] == POSTED]
    return office.calendar.local_date(said[-1]) if said else None


def posted(tx: Tx) -> tuple[str, dict[str, object]] | None:
    """The entry that a register was posted last, by its id, and what it says; None before the first time, and where that is erased."""
    said = [row for row in tx.ledger.about(ABOUT) if row["rule"] == POSTED]
    return (str(said[-1]["id"]), dict(json.loads(said[-1]["body"])["facts"])) if said and said[-1]["body"] else None


def _said(tx: Tx, facts: dict[str, object]) -> str | None:
    """The entry that a register was posted last, if it was this one."""
    said = [row for row in tx.ledger.about(ABOUT) if row["rule"] == POSTED and row["body"]]
    return str(said[-1]["id"]) if said and json.loads(said[-1]["body"])["facts"] == facts else None


def _finish(folder: Path, sums: dict[str, str], listed: bytes) -> None:
    """What only the former list named goes; then the new list is there, when all that it names is, and no proof that is of another."""
    for name in _former(folder) - sums.keys():
        (folder / name).unlink(missing_ok=True)
    if _put(folder, MANIFEST, listed):
        (folder / LEDGER).unlink(missing_ok=True)


def _former(folder: Path) -> set[str]:
    """What the list that lies in a folder names, as far as it is inside; nothing where there is none that can be read."""
    try:
        names = manifest.read((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return set()
    return {name for name in names if not Path(name).is_absolute() and ".." not in Path(name).parts}


def _put(folder: Path, name: str, content: bytes) -> bool:
    """Put a file there whole and for good; whether it was another one."""
    path = folder / name
    if path.is_file() and path.stat().st_size == len(content) and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + _NEW)
    with new.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    new.replace(path)
    return True
