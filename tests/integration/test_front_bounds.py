"""A front-end database is bounded in rows and in what one of them holds: nothing of theirs takes our memory."""

from __future__ import annotations

from contextlib import closing

import pytest

from connectors.database import Database, DatabaseConfig, Wanted
from connectors.records import LONGEST
from inspector.ports import Garbled
from inspector.testing import CODE, QUESTION, caught
from tests.frontends import FrontEnd
from tests.integration.test_frontend import asking

pytestmark = pytest.mark.alike


@pytest.fixture
def front(database_url: str) -> FrontEnd:
    """An empty front-end database, once on SQLite and once on PostgreSQL."""
    return FrontEnd(url=database_url)


def test_more_rows_than_anybody_needs_are_not_read_to_their_end(front: FrontEnd) -> None:
    front.fill()
    front.run(
        "INSERT INTO qy WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
        " SELECT :code, 'x' || i, '2026-01-06', '1' FROM n",
        code=CODE,
    )
    with asking(front) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code) == (Garbled, "rows_many")


@pytest.mark.parametrize("written", ["table", "query"])
def test_a_text_that_is_longer_than_any_fact_stays_where_it_is_and_the_answer_is_garbled(front: FrontEnd, written: str) -> None:
    front.run("CREATE TABLE qy (dm VARCHAR(64), zt TEXT, gxsj VARCHAR(40), bb VARCHAR(20))")
    front.add(CODE, "好" * (LONGEST + 1))
    keys = {"table": None, "query": "SELECT dm, zt, gxsj, bb FROM qy WHERE dm = :code"} if written == "query" else {}
    with asking(front, **keys) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        front.run("UPDATE qy SET zt = :value", value="好" * LONGEST)
        assert made.ask(QUESTION, key="k-2").value == "好" * LONGEST
    assert (type(error), error.code) == (Garbled, "field_type")


def test_of_such_a_row_only_what_is_short_is_read(front: FrontEnd) -> None:
    front.run("CREATE TABLE qy (dm VARCHAR(64), zt TEXT, gxsj VARCHAR(40), bb VARCHAR(20))")
    front.add(CODE, "x" * 1_000_000)
    with closing(Database(DatabaseConfig(url=front.url), "front")) as database:
        read = database.read(Wanted(columns=("dm", "zt", "bb"), code_column="dm", table="qy"), {"code": CODE})
    assert (read.rows, read.long) == (((CODE, None, "3"),), True)
