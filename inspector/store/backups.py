"""A backup: all that an office holds at one moment in one file, for whom it is meant alone; brought back; and found when it is needed."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import sqlalchemy as sa

from inspector.domain.errors import Invalid, Refusal
from inspector.store import envelope, keys, migrate
from inspector.store.mark import MARK
from inspector.store.moving import Told, copy, empty, private
from inspector.store.store import Store
from inspector.store.tx import Tx

_SQLITE = b"SQLite format 3\x00"
"""How an SQLite file begins."""
_HEAD = 100
"""Bytes of its header."""
_LOOKED = 3
"""So many files at most are looked at for one that is whole: each is read from end to end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a backup holds: rows and digest of each table, number and head of the ledger's last seal."""

    content: dict[str, tuple[int, str]]
    seal: int
    head: str


def back_up(source: Store, file: Path, told: Told, recipients: Sequence[str] = ()) -> Copied:
    """Write all that `source` holds at this moment into a new file for its owner's eyes; under its name there is a whole one or none.

    Where there are `recipients` it is for theirs alone: what is plain lies beside the office while it is made, and never where the file is.

    Raises Invalid (`backup_exists`) for a name that is taken, (`backup_folder_missing`) for a folder that is not there: mistyped, or
    on a drive that is not mounted, it would lie where nobody looks for it, and (`backup_recipient_unfit`); Refusal as `move` does.
    """
    if not file.parent.is_dir():
        raise Invalid("backup_folder_missing", file=str(file), folder=str(file.parent))
    part = file.with_name(f"{file.name}.part")
    if file.exists():
        raise Invalid("backup_exists", file=str(file))
    envelope.refuse_unfit(recipients)
    part.unlink(missing_ok=True)
    try:
        if recipients:
            with aside(source.url) as ours:
                copied = _copied(source, ours / file.name, told)
                with (ours / file.name).open("rb") as plain, _new(part) as out:
                    envelope.enclose(plain, out, recipients)
        else:
            copied = _copied(source, part, told)
        part.replace(file)
    except BaseException:  # what was begun holds personal data, and nobody looks for it
        for left in (part, *(part.with_name(f"{part.name}-{log}") for log in ("wal", "shm", "journal"))):
            left.unlink(missing_ok=True)
        raise
    return copied


def _copied(source: Store, file: Path, told: Told) -> Copied:
    with private(file) as target:
        held = copy(source, target, told)
        with target.read() as tx:
            number, head = tx.ledger.head()
    return Copied(content=held, seal=number, head=head)


def _new(file: Path) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb")


@contextmanager
def aside(url: str | sa.URL) -> Iterator[Path]:
    """A folder of our own that goes again with what is in it: beside an office's file, else where the system has such."""
    office = _file(url)
    beside = office.parent if office is not None and office.parent.is_dir() else None
    with TemporaryDirectory(prefix=".inspector-", dir=beside) as ours:
        yield Path(ours)


@contextmanager
def disclosed(file: Path, key: Path | None, url: str) -> Iterator[Path]:
    """A backup that can be read: the file itself, or where it is encrypted what it holds, in a folder of our own.

    Raises Invalid: `backup_encrypted` where no key is named, `backup_key_unfit`, `backup_key_other`, `backup_altered`.
    """
    with file.open("rb") as held:
        if not envelope.enclosed(held.read(len(envelope.MAGIC))):
            yield file
            return
        if key is None:
            raise Invalid("backup_encrypted", file=str(file))
        keys = backup_keys(key)
        held.seek(0)
        with aside(url) as ours:
            with _new(ours / file.name) as out:
                envelope.disclose(held, out, keys)
            yield ours / file.name


def backup_keys(file: Path) -> list[str]:
    """The private halves in a file that only its owner may read, a line each. Raises Invalid (`backup_key_unfit`)."""
    try:
        lines, mode = file.read_text("ascii").splitlines(), stat.S_IMODE(file.stat().st_mode)
    except (OSError, UnicodeDecodeError) as error:
        raise Invalid("backup_key_unfit", file=str(file)) from error
    held = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    if mode & (stat.S_IRWXG | stat.S_IRWXO) or not held:
        raise Invalid("backup_key_unfit", file=str(file))
    for one in held:
        try:
            envelope.recipient_of(one)
        except Invalid as error:
            raise Invalid("backup_key_unfit", file=str(file)) from error
    return held


def restore(file: Path, target: Store, sign: Callable[[Tx], None], told: Told) -> dict[str, tuple[int, str]]:
    """Bring what a backup holds, of this release or an earlier one, to the empty `target`; the backup itself is only read.

    Leases are void, and `sign` writes into the ledger who restored it. Raises Refusal as `move` does, and where the backup is sealed by
    a key of codes that `target` has not (`key_missing`).
    """
    refuse_damaged(file)
    migrate.upgrade(target)
    if not empty(target):
        raise Refusal("restore_not_empty")
    copied = file.with_name(f".{file.name}.reading")
    copied.unlink(missing_ok=True)
    copied.touch(mode=0o600)
    shutil.copyfile(file, copied)
    try:
        with private(copied) as source:
            keys.refuse_unreadable(source, target.keys)

            def done(tx: Tx) -> None:
                tx.work.void_leases()
                sign(tx)

            return copy(source, target, told, done)
    finally:
        copied.unlink(missing_ok=True)


def refuse_damaged(file: Path, name: Path | None = None) -> None:
    """Raise Invalid (`backup_unreadable`, by `name`) for what is no backup, or a damaged one, before anything is touched."""
    held = sa.create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    )
    try:
        with held.connect() as connection:
            problem = str(connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one())
            if problem == "ok" and not sa.inspect(connection).has_table(MARK.name):
                problem = f"no {MARK.name}"
    except sa.exc.DatabaseError as error:
        problem = str(error.orig)
    finally:
        held.dispose()
    if problem != "ok":
        raise Invalid("backup_unreadable", file=str(name or file), problem=problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A backup that lies ready: where, when it was made, and whether it is encrypted, so that nobody here can see if it is whole."""

    file: Path
    at: datetime
    encrypted: bool


def newest(url: str, folder: Path | None, *, whole: bool) -> Found | None:
    """The newest backup in a folder of such, or copy that a migration has left beside the file; `whole`: as far as one can see."""
    there = sorted(filter(None, map(_found, _there(_file(url), folder))), key=lambda one: (one.at, one.file.name), reverse=True)
    return next((one for one in there[:_LOOKED] if one.encrypted or not whole or _whole(one.file)), None)


def _there(office: Path | None, folder: Path | None) -> Iterator[Path]:
    """Whatever may be one: what stands beside the office's file, and in the folder but that file itself."""
    if office is not None and office.parent.is_dir():
        yield from office.parent.glob(f"{office.name}.before-*")
    if folder is not None and folder.is_dir():
        own = office.resolve() if office is not None else None
        yield from (one for one in folder.iterdir() if one.suffix != ".part" and one.resolve() != own)


def _file(url: str | sa.URL) -> Path | None:
    """The file of an SQLite office; none of a server's."""
    told = sa.make_url(url)
    return Path(told.database) if told.get_backend_name() == "sqlite" and told.database else None


def _found(file: Path) -> Found | None:
    """A file that begins like a backup; of any other, or what cannot be read, none."""
    try:
        with file.open("rb") as held:
            begin = held.read(_HEAD)
        told = file.stat()
    except OSError:
        return None
    encrypted = envelope.enclosed(begin)
    whole = encrypted or (begin.startswith(_SQLITE) and len(begin) == _HEAD and told.st_size >= _size(begin))
    return Found(file=file, at=datetime.fromtimestamp(told.st_mtime, UTC), encrypted=encrypted) if whole else None


def _size(begin: bytes) -> int:
    """How long an SQLite file says that it is: one that was cut is found by it without being read."""
    page = int.from_bytes(begin[16:18])
    return (65_536 if page == 1 else page) * int.from_bytes(begin[28:32])


def _whole(file: Path) -> bool:
    try:
        refuse_damaged(file)
    except Invalid:
        return False
    return True
