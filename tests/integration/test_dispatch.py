"""Whoever carries the keys, the work table stays the truth: what each dispatcher promises, on each database it serves, and if it lies."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
import sqlalchemy as sa

from inspector import bootstrap, settings
from inspector.domain.errors import Invalid
from inspector.store import carrier
from inspector.store.store import Store
from inspector.store.tx import Tx
from tests import house
from tests.dispatchers import COLUMNS, Column, Liar, column_of
from tests.engine import Hands, at_work, order, put, real_office, row, states, until
from tests.house import ROOT
from tests.integration.test_daemon import CONFIG

JOBS = sa.text("SELECT count(*) FROM procrastinate_jobs")


@pytest.fixture(params=COLUMNS)
def column(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Column]:
    """Each adapter on each database it serves."""
    with column_of(request.param, request, tmp_path) as held:
        yield held


@pytest.fixture
def carried(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Column]:
    """Procrastinate on PostgreSQL."""
    with column_of(("procrastinate", "postgres"), request, tmp_path) as held:
        yield held


def carried_out_soon(hands: Hands, store: Store, name: str) -> None:
    """Write an order down, and see it done long before the next look."""
    put(store, order(name))
    until(lambda: f"ask:{name}" in hands.wrote)


def jobs(store: Store) -> int:
    """What lies in procrastinate's queue."""
    with store.engine.begin() as connection:
        return int(connection.execute(JOBS).scalar_one())


def test_what_a_commit_makes_ready_is_carried_out_without_waiting_for_the_next_look(column: Column) -> None:
    with column.running() as (hands, _):
        for name in ("first", "second", "third"):
            carried_out_soon(hands, column.store, name)
        assert hands.wrote == ["ask:first", "ask:second", "ask:third"]


def test_what_was_rolled_back_is_not_carried_out(column: Column) -> None:
    with column.running() as (hands, _):
        carried_out_soon(hands, column.store, "before")
        with suppress(InterruptedError), column.store.begin() as tx:
            tx.work.order([order("never")], order("never").due_at)
            tx.write()
            raise InterruptedError
        carried_out_soon(hands, column.store, "after")
        assert hands.calls == ["ask:before", "ask:after"]


def test_keys_that_repeat_or_name_no_row_do_no_harm(column: Column) -> None:
    with column.running() as (hands, dispatcher):
        with column.store.begin() as tx:
            dispatcher.announce(tx, ["ask:nobody", "ask:nobody"])
        carried_out_soon(hands, column.store, "one")
        with column.store.begin() as tx:
            dispatcher.announce(tx, ["ask:one", "ask:one"])
        carried_out_soon(hands, column.store, "two")
        assert hands.wrote == ["ask:one", "ask:two"]


def test_what_became_ready_while_nobody_ran_is_carried_out_at_the_start(column: Column) -> None:
    put(column.store, order("early"))
    with column.running() as (hands, _):
        until(lambda: hands.wrote == ["ask:early"])


def test_once_it_has_stopped_nothing_more_is_taken_and_what_ran_is_settled(column: Column) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(_work: object) -> None:
        begun.set()
        assert may_end.wait(60)

    with column.running(say=slow) as (hands, dispatcher):
        put(column.store, order("under-way"))
        assert begun.wait(60)
        stopping = threading.Thread(target=dispatcher.stop, args=(60,))
        stopping.start()
        may_end.set()
        stopping.join(90)
        put(column.store, order("later"))
        assert states(column.store) == {"under-way": "done", "later": "ready"}
        assert hands.calls == ["ask:under-way"]
        assert row(column.store, "later")["owner"] is None


def test_a_dispatcher_that_drops_and_doubles_loses_nothing_and_doubles_nothing(column: Column) -> None:
    names = [f"{thread}-{number}" for thread in range(4) for number in range(15)]

    def write(thread: int) -> None:
        for number in range(15):
            put(column.store, order(f"{thread}-{number}"))

    with column.running(poll=0.1, lying=True) as (hands, dispatcher):
        threads = [threading.Thread(target=write, args=(thread,)) for thread in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        until(lambda: set(states(column.store).values()) == {"done"})
        assert Counter(hands.wrote) == Counter(f"ask:{name}" for name in names)
        assert Counter(hands.calls) == Counter(hands.wrote)
        assert isinstance(dispatcher, Liar)
        assert min(dispatcher.lies[lie] for lie in ("dropped", "doubled", "told")) > 5


@pytest.mark.postgres
def test_of_two_daemons_whoever_is_woken_carries_out_and_nothing_is_done_twice(carried: Column) -> None:
    hands = Hands()
    both = [carried.dispatcher(hands, poll=3600, owner=name) for name in ("one", "two")]
    try:
        for dispatcher in both:
            dispatcher.run()
        for number in range(20):
            put(carried.store, order(number))
        until(lambda: len(hands.wrote) == 20)
        assert Counter(hands.calls) == Counter(f"ask:{number}" for number in range(20))
        until(lambda: jobs(carried.store) == 0)
    finally:
        for dispatcher in both:
            dispatcher.stop(5)


@pytest.mark.postgres
def test_a_queue_that_is_emptied_costs_a_moment_and_no_work(carried: Column) -> None:
    with carried.running(poll=0.2) as (hands, _):
        for number in range(30):
            put(carried.store, order(number))
            with carried.store.engine.begin() as connection:
                connection.exec_driver_sql("DELETE FROM procrastinate_jobs")
        until(lambda: sorted(hands.wrote) == sorted(f"ask:{number}" for number in range(30)))


@pytest.mark.postgres
def test_a_commit_outlives_a_carrier_whose_tables_are_gone_and_wakes_its_own_daemon(carried: Column) -> None:
    with carried.running() as (hands, _):
        carried_out_soon(hands, carried.store, "before")
        with carried.store.engine.begin() as connection:
            connection.exec_driver_sql("DROP FUNCTION procrastinate_defer_jobs_v1")
        carried_out_soon(hands, carried.store, "behind")


@pytest.mark.postgres
def test_a_carrier_whose_connections_are_cut_hears_again(carried: Column) -> None:
    with carried.running() as (hands, _):
        carried_out_soon(hands, carried.store, "before")
        with carried.store.engine.begin() as connection:
            connection.exec_driver_sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'inspector-carry'"
            )
        carried_out_soon(hands, carried.store, "behind")
        carried_out_soon(hands, carried.store, "and after")


@pytest.mark.postgres
def test_what_a_dead_daemon_had_taken_from_the_queue_is_cleared_away(carried: Column) -> None:
    with carried.running() as (hands, _):
        carried_out_soon(hands, carried.store, "before")
    with carried.store.engine.begin() as connection:
        connection.exec_driver_sql(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id)"
            " INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, args)"
            " SELECT 'inspector', 'inspector.due', 'doing', id, '{\"keys\": []}' FROM dead"
        )
    assert jobs(carried.store) == 1
    with carried.running():
        until(lambda: jobs(carried.store) == 0)


def test_procrastinate_is_refused_on_sqlite(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with column_of(("procrastinate", "sqlite"), request, tmp_path) as held, pytest.raises(Invalid) as error:
        held.dispatcher(Hands(), poll=1)
    assert error.value.code == "dispatcher_needs_postgres"


def test_settings_that_want_procrastinate_on_sqlite_are_refused_before_a_file_is_made(tmp_path: Path) -> None:
    file, config = tmp_path / "office.sqlite3", tmp_path / "office.toml"
    told = CONFIG.format(root=ROOT, url=f"sqlite:///{file}", port=1, source="http://127.0.0.1:9", patience=1)
    config.write_text(f'{told}[engine]\ndispatcher = "procrastinate"\n', encoding="utf-8")
    with pytest.raises(Invalid) as error:
        bootstrap.prove(settings.load(config))
    assert error.value.code == "dispatcher_needs_postgres"
    assert not file.exists()


def test_without_its_library_procrastinate_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    def lacking(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(carrier, "import_module", lacking)
    with pytest.raises(Invalid) as error:
        carrier.library()
    assert (error.value.code, error.value.facts["extra"]) == ("dispatcher_library_missing", "procrastinate")


@pytest.mark.parametrize("told", ["procrastinate", "lying"])
def test_a_suite_by_another_dispatcher_has_its_offices_told_by_it(
    told: str, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_by, carried = carrier.Carrier.put, list[str]()

    def noted(mine: carrier.Carrier, tx: Tx, keys: Sequence[str]) -> bool:
        carried.extend(keys)
        return put_by(mine, tx, keys)

    monkeypatch.setattr(house, "DISPATCHER", told)
    monkeypatch.setattr(carrier.Carrier, "put", noted)
    with house.closing(house.open_store(postgres_url)) as store:
        office, hands = real_office(store), Hands()
        with at_work(office, hands):
            for name in range(6):
                put(store, order(name))
            until(lambda: set(states(store).values()) == {"done"}, office)
    times = Counter(carried)
    assert sorted(hands.calls) == sorted(f"ask:{name}" for name in range(6))
    assert set(times) <= set(hands.calls)
    assert (set(times.values()) == {1} and len(times) == 6) == (told == "procrastinate"), "the liar drops and doubles"
