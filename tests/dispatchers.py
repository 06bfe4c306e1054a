"""The columns in which the Dispatcher port is tested: each adapter on each database it serves, and one that lies about what is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from inspector.daemon.dispatch import Dispatcher, dispatcher_of
from inspector.daemon.worker import Worker
from inspector.store.store import Store
from inspector.store.tx import Tx
from inspector.telemetry.metrics import Metrics
from tests.engine import FAST, Hands, real_office
from tests.house import closing, open_store

COLUMNS = [
    pytest.param(("embedded", "sqlite"), id="embedded-sqlite"),
    pytest.param(("embedded", "postgres"), id="embedded-postgres", marks=pytest.mark.postgres),
    pytest.param(("procrastinate", "postgres"), id="procrastinate-postgres", marks=pytest.mark.postgres),
]


def url_of(database: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """The address of an empty database of that sort."""
    if database == "sqlite":
        return f"sqlite:///{folder / 'inspector.sqlite3'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@dataclass
class Liar:
    """Announces by another dispatcher, but drops one announcement in three and doubles another third; it counts its `lies`."""

    inner: Dispatcher
    store: Store
    chance: Random = field(default_factory=lambda: Random(9))
    lies: Counter[str] = field(default_factory=Counter)

    def announce(self, tx: Tx, keys: Sequence[str]) -> None:
        """Perhaps."""
        lie = self.chance.choice(("dropped", "doubled", "told"))
        self.lies[lie] += 1
        for _ in range({"dropped": 0, "doubled": 2, "told": 1}[lie]):
            self.inner.announce(tx, keys)

    def run(self) -> None:
        """The other one runs, and hears of commits by us alone."""
        self.inner.run()
        self.store.announce_to(self.announce)

    def stop(self, grace: float) -> None:
        """The other one stops."""
        self.inner.stop(grace)


@dataclass
class Column:
    """One adapter on one database, with a store of its own."""

    name: str
    store: Store

    def dispatcher(self, hands: Hands, *, poll: float, owner: str = "one") -> Dispatcher:
        """It, around a worker that notes what it is asked and looks by itself every `poll` seconds."""
        engine = replace(FAST, poll=poll)
        return dispatcher_of(self.name, Worker(real_office(self.store), Metrics(), engine, owner, flows=hands.flows()))

    @contextmanager
    def running(self, *, poll: float = 3600, lying: bool = False, **hands: Any) -> Iterator[tuple[Hands, Dispatcher]]:
        """It for the length of a block, and its hands. Unless told otherwise it looks by itself once an hour."""
        held = Hands(**hands)
        carrier = self.dispatcher(held, poll=poll)
        told = Liar(carrier, self.store) if lying else carrier
        told.run()
        try:
            yield held, told
        finally:
            told.stop(5)


def asked_for(told: str, worker: Worker) -> Dispatcher:
    """The dispatcher that `INSPECTOR_TEST_DISPATCHER` names, for a worker on PostgreSQL."""
    assert told in ("procrastinate", "lying"), told
    carrier = dispatcher_of("procrastinate", worker)
    return carrier if told == "procrastinate" else Liar(carrier, worker.office.store)


@contextmanager
def column_of(told: tuple[str, str], request: pytest.FixtureRequest, folder: Path) -> Iterator[Column]:
    """A column on a fresh database."""
    name, database = told
    with closing(open_store(url_of(database, request, folder))) as store:
        yield Column(name=name, store=store)
