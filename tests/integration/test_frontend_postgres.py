"""PostgreSQL as a front-end database: rights, read-only transactions, and a wire on which everything goes wrong."""

from __future__ import annotations

import random
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy.engine import make_url

from connectors.sources import database as source
from inspector.ports import Barred, Garbled, Unavailable
from inspector.testing import CODE, QUESTION, caught
from tests.frontends import FrontEnd, outcome
from tests.postgres import Server
from tests.relay import HARMS, Relay, relay

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def url(postgres_server: Server) -> Iterator[str]:
    """One database for all of these tests: each makes its tables anew, which is much sooner done."""
    made = postgres_server.create()
    yield made
    postgres_server.drop(made)


@pytest.fixture
def front(url: str) -> FrontEnd:
    made = FrontEnd(url=url)
    made.run("DROP SCHEMA public CASCADE", "CREATE SCHEMA public", "GRANT USAGE ON SCHEMA public TO PUBLIC")
    made.fill()
    return made


@contextmanager
def asking(front: FrontEnd, **keys: object) -> Iterator[source.DatabaseSource]:
    with closing(source.connect("front", front.keys(**keys))) as made:
        yield made


@pytest.fixture
def reader(front: FrontEnd) -> Iterator[str]:
    """The URL of an account that was given nothing yet."""
    name = f"reader_{random.randrange(10**9)}"
    front.run(f"CREATE ROLE {name} LOGIN PASSWORD 'word'")
    url = make_url(front.url).set(username=name)
    yield url.render_as_string()
    front.run(f"DROP OWNED BY {name}", f"DROP ROLE {name}")


def test_an_account_that_may_not_read_is_not_let_in_and_one_that_may_reads_and_cannot_write(front: FrontEnd, reader: str) -> None:
    with asking(front, url=reader) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert (type(error), error.code) == (Barred, "unauthorised")
        front.run(f"GRANT SELECT ON qy TO {make_url(reader).username}")
        assert made.ask(QUESTION, key="k-2").value == "存续"
        assert [one.code for one in made.look()] == ["columns_read"]
        with made._database._engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match=r"denied|read-only"):
            connection.exec_driver_sql("DELETE FROM qy")
        front.run(f"GRANT UPDATE (zt) ON qy TO {make_url(reader).username}")
        assert [one.code for one in made.look()] == ["columns_read", "account_writes"], "a right on one column is one to write"
        front.run(f"ALTER ROLE {make_url(reader).username} NOLOGIN")
    with asking(front, url=reader) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-3"))
        assert (type(error), error.code) == (Barred, "unauthorised")
    assert front.count("qy") == 1


def test_a_query_that_would_write_by_a_function_is_held_to_reading_by_the_database(front: FrontEnd) -> None:
    front.run(
        "CREATE TABLE asked (code TEXT)",
        "CREATE FUNCTION note(code TEXT) RETURNS TEXT VOLATILE LANGUAGE sql AS"
        " $$ INSERT INTO asked VALUES (code) RETURNING code $$",
    )
    query = "SELECT note(dm) AS dm, zt, gxsj, bb FROM qy WHERE dm = :code"
    with asking(front, table=None, query=query) as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert [one.code for one in made.look()] == ["columns_read", "account_writes"], "and the account could"
    assert (type(error), error.code) == (Barred, "query_writes")
    assert front.count("asked") == 0


def test_a_database_that_is_not_there_and_a_query_that_does_not_fit_wait_for_a_person(front: FrontEnd) -> None:
    elsewhere = make_url(front.url).set(database="nowhere").render_as_string()
    with asking(front, url=elsewhere) as made:
        assert isinstance(caught(lambda: made.ask(QUESTION, key="k-1")), Barred)
    with asking(front, table=None, query="SELECT dm zt FROM qy WHEN dm = :code") as made:
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert (type(error), error.code) == (Barred, "query_wrong")
        assert CODE not in str(error)


@pytest.mark.parametrize(
    ("expression", "told"),
    [
        ("12.50::numeric", "12.50"),
        ("'NaN'::numeric", "field_type"),
        ("true", "true"),
        ("'2026-01-05'::date", "2026-01-05"),
        ("'infinity'::date", "field_type"),
        ("1.5::float8", "field_type"),
        ("'x'::bytea", "field_type"),
        ("'{\"a\": 1}'::jsonb", "field_type"),
        ("('x' || dm)::bigint", "field_type"),
        ("1 / (length(dm) - 18)", "field_type"),
        ("repeat('x', 5000)", "field_type"),
    ],
)
def test_types_of_another_database_are_told_exactly_or_not_at_all(front: FrontEnd, expression: str, told: str) -> None:
    query = f"SELECT dm, {expression} AS zt, now() AS gxsj, bb FROM qy WHERE dm = :code".replace("::", r"\:\:")
    with asking(front, table=None, query=query) as made:
        if told == "field_type":
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
            assert (type(error), error.code) == (Garbled, told)
            assert CODE not in str(error)
        else:
            assert made.ask(QUESTION, key="k-1").value == told


def test_a_row_and_the_date_of_the_whole_are_of_one_moment(front: FrontEnd) -> None:
    with asking(front) as made, made._database._engine.connect() as connection:
        made._database._bound(connection)
        assert connection.scalar(sa.text("SELECT gxsj FROM qy")) == "2026-01-06 08:00:00"
        front.run("UPDATE qy SET zt = '注销', gxsj = '2026-01-07'")
        assert connection.scalar(sa.text("SELECT zt FROM qy")) == "存续", "what came later is of a later date"


def test_letters_that_are_not_what_the_database_says_they_are_are_garbled(postgres_server: Server) -> None:
    with psycopg.connect(postgres_server.admin, autocommit=True) as admin:
        admin.execute("CREATE DATABASE front_ascii TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE 'C'")
        front = FrontEnd(
            url=f"{postgres_server.url('front_ascii')}{'&' if '?' in postgres_server.admin else '?'}client_encoding=utf8"
        )
        try:
            front.fill()
            front.run("UPDATE qy SET zt = convert_from(decode('b4e6d0f8', 'hex'), 'SQL_ASCII')")  # 存续 in GB 18030
            with asking(front) as made:
                error = caught(lambda: made.ask(QUESTION, key="k-1"))
            assert (type(error), error.code) == (Garbled, "wrong_charset")
        finally:
            admin.execute("DROP DATABASE IF EXISTS front_ascii WITH (FORCE)")


# --- the wire


@contextmanager
def over_a_wire(front: FrontEnd, **keys: object) -> Iterator[tuple[source.DatabaseSource, Relay]]:
    """A source that reaches its database through a relay."""
    with psycopg.connect(front.url.replace("+psycopg", "")) as there:
        host, port = there.info.host, there.info.port
    with relay(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port)) as wire:
        url = make_url(front.url).set(host="127.0.0.1", port=wire.port, query={})
        told = {"url": url.render_as_string(), "statement_seconds": 0.25} | keys
        with asking(front, **told) as made:
            yield made, wire


def test_a_wire_that_hangs_drips_cuts_resets_truncates_or_garbles_says_nothing_in_any_order(front: FrontEnd) -> None:
    order = [*HARMS, *HARMS]
    random.Random(5).shuffle(order)
    with over_a_wire(front) as (made, wire):
        for harm in order:
            wire.mode = "pass"
            assert made.ask(QUESTION, key="k-1").value == "存续", "it comes back by itself"
            wire.mode = harm
            error = caught(lambda: made.ask(QUESTION, key="k-2"))
            assert isinstance(error, Unavailable | Garbled), harm
            assert CODE not in f"{error} {error.detail}"


@pytest.mark.parametrize("harm", ["cut", "reset", "truncate", "garble"])
def test_a_wire_that_is_bad_from_the_beginning_says_nothing(front: FrontEnd, harm: Any) -> None:
    with over_a_wire(front) as (made, wire):
        wire.mode = harm
        assert isinstance(caught(lambda: made.ask(QUESTION, key="k-1")), Unavailable)


def test_a_server_that_takes_the_connection_and_is_silent_ends_in_time(front: FrontEnd) -> None:
    with over_a_wire(front) as (made, wire):
        wire.mode = "hang"
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code) == (Unavailable, "timeout")


@pytest.mark.parametrize(
    ("said", "kind", "code"),
    [
        ("致命错误\0C28P01\0M用户 u Password 认证失败\0\0", Barred, "unauthorised"),
        ("FATAL\0C28000\0Mno pg_hba.conf entry for host\0\0", Barred, "unauthorised"),
        ("FATAL\0C53300\0Msorry, too many clients already\0\0", Unavailable, "source_busy"),
        ("致命错误\0C57P03\0M数据库系统正在启动\0\0", Unavailable, "source_busy"),
    ],
)
def test_the_password_of_the_file_is_told_to_the_server_alone_and_what_it_answers_is_understood(
    tmp_path: Path, said: str, kind: type[Exception], code: str
) -> None:
    file = tmp_path / "password"
    file.touch(0o600)
    file.write_text("a word of ours\n")
    with door(said) as (port, heard):
        keys = FrontEnd(url=f"postgresql://u@127.0.0.1:{port}/d").keys(password_file=str(file))
        with closing(source.connect("front", keys)) as made:
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code) == (kind, code)
    assert b"a word of ours\0" in heard
    assert "a word" not in f"{error} {error.detail}"


@contextmanager
def door(said: str, times: int = 1) -> Iterator[tuple[int, list[bytes]]]:
    """A server that asks for the password in the clear, hears it, and then says this (protocol 3, ErrorResponse)."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def once() -> None:
            for _ in range(times):
                client, _ = listening.accept()
                with client:
                    while (asked := client.recv(1000))[4:8] in (b"\x04\xd2\x16\x2f", b"\x04\xd2\x16\x30"):  # TLS? GSS?
                        client.sendall(b"N")
                    assert b"user\0u\0" in asked
                    client.sendall(b"R" + struct.pack("!ii", 8, 3))
                    heard.append(client.recv(1000)[5:])
                    told = b"S" + said.encode()
                    client.sendall(b"E" + struct.pack("!i", len(told) + 4) + told)

        thread = threading.Thread(target=once)
        thread.start()
        yield listening.getsockname()[1], heard
        thread.join(60)


def test_a_server_that_ends_our_connections_is_asked_again_over_a_new_one(front: FrontEnd) -> None:
    with asking(front, tries=2) as made:
        assert made.ask(QUESTION, key="k-1").value == "存续"
        front.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        )
        made._database._sleep = lambda _seconds: None
        found = made.ask(QUESTION, key="k-2")
    assert (found.value, found.provenance.attempts) == ("存续", 2)


@pytest.mark.slow
def test_nothing_that_is_wrong_with_it_in_any_order_is_evidence(front: FrontEnd) -> None:
    """Each harm is done, asked about and undone; the order is chance's, and the same each time."""
    harms: list[tuple[str, str]] = [
        ("UPDATE qy SET zt = NULL", "UPDATE qy SET zt = '存续'"),
        ("UPDATE qy SET zt = '  '", "UPDATE qy SET zt = '存续'"),
        (f"INSERT INTO qy VALUES ('{CODE}', '注销', '2026-01-06', '3')", "DELETE FROM qy WHERE zt = '注销'"),
        ("UPDATE qy SET gxsj = NULL", "UPDATE qy SET gxsj = '2026-01-06'"),
        ("UPDATE qy SET gxsj = 'soon'", "UPDATE qy SET gxsj = '2026-01-06'"),
        ("ALTER TABLE qy RENAME COLUMN zt TO gone", "ALTER TABLE qy RENAME COLUMN gone TO zt"),
        ("ALTER TABLE qy RENAME TO gone", "ALTER TABLE gone RENAME TO qy"),
        (
            "ALTER TABLE qy ALTER COLUMN zt TYPE bytea USING convert_to(zt, 'UTF8')",
            "ALTER TABLE qy ALTER COLUMN zt TYPE varchar(100) USING convert_from(zt, 'UTF8')",
        ),
        ("UPDATE qy SET dm = 'X-1'", f"UPDATE qy SET dm = '{CODE}'"),
    ]
    chance = random.Random(7)
    with asking(front) as made:
        for _ in range(3):
            for done, undone in chance.sample(harms, len(harms)):
                front.run(done)
                assert outcome(made) not in {"match", "mismatch"}, done
                front.run(undone)
                assert outcome(made) == "match"
        assert made.ask(replace(QUESTION, subject_code="X-9"), key="k").value is None
