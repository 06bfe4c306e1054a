"""A front-end database finds a code as a register may write it, by its index, and says which it would not find."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from connectors import database
from inspector.ports import AnswerStatus
from inspector.testing import QUESTION, caught
from tests.frontends import FrontEnd
from tests.integration.test_frontend import asking

pytestmark = pytest.mark.alike


@pytest.fixture
def front(database_url: str) -> FrontEnd:
    """An empty front-end database, once on SQLite and once on PostgreSQL."""
    return FrontEnd(url=database_url)


WRITTEN = ["91110000MA0000001x", "91110000ma0000001x", " 91110000MA0000001X", "91110000MA0000001X ", "91110000ma0000001x "]
UNFOUND = ["9111 0000 MA00 0000 1X", "91110000-MA0000001-X", "91110000Ma0000001X", "91110000MA0000001X   "]
ASKED = replace(QUESTION, subject_code="91110000MA0000001X")


@pytest.mark.parametrize("written", WRITTEN)
def test_a_code_in_small_letters_or_with_a_blank_is_found_where_it_stands(front: FrontEnd, written: str) -> None:
    front.fill()
    front.add(written, "注销")
    with asking(front) as made:
        assert made.ask(ASKED, key="k-1").value == "注销"
        front.add(ASKED.subject_code, "存续")
        assert caught(lambda: made.ask(ASKED, key="k-2")).code == "rows_differ", "written in two ways it is one code"
        assert "codes_spelled" not in {one.code for one in made.look()}


@pytest.mark.parametrize("written", UNFOUND)
def test_a_code_that_is_written_as_nobody_looks_for_it_is_told_to_the_operator(front: FrontEnd, written: str) -> None:
    front.fill()
    for code in ("330106199001011234", "TEST-1", "", "0"):
        front.add(code)
    with asking(front) as made:
        assert "codes_spelled" not in {one.code for one in made.look()}
        front.add(written, "注销")
        assert made.ask(ASKED, key="k-1").status is AnswerStatus.NOT_FOUND
        (told,) = (one for one in made.look() if one.code == "codes_spelled")
        assert (told.fine, told.facts) == (False, {"column": "dm"})
    query = "SELECT dm, zt, gxsj, bb FROM qy WHERE upper(replace(replace(dm, ' ', ''), '-', '')) = :code"
    with asking(front, table=None, query=query) as made:
        assert made.ask(ASKED, key="k-1").value == "注销"


def test_the_index_of_their_table_serves_the_ways_in_which_a_code_is_written(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'front.db'}")
    select = database._select(database.Wanted(columns=("dm", "zt"), code_column="dm", table="qy"))
    ways = database.spelled(ASKED.subject_code)
    text = str(select.params(codes=ways).compile(engine, compile_kwargs={"render_postcompile": True}))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE qy (dm VARCHAR(64), zt VARCHAR(100))")
        connection.exec_driver_sql("CREATE INDEX qy_dm ON qy (dm)")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", (*ways, 100, 0)[: text.count("?")]).all()
    assert "USING INDEX qy_dm" in str(plan)
