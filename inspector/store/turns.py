"""Taking turns on SQLite's one writing connection, and sharing the commit.

One `fsync` costs more than the work of many small transactions. So those who wait while another writes join its transaction, each in a
savepoint of its own, and all return when the one commit is durable. Turns are first come, first served: nobody starves.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sqlalchemy.engine import Connection, Engine, RootTransaction

from inspector.store.savepoint import savepoint

MOST = 64
"""How many may share a commit: bounds how long the first of them waits."""


@dataclass
class _Batch:
    """A transaction that several writers share. `broken` is what made it impossible to commit."""

    connection: Connection
    transaction: RootTransaction
    size: int = 0
    broken: BaseException | None = None
    done: threading.Event = field(default_factory=threading.Event)


class Turns:
    """The queue before the connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._busy = False
        self._batch: _Batch | None = None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """A turn: the block runs in a savepoint; leaving it means that the shared commit is durable.

        Raises what the block raises (then nothing of it is kept), or what broke the shared transaction (then nothing of anybody).
        """
        self._await_turn()
        try:
            batch = self._join()
        except BaseException:
            self._pass_turn()
            raise
        try:
            with self._part(batch):
                yield batch.connection
        finally:
            self._leave(batch)
        if batch.broken is not None:
            raise batch.broken

    def _await_turn(self) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            mine = threading.Event()
            self._waiting.append(mine)
        mine.wait()

    def _pass_turn(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._busy = False

    def _join(self) -> _Batch:
        """The open batch, or a new one."""
        if self._batch is None:
            connection = self._engine.connect()
            try:
                self._batch = _Batch(connection=connection, transaction=connection.begin())
            except BaseException:
                connection.close()
                raise
        self._batch.size += 1
        return self._batch

    @contextmanager
    def _part(self, batch: _Batch) -> Iterator[None]:
        """One writer's savepoint. An error after which the transaction is gone (a full disk) has undone what the others wrote, too."""
        try:
            with savepoint(batch.connection, "turn"):
                yield
        except BaseException as error:
            if not getattr(batch.connection.connection.dbapi_connection, "in_transaction", True):
                batch.broken = error
            raise

    def _leave(self, batch: _Batch) -> None:
        """Let the next one join, or commit for all when nobody waits."""
        with self._guard:
            following = self._waiting.popleft() if self._waiting and batch.size < MOST and batch.broken is None else None
        if following is not None:
            following.set()
            batch.done.wait()
            return
        self._batch = None
        try:
            with batch.connection:
                if batch.broken is None:
                    batch.transaction.commit()
                else:
                    batch.transaction.rollback()
        except Exception as error:  # noqa: BLE001 - told to every member: nothing was kept
            batch.broken = batch.broken or error
            self._engine.dispose()  # a connection whose COMMIT failed is still in that transaction, and would be for ever
        finally:
            batch.done.set()
            self._pass_turn()
