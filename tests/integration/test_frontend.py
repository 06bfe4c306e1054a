"""A front-end database is read and never written, and nothing that is wrong with it says anything about a subject."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from connectors.sources import database as source
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.ports import AnswerStatus, Barred, Garbled, Origin, Refused, Unavailable
from inspector.testing import CODE, QUESTION, SourceContract, caught
from tests.frontends import SHANGHAI, FrontEnd, outcome, verdict

pytestmark = pytest.mark.alike  # what PostgreSQL does otherwise is asked in test_frontend_postgres


@pytest.fixture
def front(database_url: str) -> FrontEnd:
    """An empty front-end database, once on SQLite and once on PostgreSQL."""
    return FrontEnd(url=database_url)


@contextmanager
def asking(front: FrontEnd, **keys: object) -> Iterator[source.DatabaseSource]:
    with closing(source.connect("front", front.keys(**keys))) as made:
        yield made


class TestDatabaseSource(SourceContract):
    """The public contract suite, on each database."""

    @pytest.fixture(autouse=True)
    def _other_side(self, front: FrontEnd) -> None:
        front.fill()
        self.front = front

    def connect(self) -> Any:
        return source.connect("front", self.front.keys())

    def connect_silent(self) -> Any:
        silent = {"sqlite": "sqlite:////nowhere/front.db"}.get(self.front.url.split(":")[0], "postgresql://u@127.0.0.1:1/front")
        return source.connect("front", self.front.keys(url=silent))


def test_one_fact_is_looked_up_with_its_date_and_version(front: FrontEnd) -> None:
    front.fill(" 存续 ")
    with asking(front) as made:
        found = made.ask(QUESTION, key="k-1")
        again = made.ask(QUESTION, key="k-2")
    assert (found.status, found.value) == (AnswerStatus.FOUND, "存续")
    told = found.provenance
    assert (told.as_of, told.source_version) == (datetime(2026, 1, 6, 8, tzinfo=SHANGHAI), "3")
    assert (told.request_digest, told.reply_digest) == (again.provenance.request_digest, again.provenance.reply_digest)
    assert verdict(found) is Verdict.MATCH


def test_no_row_is_no_record_and_contradicts_nobody(front: FrontEnd) -> None:
    front.fill()
    with asking(front) as made:
        found = made.ask(replace(QUESTION, subject_code="91000000MA0000001R"), key="k-1")
    assert (found.status, found.value) == (AnswerStatus.NOT_FOUND, None)
    assert verdict(found) is Verdict.NOT_FOUND


@pytest.mark.parametrize("value", [None, "", "  ", "—", "n/a"])
def test_a_row_that_is_empty_here_cannot_say(front: FrontEnd, value: str | None) -> None:
    front.fill(value)
    with asking(front) as made:
        found = made.ask(QUESTION, key="k-1")
    assert (found.status, found.note, verdict(found)) == (AnswerStatus.CANNOT_SAY, "value_empty", Verdict.CANNOT_SAY)


def test_rows_of_one_code_that_say_different_things_are_told_to_a_person_and_alike_ones_are_one(front: FrontEnd) -> None:
    front.fill()
    front.add(CODE)
    with asking(front) as made:
        assert made.ask(QUESTION, key="k-1").value == "存续"
        front.add(CODE, "注销")
        error = caught(lambda: made.ask(QUESTION, key="k-2"))
        assert (type(error), error.code) == (Garbled, "rows_differ")
        front.run("DELETE FROM qy WHERE zt = '注销'")
        front.add(CODE, as_of="2025-12-01")
        assert caught(lambda: made.ask(QUESTION, key="k-3")).code == "rows_differ", "of when it held is as much in doubt"


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("7", "7"),
        ("CAST('2026-01-05' AS VARCHAR(10))", "2026-01-05"),
        ("'  是 '", "是"),
        ("1.5e0 + CAST(0 AS DOUBLE PRECISION)", "field_type"),
        pytest.param(f"'{'x' * 4001}'", "field_type", id="longer than any fact"),
    ],
)
def test_a_value_is_told_as_it_is_written_and_what_would_change_on_the_way_is_not_told(
    front: FrontEnd, expression: str, told: str
) -> None:
    front.fill()
    query = f"SELECT dm, {expression} AS zt, gxsj, bb FROM qy WHERE dm = :code"
    with asking(front, table=None, query=query) as made:
        if told == "field_type":
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
            assert (type(error), error.code) == (Garbled, told)
        else:
            assert made.ask(QUESTION, key="k-1").value == told


@pytest.mark.parametrize("as_of", ["yesterday", "0001-01-01", "9999-12-31T23:59:59Z", "20260105T"])
def test_a_date_that_is_none_is_garbled(front: FrontEnd, as_of: str) -> None:
    front.fill(as_of=as_of)
    with asking(front) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code) == (Garbled, "field_type")
    assert as_of not in str(error)


def test_data_without_the_agreed_date_or_older_than_the_settings_let_them_be_cannot_say(front: FrontEnd) -> None:
    front.fill("注销", as_of=None)
    with asking(front) as made:
        found = made.ask(QUESTION, key="k-1")
        assert (found.status, found.note, verdict(found)) == (AnswerStatus.CANNOT_SAY, "data_undated", Verdict.CANNOT_SAY)
        front.run("UPDATE qy SET gxsj = :as_of", as_of=(datetime.now(UTC) - timedelta(hours=3)).isoformat())
        assert made.ask(QUESTION, key="k-2").status is AnswerStatus.FOUND
    with asking(front, longest_age_hours=2) as made:
        found = made.ask(QUESTION, key="k-3")
    assert (found.status, found.value, found.note) == (AnswerStatus.CANNOT_SAY, None, "data_too_old")


def test_the_date_of_the_whole_copy_dates_its_rows_and_what_it_does_not_hold(front: FrontEnd) -> None:
    front.fill("注销", as_of="2019-01-01")
    front.run("CREATE TABLE transfers (ended VARCHAR(40))", "INSERT INTO transfers VALUES ('2026-01-06T01:30:00Z')")
    dated = {"as_of_column": None, "as_of_query": "SELECT max(ended) FROM transfers"}
    with asking(front, **dated) as made:
        found, none = made.ask(QUESTION, key="k-1"), made.ask(replace(QUESTION, subject_code="X-1"), key="k-2")
        assert found.provenance.as_of == none.provenance.as_of == datetime(2026, 1, 6, 1, 30, tzinfo=UTC)
        assert verdict(found) is Verdict.MISMATCH
        front.run("DELETE FROM transfers")
        assert made.ask(QUESTION, key="k-3").note == "data_undated"
    with asking(front, **(dated | {"as_of_query": "SELECT ended FROM transfers"})) as made:
        assert caught(lambda: made.ask(QUESTION, key="k-4")).code == "field_type", "no row is no date"
        front.run("INSERT INTO transfers VALUES ('2026-01-06'), ('2026-01-07')")
        assert caught(lambda: made.ask(QUESTION, key="k-5")).code == "field_type", "neither are two"


def test_old_data_that_contradict_are_of_their_own_day(front: FrontEnd) -> None:
    front.fill("注销", as_of="2026-01-04")
    with asking(front) as made:
        found = made.ask(QUESTION, key="k-1")
    assert found.provenance.as_of is not None
    assert found.provenance.as_of.date() < QUESTION.on, "the engine takes it for a lead and for no ground (scenario 13)"


def test_a_column_that_is_gone_never_passes_for_its_own_name(front: FrontEnd) -> None:
    front.run('CREATE TABLE qy (dm VARCHAR(64), "经营状态" VARCHAR(20), gxsj VARCHAR(40))')
    front.run("INSERT INTO qy VALUES (:code, '存续', '2026-01-06')", code=CODE)
    with asking(front, facts={QUESTION.fact: "经营状态"}, version_column=None) as made:
        assert made.ask(QUESTION, key="k-1").value == "存续"
        front.run('ALTER TABLE qy RENAME COLUMN "经营状态" TO zt')
        error = caught(lambda: made.ask(QUESTION, key="k-2"))
        assert (type(error), error.code, error.origin) == (Barred, "table_missing", Origin.THEM)
        front.run("DROP TABLE qy")
        assert caught(lambda: made.ask(QUESTION, key="k-3")).code == "table_missing"


def test_a_row_of_another_code_is_the_answer_to_another_question(front: FrontEnd) -> None:
    front.fill()
    front.add("X-1", "注销")
    query = "SELECT dm, zt, gxsj, bb FROM qy WHERE dm <> :code"
    with asking(front, table=None, query=query) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code) == (Garbled, "echo_differs")


def test_a_query_is_told_the_code_the_fact_the_kind_and_the_day_if_it_asks_for_them(front: FrontEnd) -> None:
    front.fill()
    query = (
        "SELECT dm, CAST(:fact AS VARCHAR(20)) || ' ' || CAST(:kind AS VARCHAR(20)) || ' ' || CAST(:on AS VARCHAR(20)) AS zt,"
        " gxsj, bb FROM qy -- of one\n WHERE dm = :code"
    )
    with asking(front, table=None, query=query) as made:
        assert made.ask(QUESTION, key="k-1").value == "registered FIRM 2026-01-05"


def test_a_fact_that_is_not_held_there_is_asked_of_nobody(front: FrontEnd) -> None:
    with asking(front) as made:
        error = caught(lambda: made.ask(replace(QUESTION, fact="tax-paid"), key="k-1"))
    assert (type(error), error.code, error.origin, error.attempts) == (Refused, "fact_not_held", Origin.US, 0)


def test_what_never_ends_is_ended_by_the_clock(front: FrontEnd) -> None:
    front.fill()
    query = (
        "SELECT dm, zt, gxsj, bb FROM qy WHERE dm = :code AND 0 <"
        " (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i % 7 + 1 FROM n) SELECT count(*) FROM n)"
    )
    with asking(front, table=None, query=query, statement_seconds=0.2) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code) == (Unavailable, "timeout")


def test_a_register_that_others_hold_locked_is_busy_and_soon_said_to_be(front: FrontEnd) -> None:
    front.fill()
    lite = front.url.startswith("sqlite")
    engine = sa.create_engine(front.url, poolclass=sa.pool.NullPool)
    with engine.connect() as other:
        other.exec_driver_sql("BEGIN EXCLUSIVE" if lite else "LOCK TABLE qy IN ACCESS EXCLUSIVE MODE")
        with asking(front, statement_seconds=0.2, **({"connect_seconds": 0.1} if lite else {})) as made:
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
        other.rollback()
    assert isinstance(error, Unavailable)
    assert error.code in {"source_busy", "timeout"}


def test_what_is_unavailable_is_tried_again_within_the_budget(front: FrontEnd) -> None:
    front.run("CREATE TABLE marks (at INTEGER)")
    lite = front.url.startswith("sqlite")
    url = "sqlite:////nowhere/front.db" if lite else "postgresql://u@127.0.0.1:1/front"
    made = source.connect("front", front.keys(url=url, tries=3))
    slept: list[float] = []
    made._database._sleep = slept.append
    error = caught(lambda: made.ask(QUESTION, key="k-1"))
    made.close()
    assert (type(error), error.code, error.attempts, len(slept)) == (Unavailable, "unreachable", 3, 2)


# --- never a write


def test_nothing_is_ever_written_not_even_by_an_account_that_may(front: FrontEnd) -> None:
    front.fill()
    front.run("CREATE TABLE marks (at INTEGER)")
    with asking(front) as made, made._database._engine.connect() as connection:
        made._database._bound(connection)
        for statement in (
            "INSERT INTO marks VALUES (1)",
            "UPDATE qy SET zt = 'x'",
            "DELETE FROM qy",
            "CREATE TABLE more (a INTEGER)",
        ):
            with pytest.raises(sa.exc.DBAPIError, match=r"read-only|readonly|current transaction is aborted"):
                connection.exec_driver_sql(statement)
    assert (front.count("marks"), front.count("qy")) == (0, 1)


@pytest.mark.parametrize(
    "query",
    [
        "DELETE FROM qy WHERE dm = :code RETURNING dm, zt, gxsj, bb",
        "SELECT 1; DELETE FROM qy WHERE dm = :code",
        "UPDATE qy SET zt = 'x' WHERE dm = :code",
        "",
        "SELECT dm FROM qy",
        "SELECT dm FROM qy WHERE dm = :code AND zt = :claimed",
    ],
)
def test_what_is_no_single_question_about_one_code_is_refused_when_it_is_set_up(query: str) -> None:
    with pytest.raises(Invalid, match="connector_key_range"):
        source.connect("front", FrontEnd(url="sqlite:///front.db").keys(table=None, query=query))


@pytest.mark.parametrize(
    "keys",
    [
        {"url": "mysql://u@h/d"},
        {"url": "postgresql://u:word@h/d"},
        {"url": "postgresql://u@a,b/d"},
        {"url": "sqlite://"},
        {"url": "no url"},
        {"url": "postgresql://u@h/d", "connect_seconds": 1},
        {"statement_seconds": 0},
        {"budget_seconds": 9},
        {"tries": 0},
        {"connections": 0},
        {"facts": {}},
        {"facts": {"registered": ""}},
        {"code_column": ""},
        {"as_of_column": None},
        {"as_of_query": "SELECT 1"},
        {"as_of_column": None, "as_of_query": "SELECT :code"},
        {"live": True},
        {"as_of_column": None, "live": True, "longest_age_hours": 3},
        {"longest_age_hours": -1},
        {"table": None, "query": 'SELECT dm, "zt" FROM qy WHERE dm = :code'},
        {"query": "SELECT dm FROM qy WHERE dm = :code"},
    ],
    ids=str,
)
def test_settings_that_contradict_each_other_or_say_too_little_are_refused(keys: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="connector_key_range"):
        source.connect("front", FrontEnd(url="sqlite:///front.db").keys(**keys))


@pytest.mark.parametrize("seed", range(2))
def test_nothing_that_is_wrong_with_a_file_in_any_order_is_evidence(tmp_path: Path, seed: int) -> None:
    """As for PostgreSQL; here also a file that is gone, locked, damaged or cut off."""
    file, aside = tmp_path / "front.db", tmp_path / "aside.db"
    front = FrontEnd(url=f"sqlite:///{file}")
    front.fill()
    whole = file.read_bytes()
    harms: list[Callable[[], object]] = [
        *(
            partial(front.run, one)
            for one in ("UPDATE qy SET zt = NULL", "UPDATE qy SET zt = x'00'", "UPDATE qy SET gxsj = 'soon'")
        ),
        *(partial(front.run, one) for one in ("DROP TABLE qy", "ALTER TABLE qy RENAME COLUMN zt TO gone", "DELETE FROM qy")),
        partial(front.add, CODE, "注销"),
        partial(file.rename, aside),
        partial(file.write_bytes, whole[:5000]),
        partial(file.write_bytes, b"SQLite format 3\0" + b"\xff" * 4000),
        partial(file.write_bytes, whole.replace("存续".encode(), b"\xb4\xe6\xd0\xf8\xff\xff")),
    ]
    with asking(front, connect_seconds=0.05) as made:
        for harm in random.Random(seed).sample(harms, len(harms)):
            harm()
            assert outcome(made) not in {"match", "mismatch"}, harm
            file.write_bytes(whole)
            assert outcome(made) == "match"


# --- what only a file does


def test_a_file_that_is_not_there_is_not_made_and_one_that_is_replaced_is_read_anew(tmp_path: Path) -> None:
    front = FrontEnd(url=f"sqlite:///{tmp_path / 'front.db'}")
    with asking(front, connect_seconds=0.1) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert (type(error), error.code) == (Unavailable, "unreachable")
        assert list(tmp_path.iterdir()) == []
        front.fill()
        assert made.ask(QUESTION, key="k-2").value == "存续"
        other = FrontEnd(url=f"sqlite:///{tmp_path / 'other.db'}")
        other.fill("注销")
        (tmp_path / "other.db").replace(tmp_path / "front.db")
        assert made.ask(QUESTION, key="k-3").value == "注销"


def test_a_damaged_file_and_text_in_another_encoding_say_nothing(tmp_path: Path) -> None:
    file = tmp_path / "front.db"
    front = FrontEnd(url=f"sqlite:///{file}")
    front.fill()
    front.run("UPDATE qy SET zt = CAST(x'B4E6D0F8' AS TEXT)")  # 存续 in GB 18030
    with asking(front, connect_seconds=0.1) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert (type(error), error.code) == (Garbled, "wrong_charset")
        front.run("UPDATE qy SET zt = x'00ff'")
        assert caught(lambda: made.ask(QUESTION, key="k-2")).code == "field_type"
        content = file.read_bytes()
        file.write_bytes(b"no database at all" * 100)
        assert caught(lambda: made.ask(QUESTION, key="k-3")).code == "source_damaged"
        file.write_bytes(content[: len(content) // 2])
        assert isinstance(caught(lambda: made.ask(QUESTION, key="k-4")), Barred | Unavailable | Garbled)


def test_many_threads_share_few_connections(front: FrontEnd) -> None:
    front.fill()
    told: list[str | None] = []
    with asking(front, connections=2) as made:
        threads = [threading.Thread(target=lambda: told.append(made.ask(QUESTION, key="k").value)) for _ in range(12)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert told == ["存续"] * 12


def test_the_digest_of_an_answer_is_that_of_what_was_read(front: FrontEnd) -> None:
    front.fill()
    with asking(front) as made:
        first = made.ask(QUESTION, key="k-1").provenance
        front.run("UPDATE qy SET zt = '注销'")
        second = made.ask(QUESTION, key="k-1").provenance
    assert first.reply_digest != second.reply_digest
    assert first.request_digest == second.request_digest
    assert first.request_digest != hashlib.sha256(CODE.encode()).hexdigest()
