"""The ground the other tests stand on: fresh databases, alike on both engines."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, inspect, text
from sqlalchemy.exc import OperationalError

from tests.postgres import Server


@pytest.mark.parametrize("_", ["first", "second"])
def test_each_test_gets_an_empty_database_of_its_own(database_url: str, _: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == []
        connection.execute(text("create table left_behind (word text)"))
    engine.dispose()


@pytest.mark.postgres
def test_a_database_can_be_cloned_from_a_template_and_dropped_while_somebody_is_connected(
    postgres_server: Server,
) -> None:
    template = postgres_server.create()
    engine = create_engine(template)
    with engine.begin() as connection:
        connection.execute(text("create table word as select '核查'::text as meaning"))
    engine.dispose()
    copy = postgres_server.create(template)
    engine = create_engine(copy)
    connection = engine.connect()
    assert connection.scalar(text("select meaning from word")) == "核查"
    postgres_server.drop(copy)
    with pytest.raises(OperationalError):
        connection.scalar(text("select 1"))
    connection.close()
    engine.dispose()
    postgres_server.drop(template)
