"""The ground the other tests stand on: fresh databases, alike on both engines."""

from __future__ import annotations

import time
from contextlib import closing

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import DBAPIError, OperationalError

from inspector.store.rested import RESTED
from inspector.store.store import Store
from tests.engine import order, put, row, states
from tests.house import open_store
from tests.postgres import Server


@pytest.mark.parametrize("_", ["first", "second"])
def test_each_test_gets_an_empty_database_of_its_own(database_url: str, _: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        connection.execute(text("create table left_behind (word text)"))
    engine.dispose()


@pytest.mark.postgres
def test_a_database_is_dropped_while_somebody_is_connected(postgres_server: Server) -> None:
    url = postgres_server.create()
    engine = create_engine(url)
    connection = engine.connect()
    assert connection.scalar(text("select 1")) == 1
    postgres_server.drop(url)
    with pytest.raises(OperationalError):
        connection.scalar(text("select 1"))
    connection.close()
    engine.dispose()


@pytest.mark.postgres
def test_a_database_given_back_is_lent_again_without_its_rows_and_only_with_its_tables_as_they_were(
    postgres_server: Server,
) -> None:
    url = postgres_server.lend()
    with closing(open_store(url)) as store:
        put(store, order(1), order(2))
        postgres_server.give_back(url)
    assert postgres_server.lend() == url
    with closing(Store(url)) as store:
        assert inspect(store.engine).get_table_names() == []
    with closing(open_store(url)) as store:
        assert states(store) == {}
        put(store, order(3))
        assert row(store, 3)["id"] == 1, "numbers begin again"
        with store.engine.begin() as connection:
            connection.execute(text("drop index ix_work_ready"))
    postgres_server.give_back(url)
    again = postgres_server.lend()
    assert again != url, "somebody has altered it"
    postgres_server.give_back(again)


@pytest.mark.postgres
@pytest.mark.slow
def test_a_read_writes_nothing_and_a_connection_that_was_cut_off_while_it_rested_costs_nobody_anything(
    postgres_url: str,
) -> None:
    with closing(open_store(postgres_url)) as store:
        cut = text(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
        )
        with store.read() as tx:
            assert tx.work.page(state="ready") == []
            with pytest.raises(DBAPIError, match="read-only"):
                tx.connection.execute(text("update work set attempts = 1"))
        with store.read(steady=True) as tx, pytest.raises(DBAPIError, match="read-only"):
            tx.connection.execute(text("update work set attempts = 1"))
        put(store, order(1))
        time.sleep(RESTED + 0.1)
        with store.engine.begin() as connection:
            assert connection.execute(cut).scalar_one() >= 1
        with store.read() as tx:
            assert len(tx.work.page(state="ready")) == 1
        put(store, order(2))
