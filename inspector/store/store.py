"""The store: one way to open a transaction, on SQLite and on PostgreSQL alike.

SQLite: WAL, full durability, `BEGIN IMMEDIATE`, one writer at a time in the process (turns are fair and share commits), readers
beside it.
PostgreSQL: psycopg 3, READ COMMITTED, row locks, and timeouts that free what a frozen replica holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import PoolProxiedConnection

from inspector.domain.errors import Away, Stale
from inspector.store.bell import Bell, notify
from inspector.store.keyring import Keyring, give
from inspector.store.keytables import CODES, key_use
from inspector.store.machine import MachineClock
from inspector.store.mark import Mark
from inspector.store.notes import Notes
from inspector.store.outage import outage, outrun
from inspector.store.reread import Rereads
from inspector.store.rested import rested
from inspector.store.turns import Turns
from inspector.store.tx import Tx

log = structlog.get_logger(__name__)

_PG_SETTINGS = {
    "idle_in_transaction_session_timeout": "15s",
    "lock_timeout": "10s",
    "statement_timeout": "60s",
    "tcp_user_timeout": "15s",
    "application_name": "inspector",
}
_WRITES = "BEGIN IMMEDIATE"
"""How the one that writes begins. What its savepoints would have back lies in memory (`temp_store`), not in a file for each; readers,
who sort what is large, keep theirs on the disk."""
_STATEMENTS = 1_000
"""So many statements a connection to SQLite keeps prepared: an office asks some four hundred in a day, and the driver keeps 128."""
DISPLACED = "FILE_DISPLACED"
"""The SQLite file has been taken away or exchanged under its open connections, which go on in the file that nobody will find."""


Announce = Callable[[Tx, Sequence[str]], None]
"""Told the keys of work that a transaction has made ready, inside it and before its commit. A key may belong to a row that its
savepoint took back, or that was there before: an announcement is a hint, the table is the truth."""


class Store:
    """The only door to the database. `with store.begin() as tx:` commits at its end or rolls back; nobody else commits."""

    def __init__(
        self, url: str, *, synchronous: str = "FULL", pool: int = 12, patience: float = 60, keys: Keyring | None = None
    ) -> None:
        """Open the database behind a URL. `pool` readers at most; `patience`: seconds until a connection that is waited for is given up."""
        self._patience = patience
        self.url = sa.make_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self._synchronous = synchronous
        if self.sqlite:
            self._writer = self._sqlite_engine(_WRITES, size=1)
            self._reader = self._sqlite_engine("BEGIN", size=pool)
        else:
            self._writer = self._server_engine(pool)
            self._reader = self._server_engine(pool, reads=True)
        self.keys = keys or Keyring()
        for engine in {self._writer, self._reader}:
            give(engine.dialect, self.keys)
        self._steady = threading.BoundedSemaphore(max(1, pool // 3))
        self.clock = MachineClock()
        self.mark = Mark()
        self.rereads = Rereads()
        self._bell = Bell(self._ring_late)
        self._announce: Announce | None = None
        self._turns = Turns(self._writer) if self.sqlite else None
        self.notes = Notes(self.begin)
        self._fault: str | None = None
        database = self.url.database
        self._path = Path(database) if self.sqlite and database and database != ":memory:" else None
        self._file: tuple[int, int] | None = None

    def _server_engine(self, pool: int, *, reads: bool = False) -> Engine:
        """An engine for PostgreSQL; what one that `reads` begins may write nothing. Each has half of the connections."""
        told = {**_PG_SETTINGS, "default_transaction_read_only": "on"} if reads else _PG_SETTINGS
        options = " ".join(f"-c {name}={value}" for name, value in told.items() if name != "application_name")
        engine = sa.create_engine(
            self.url,
            pool_size=pool,
            max_overflow=0,
            pool_timeout=self._patience,
            hide_parameters=True,  # they hold personal data, and errors end in logs
            connect_args={"options": options, "application_name": "inspector", "connect_timeout": 5},
        )
        rested(engine)
        return engine

    def _sqlite_engine(self, begin: str, *, size: int) -> Engine:
        """An engine whose transactions start with `begin`, so that SQLAlchemy, not the driver, says when."""
        engine = sa.create_engine(
            self.url,
            pool_size=size,
            max_overflow=0,
            pool_timeout=self._patience,
            hide_parameters=True,
            connect_args={"check_same_thread": False, "timeout": 30, "cached_statements": _STATEMENTS},
        )

        @sa.event.listens_for(engine, "connect")
        def _connect(dbapi: Any, _record: object) -> None:
            dbapi.isolation_level = None
            self._file = self._file or _which(self._path)
            for pragma in (
                "journal_mode=WAL",
                f"synchronous={self._synchronous}",
                "foreign_keys=ON",
                "secure_delete=ON",  # what is purged, or sealed anew, is overwritten in the file
                "busy_timeout=30000",
                *(("temp_store=MEMORY",) if begin == _WRITES else ()),
            ):
                dbapi.execute(f"PRAGMA {pragma}")

        def _begin(connection: PoolProxiedConnection) -> None:
            with closing(connection.cursor()) as cursor:
                cursor.execute(begin)

        # Not by an event: an engine that has one of its own asks for listeners at every step of every statement.
        engine.dialect.do_begin = _begin  # type: ignore[assignment, method-assign]
        return engine

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations and checks only."""
        return self._writer

    @property
    def fault(self) -> str | None:
        """What the last transaction failed by that could not reach or write the database, until a write has succeeded again."""
        return self._fault

    def well(self) -> None:
        """A write has become durable: an outage, if there was one, is over."""
        if self._fault is not None:
            self._fault = None
            log.info("database.available")

    def announce_to(self, dispatcher: Announce | None) -> None:
        """Whom every later transaction of this process tells what it has made ready; None: nobody here carries work out."""
        self._announce = dispatcher

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """A writing transaction: commits when the block ends, rolls back when it raises.

        Raises Stale when PostgreSQL ended it because another transaction was in its way: nothing was written, doing it again is right.
        Raises Away when the database cannot be reached or written, and once it is seen to be another release's.
        """
        try:
            with self._outages(), self._begin() as tx:
                yield tx
        except DBAPIError as error:
            if not outrun(error):
                raise
            raise Stale("stale", what="transaction") from error
        for call in tx.committed:
            call()

    @contextmanager
    def _begin(self) -> Iterator[Tx]:
        with self._turns.begin() if self._turns is not None else self._writer.begin() as connection:
            tx = Tx(connection, self.clock, self.mark)
            self.keys.watch()
            if self.mark.foreign is not None:  # seen by another transaction; if it has been put right since, this one may go on
                tx.look()
            yield tx
            tx.write()
            if self.keys.told_code:
                self._refuse_former_key(connection)
            if tx.work.ready:
                self._make_known(tx)

    def _refuse_former_key(self, connection: Connection) -> None:
        """Raise Away (`keys_changed`) where codes lie under another key by now than this process has sealed one by.

        Held to the end of the transaction, so that whoever changes the key waits for it, or it for him. Where nobody has settled codes
        yet, nothing is to be said.
        """
        asked = sa.select(key_use.c.key).where(key_use.c.purpose == CODES).with_for_update(read=True)
        held = connection.execute(asked).scalar_one_or_none()
        if held is not None and held != self.keys.current_lookup:
            raise Away("keys_changed", key=held)

    def _make_known(self, tx: Tx) -> None:
        """Tell our own dispatcher, and with the commit the other processes."""
        if self._announce is not None:
            self._announce(tx, tuple(tx.work.ready))
        if not self.sqlite and not self._bell.ring(tx.connection):
            tx.committed.append(self._bell.owe)

    def _ring_late(self) -> None:
        """The notice that commits within the bell's pause are owed."""
        try:
            with self._outages(), self._writer.begin() as connection:
                notify(connection)
        except Away:
            return  # noted as an outage; the others look by themselves, as after every notice that is lost

    @contextmanager
    def read(self, *, steady: bool = False, brief: bool = False) -> Iterator[Tx]:
        """A reading transaction: sees one state, writes nothing, blocks nobody. Raises Away.

        `brief`: it is one statement, which on PostgreSQL is a transaction by itself: one journey and not three.
        `steady`: all its statements see the same state on PostgreSQL too, and it may last: a large draw is computed in it.
        At most a third of the reading connections serve such, whoever wants another waits for its end: those who ask for a moment
        find one free.
        """
        with self._outages(), self._steady if steady else nullcontext(), self._reader.connect() as connection:
            if not self.sqlite and (steady or brief):
                connection.execution_options(isolation_level="REPEATABLE READ" if steady else "AUTOCOMMIT")
            with connection.begin():
                if not self.sqlite and steady:
                    for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
                        connection.execute(sa.text(f"SET LOCAL {name} = '30min'"))
                yield Tx(connection, self.clock, self.mark, writes=False)

    @contextmanager
    def _outages(self) -> Iterator[None]:
        """Tell an outage from a bug. It is logged once, however many transactions it fails."""
        try:
            if self._file is not None and _which(self._path) != self._file:
                raise self._away(DISPLACED)  # what is written now would be gone with the file, though SQLite takes it
            yield
        except SQLAlchemyError as error:
            problem = None if isinstance(error, DBAPIError) and outrun(error) else outage(error)
            if problem is None:
                raise
            raise self._away(problem) from error

    def _away(self, problem: str) -> Away:
        if self._fault is None:
            log.warning("database.unavailable", problem=problem)
        self._fault = problem
        return Away("database_unavailable", problem=problem)

    def close(self) -> None:
        """Give every connection back."""
        self._bell.close()
        self._writer.dispose()
        if self._reader is not self._writer:
            self._reader.dispose()


def _which(path: Path | None) -> tuple[int, int] | None:
    """Device and inode of an SQLite file; None for one that lives in memory."""
    try:
        told = path.stat() if path is not None else None
    except OSError:
        return (0, 0)
    return (told.st_dev, told.st_ino) if told is not None else None
