"""The Dispatcher port: how work reaches the hands that carry it out. The work table stays the truth, whoever carries the keys."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Protocol

from inspector.daemon.worker import Worker
from inspector.store.tx import Tx


class Dispatcher(Protocol):
    """announce, run, stop (engine.md 5.3)."""

    def announce(self, tx: Tx, keys: Sequence[str]) -> None:
        """Work of these keys is due now; called inside the transaction that made it so, which a carrier may join.

        Keys may repeat, or name rows that do not stay: whoever carries them out asks the table.
        """
        ...

    def run(self) -> None:
        """Begin to carry out, and to be told by every transaction of the store."""
        ...

    def stop(self, grace: float) -> None:
        """Stop taking, finish what runs within `grace` seconds, give the rest back."""
        ...


class Embedded:
    """The default on both databases: the worker claims from the table itself; an announcement only wakes it.

    On PostgreSQL other processes ring a bell with their commits; a supervised thread hears it. Polling stays the net.
    """

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self._store = worker.office.store
        self._stopping = threading.Event()

    def announce(self, tx: Tx, keys: Sequence[str]) -> None:  # noqa: ARG002 - the claim asks the table, not the keys
        """Wake the claim loop as soon as the rows can be seen."""
        tx.committed.append(self.worker.wake)

    def run(self) -> None:
        """Start the worker's loops and the listener."""
        self._store.announce_to(self.announce)
        self.worker.start()
        if not self._store.sqlite:
            from inspector.store.listening import listen  # brings the PostgreSQL driver, which SQLite has no use for

            threading.Thread(
                target=listen, args=(self._store, self.worker.wake, self._stopping), name="listen", daemon=True
            ).start()

    def stop(self, grace: float) -> None:
        """Drain."""
        self._stopping.set()
        self._store.announce_to(None)
        self.worker.stop(grace)


class Carried:
    """For PostgreSQL alone: procrastinate carries the keys from each commit to one of the daemons (decision 132), and they wake it.

    Who waits to be woken polls as well, so that what is not carried is carried out at the next look. Raises Invalid
    (`dispatcher_needs_postgres`, `dispatcher_library_missing`).
    """

    def __init__(self, worker: Worker) -> None:
        from inspector.store.carrier import Carrier  # brings procrastinate, which is an extra

        self.worker = worker
        self._store = worker.office.store
        self._stopping = threading.Event()
        self._carrier = Carrier(self._store, worker.wake)
        self._carrying = threading.Thread(target=self._carrier.carry, args=(self._stopping,), name="carry", daemon=True)

    def announce(self, tx: Tx, keys: Sequence[str]) -> None:
        """Let the commit carry them; where that cannot be, wake our own claim loop as soon as the rows can be seen."""
        if not self._carrier.put(tx, keys):
            tx.committed.append(self.worker.wake)

    def run(self) -> None:
        """Make procrastinate's tables where they lack, and start the worker's loops and the hearing of keys."""
        self._carrier.furnish()
        self._store.announce_to(self.announce)
        self.worker.start()
        self._carrying.start()

    def stop(self, grace: float) -> None:
        """Drain."""
        self._stopping.set()
        self._store.announce_to(None)
        self.worker.stop(grace)
        self._carrying.join(timeout=5)


def dispatcher_of(name: str, worker: Worker) -> Dispatcher:
    """The dispatcher that the settings name (`engine.dispatcher`). Raises as `Carried` does."""
    return Carried(worker) if name == "procrastinate" else Embedded(worker)
