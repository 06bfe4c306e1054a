"""The ground the other tests stand on: fresh databases, alike on both engines."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

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
