"""Opening the store: its address with the password from a file, the first connection, and sole ownership of an SQLite file."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

from inspector.domain.errors import Refusal
from inspector.store import checkup, keys, migrate
from inspector.store.keyring import Keyring
from inspector.store.store import Store

log = structlog.get_logger(__name__)

PATIENCE = 60.0
"""Seconds for which a daemon waits for its database at a start."""

Late = Callable[[str], None]
"""Told, once, why the database does not answer yet."""


def opened(url: str, *, password: str | None = None, synchronous: str = "FULL", ring: Keyring | None = None) -> Store:
    """A store at an address; the password may come from elsewhere than the URL. `ring`: by which it seals."""
    address = sa.make_url(url)
    if password is not None:
        address = address.set(password=password)
    return Store(address.render_as_string(hide_password=False), synchronous=synchronous, keys=ring)


def reach(store: Store, seconds: float = PATIENCE, *, late: Late = lambda _problem: None) -> None:
    """Wait for the first connection: a database that starts a little later is no reason to fail, nor one to be silent (`late`)."""
    if store.sqlite and store.url.database:
        _for_our_eyes(Path(store.url.database).resolve())

    def failed(state: RetryCallState) -> None:
        error = state.outcome.exception() if state.outcome is not None else None
        if state.attempt_number == 1 and error is not None:
            late(checkup.unreachable(error) or type(error).__name__)

    for attempt in Retrying(
        retry=retry_if_exception_type(sa.exc.OperationalError),
        stop=stop_after_delay(seconds),
        wait=wait_random_exponential(multiplier=0.5, max=5),
        before_sleep=failed,
        reraise=True,
    ):
        with attempt, store.engine.connect() as connection:
            connection.execute(sa.select(1))


def ready(store: Store, *, late: Late = lambda _problem: None, made: Late | None = lambda _where: None) -> None:
    """Reach the database and see that it is this release's. Raises Refusal. Where it does not answer at once, log and `late` say so.

    Where it is empty, log and `made` say where the new one lies: in silence an office would begin anew by a mistyped address. Without
    `made` a new one is what is expected, and the log notes it.

    A file of our own, or an empty database, is brought there by itself;
    a shared PostgreSQL with content is migrated by `migrate`, so that a rolling upgrade stays in people's hands.
    """

    def awaited(problem: str) -> None:
        log.warning("database.awaited", problem=problem, seconds=PATIENCE)
        late(problem)

    reach(store, late=awaited)
    present = migrate.present(store)
    if store.sqlite or present is None:
        migrate.upgrade(store)
        if present is None:
            where = store.url.database if store.sqlite else store.url.render_as_string(hide_password=True)
            if store.sqlite and store.url.database:
                _settle(Path(store.url.database).resolve())
            if made is None:
                log.info("database.made", where=where)
            else:
                log.warning("database.made", where=where)
                made(str(where))
    elif present != migrate.newest():
        raise Refusal("database_not_migrated", present=present, wanted=migrate.newest())
    if (store.sqlite or present is None) and store.keys.current_lookup:
        keys.settle_codes(store)
    keys.refuse_unfit(store)


def make_folder(folder: Path | None) -> None:
    """Make the one folder that nobody has named. Any other must be there.

    A mistyped path, a disk that is not mounted, or a link to either must not become a new office.
    """
    if folder is not None:
        with suppress(FileExistsError):  # a link to nowhere
            folder.mkdir(exist_ok=True)


def _for_our_eyes(file: Path) -> None:
    """The file holds personal data and the secret of all links: nobody else on the machine may read it (its log files follow it)."""
    try:
        file.touch(mode=0o600)
    except FileNotFoundError as error:
        raise Refusal("database_folder_missing", file=str(file), folder=str(file.parent)) from error
    if file.stat().st_uid == os.geteuid():
        file.chmod(file.stat().st_mode & 0o700)


_LOGS = ("-wal", "-shm", "-journal")
"""How the files end that SQLite keeps beside an open database."""
_FIRST = ", first start"
"""What a lock says beside its owner until the database that it was taken for has been made."""


def refuse_gone(url: str, *, lock: bool = True) -> None:
    """Raise Refusal (`database_gone`) where the SQLite file is away, or has lost what it held, and what a daemon leaves lies beside it.

    That is its lock, or its log. To begin anew in silence would hide that every case and every token is gone. And it would overwrite the
    log (`-wal`), in which are the last cases that were answered for: with the file put back beside its log they are all there. SQLite
    itself deletes the log of an empty file as soon as anybody opens that, even to read: so this is asked first of all. `lock`: its lock
    alone tells, too; not so where a backup is brought back on purpose.
    """
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return
    file = Path(address.database).resolve()
    left = [one for one in (file.with_name(file.name + end) for end in _LOGS) if one.exists()]
    if (settled := _settled(file)) and lock:
        left.append(_lock(file))
    if left and _lost(file, settled=settled):
        raise Refusal("database_gone", file=address.database, left=", ".join(map(str, left)))


def _lost(file: Path, *, settled: bool) -> bool:
    """Whether there is no office's database where one was. `settled`: its lock says that there was one.

    A first start that was broken off leaves a file with nothing in it, and a log of which nothing holds.
    """
    if not file.exists() or not file.stat().st_size:
        return True
    return not _marked(file) and (settled or _asked(file, "PRAGMA page_count", "mode=ro") != 1)


def _marked(file: Path) -> bool:
    """Whether a file holds Alembic's mark, by itself or by its log, which stays as it is. What cannot be read is for others to tell."""
    if not file.exists() or not file.stat().st_size:
        return False
    ask = "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
    ways = ("mode=ro&immutable=1", *(["mode=ro"] if file.with_name(file.name + "-wal").exists() else []))
    return any(_asked(file, ask, way) != 0 for way in ways)


def _asked(file: Path, ask: str, way: str) -> int | None:
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?{way}", uri=True)) as held:
            return int(held.execute(ask).fetchone()[0])
    except sqlite3.Error:
        return None


def _settled(file: Path) -> bool:
    """Whether a lock lies beside a file that tells of a database."""
    lock = _lock(file)
    return lock.exists() and not lock.read_text("utf-8").endswith(_FIRST)


def _lock(file: Path) -> Path:
    return file.with_name(file.name + ".lock")


@contextmanager
def sole_owner(url: str, *, anew: bool = False) -> Iterator[None]:
    """On SQLite one daemon owns the file: an OS lock beside it, freed by the kernel when the process dies.

    `anew`: a backup is brought back on purpose, and the lock of the file that was lost is no reason against it.
    It lies beside the file itself, whatever links lead there, so that no second daemon comes in by another name.

    Raises Refusal (`database_in_use`; `database_gone` where one has been).
    """
    address = sa.make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        yield
        return
    file = Path(address.database).resolve()
    refuse_gone(url, lock=not anew)
    _for_our_eyes(file)
    # Who is broken off in a first second leaves no lock that tells of a database that never was.
    with owned(file, "" if _marked(file) or _settled(file) else _FIRST):
        try:
            yield
        finally:
            _settle(file)


def _settle(file: Path) -> None:
    """The lock, where it is ours, tells from now on that there is a database."""
    path = _lock(file)
    if path.exists() and path.read_text("utf-8") == f"pid {os.getpid()}{_FIRST}" and _marked(file):
        path.write_text(f"pid {os.getpid()}", "utf-8")


@contextmanager
def nothing_left(url: str) -> Iterator[None]:
    """Where what its owner begins with an empty SQLite file fails, the file goes again, and its lock where that tells of none before it."""
    address = sa.make_url(url)
    file = Path(address.database or "").resolve()
    empty = address.get_backend_name() == "sqlite" and file.is_file() and not file.stat().st_size
    try:
        yield
    except BaseException:
        for one in (*(file.with_name(file.name + end) for end in ("", *_LOGS)), _lock(file)) if empty else ():
            if one != _lock(file) or not _settled(file):
                one.unlink(missing_ok=True)
        raise


@contextmanager
def owned(file: Path, state: str = "") -> Iterator[None]:
    """The lock beside a file, whose folder is there, is ours; it says who holds it, and `state`. Raises Refusal (`database_in_use`)."""
    with _lock(file).open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.seek(0)
            raise Refusal("database_in_use", file=str(file), owner=lock.read().strip() or "?") from error
        lock.truncate(0)
        lock.write(f"pid {os.getpid()}{state}")
        lock.flush()
        yield
