"""The budget of tries: whoever stands behind a connector is tried again at most for a share of what he is asked first.

Three connectors to one sick platform share it, and so do all daemons: the row is the owner's. First tries are counted here and told with
the next try asked for, so a daemon that is killed forgets tries that it had earned, and never one that it made.
"""

from __future__ import annotations

import threading
from collections import Counter

from inspector.daemon.engine import Engine
from inspector.flows.office import Office


class SparedError(Exception):
    """There is no try left for this owner, whose connectors are failing: nobody was called."""


class Budget:
    """The first tries of this process that no row knows of yet; from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._share = engine.retry_share
        self._reserve = engine.retry_reserve
        self._guard = threading.Lock()
        self._first: Counter[str] = Counter()

    def first(self, owner: str) -> None:
        """A call goes out for the first time."""
        with self._guard:
            self._first[owner] += 1

    def again(self, office: Office, owner: str) -> bool:
        """Whether one may be tried again; a yes is used up. Raises Away."""
        with self._guard:
            earned = self._first.pop(owner, 0) * self._share
        with office.store.begin() as tx:
            return tx.retries.take(owner, earned, self._reserve, tx.machine_now())
