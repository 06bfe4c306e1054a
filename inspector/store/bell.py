"""The bell: on PostgreSQL a commit that made work ready says so to the other processes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import sqlalchemy as sa
from sqlalchemy.engine import Connection

CHANNEL = "inspector_work"
_NOTIFY = sa.select(sa.func.pg_notify(CHANNEL, ""))
_PAUSE = 0.1


class Bell:
    """Rings for the other processes, at most ten times a second: every NOTIFY takes its turn at commit.

    The first commit after a pause carries the notice itself. What is committed within the pause is owed one notice together, which `late`
    gives (with a transaction of its own) when the pause is over: the last commit of a burst is told like the first.
    """

    def __init__(self, late: Callable[[], None]) -> None:
        self._late = late
        self._lock = threading.Lock()
        self._rung = 0.0
        self._owed: threading.Timer | None = None
        self._paying: threading.Thread | None = None
        self._closed = False

    def ring(self, connection: Connection) -> bool:
        """Say, with the commit, that work is ready; False within the pause: then `owe`, as soon as the commit is durable."""
        with self._lock:
            now = time.monotonic()
            if now - self._rung <= _PAUSE:
                return False
            self._rung = now
        notify(connection)
        return True

    def owe(self) -> None:
        """A notice is due at the end of the pause. Never before the commit: whoever came for it would not see the rows yet."""
        with self._lock:
            if self._owed is not None or self._closed:
                return
            self._owed = threading.Timer(max(0.0, self._rung + _PAUSE - time.monotonic()), self._pay)
            self._owed.name, self._owed.daemon = "bell", True
            self._owed.start()

    def _pay(self) -> None:
        with self._lock:
            self._owed, self._rung = None, time.monotonic()  # what is committed from here on may come too late for this notice
            self._paying = threading.current_thread()
        self._late()

    def close(self) -> None:
        """Give the notice that is owed at once, for the process may end before the pause does; and wait for one that is being given.

        Its connection would outlive the engine otherwise. What is owed from now on is left to the others' next look.
        """
        with self._lock:
            owed, paying, self._closed = self._owed, self._paying, True
        if owed is not None:
            owed.cancel()
            owed.join()
            if self._owed is owed:  # cancelled in time, so nobody has paid
                self._pay()
        if paying is not None and paying is not threading.current_thread():
            paying.join()


def notify(connection: Connection) -> None:
    """Say, with this transaction's commit, that work is ready."""
    connection.execute(_NOTIFY)
