"""One process wakes another through PostgreSQL; a listener outlives its connection."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from inspector.domain.decision import Order, OrderKind
from inspector.store.listening import listen
from inspector.store.store import Store
from tests.house import START, closing, open_store


@pytest.fixture
def pg(postgres_url: str) -> Iterator[Store]:
    """A store on PostgreSQL."""
    with closing(open_store(postgres_url)) as held:
        yield held


@contextmanager
def listening(store: Store) -> Iterator[threading.Semaphore]:
    """A listener; its semaphore counts what it has heard."""
    heard, stop = threading.Semaphore(0), threading.Event()
    thread = threading.Thread(target=listen, args=(store, heard.release, stop))
    thread.start()
    assert heard.acquire(timeout=10), "it hears once when it is connected"
    yield heard
    stop.set()
    thread.join(timeout=10)
    assert not thread.is_alive()


def order(number: int) -> Order:
    """An order that is due."""
    return Order(kind=OrderKind.ASK, key=f"k{number}", due_at=START, urgent_by=START)


@pytest.mark.postgres
def test_work_written_by_another_process_wakes_the_listener(pg: Store, postgres_url: str) -> None:
    with listening(pg) as heard, closing(Store(postgres_url)) as other:
        with other.begin() as tx:
            tx.work.order([order(1)], START)
        assert heard.acquire(timeout=10)


@pytest.mark.postgres
def test_a_listener_whose_connection_is_cut_listens_again(pg: Store) -> None:
    with listening(pg) as heard:
        with pg.engine.begin() as connection:
            connection.execute(
                sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'inspector-listen'")
            )
        assert heard.acquire(timeout=20)
