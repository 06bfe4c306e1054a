"""Work wakes its own process by announcement, another one through PostgreSQL; a listener outlives its connection."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector.daemon.dispatch import Embedded
from inspector.daemon.worker import Worker
from inspector.domain.decision import Order, OrderKind
from inspector.store import bell
from inspector.store.bell import Bell, notify
from inspector.store.listening import listen
from inspector.store.store import Store
from inspector.store.tables import work
from inspector.telemetry.metrics import Metrics
from tests.engine import FAST, Hands, put, real_office, until
from tests.engine import order as due
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
    assert heard.acquire(timeout=60), "it hears once when it is connected"
    yield heard
    end(store, thread, stop)


def end(store: Store, thread: threading.Thread, stop: threading.Event) -> None:
    """Stop a listener, with a last notice so that it need not wait to look for itself."""
    stop.set()
    with store.engine.begin() as connection:
        notify(connection)
    thread.join(timeout=60)
    assert not thread.is_alive()


def order(number: int) -> Order:
    """An order that is due."""
    return Order(kind=OrderKind.ASK, key=f"k{number}", due_at=START, urgent_by=START)


@pytest.mark.postgres
def test_work_written_by_another_process_wakes_the_listener(pg: Store, postgres_url: str) -> None:
    with listening(pg) as heard, closing(Store(postgres_url)) as other:
        with other.begin() as tx:
            tx.work.order([order(1)], START)
        assert heard.acquire(timeout=60)


@contextmanager
def seeing(store: Store) -> Iterator[list[int]]:
    """A listener that looks how much work there is whenever it hears something; what it saw, look by look."""
    seen: list[int] = []
    stop = threading.Event()

    def look() -> None:
        with store.read() as tx:
            seen.append(tx.connection.execute(sa.select(sa.func.count()).select_from(work)).scalar_one())

    thread = threading.Thread(target=listen, args=(store, look, stop))
    thread.start()
    until(lambda: seen == [0])
    yield seen
    end(store, thread, stop)


def write(store: Store, count: int) -> None:
    """A burst: every order in a transaction of its own, one right behind the other."""
    for number in range(count):
        with store.begin() as tx:
            tx.work.order([order(number)], START)


@pytest.mark.postgres
def test_a_burst_is_told_in_few_notices_and_its_last_commit_like_its_first(
    pg: Store, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bell, "_PAUSE", 1.0)  # within which a busy machine commits more than once, too
    with seeing(pg) as seen, closing(Store(postgres_url)) as other:
        write(other, 20)
        until(lambda: seen[-1] == 20)
    assert len(seen) < 20, "they share their notices"


@pytest.mark.postgres
def test_a_process_that_ends_right_behind_a_burst_has_told_the_last_of_it(pg: Store, postgres_url: str) -> None:
    with seeing(pg) as seen:
        with closing(Store(postgres_url)) as other:
            write(other, 3)
        until(lambda: seen[-1] == 3)


@pytest.mark.postgres
def test_a_listener_whose_connection_is_cut_listens_again(pg: Store) -> None:
    with listening(pg) as heard:
        with pg.engine.begin() as connection:
            connection.execute(
                sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'inspector-listen'")
            )
        assert heard.acquire(timeout=60)


@contextmanager
def dispatching(store: Store) -> Iterator[Hands]:
    """The embedded dispatcher of an office that looks by itself once an hour; its hands."""
    hands = Hands()
    carrier = Embedded(Worker(real_office(store), Metrics(), replace(FAST, poll=3600), "one", flows=hands.flows()))
    carrier.run()
    try:
        yield hands
    finally:
        carrier.stop(5)


def carried_out_soon(hands: Hands, store: Store, name: str) -> None:
    """Write an order down, and see it done long before the next look; the first one of all may be what the first look finds."""
    put(store, due(name))
    until(lambda: f"ask:{name}" in hands.wrote)


def test_an_announcement_wakes_the_worker_of_its_own_process(tmp_path: Path) -> None:
    with closing(open_store(f"sqlite:///{tmp_path / 'inspector.sqlite3'}")) as store, dispatching(store) as hands:
        for name in ("first", "second", "third"):
            carried_out_soon(hands, store, name)


@pytest.mark.postgres
def test_work_written_by_another_process_is_carried_out_without_waiting_for_the_next_look(pg: Store, postgres_url: str) -> None:
    asked = sa.text("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'inspector-listen' AND query LIKE 'LISTEN%'")

    def heard() -> bool:
        with pg.engine.connect() as connection:
            return bool(connection.execute(asked).scalar_one())

    with dispatching(pg) as hands:
        until(heard)
        with closing(Store(postgres_url)) as other:
            for name in ("first", "second", "third"):
                carried_out_soon(hands, other, name)


def test_a_bell_that_is_closed_while_it_gives_a_notice_waits_for_it() -> None:
    giving, may_end = threading.Event(), threading.Event()
    given: list[str] = []

    def late() -> None:
        giving.set()
        may_end.wait(60)
        given.append("late")

    ours = Bell(late)
    ours.owe()
    assert giving.wait(60)
    closing_it = threading.Thread(target=ours.close)
    closing_it.start()
    assert given == []
    may_end.set()
    closing_it.join(60)
    assert given == ["late"], "whoever closes the engine next leaves no connection behind"
    ours.owe()
    ours.close()
    assert given == ["late"], "and nothing is begun behind it"
