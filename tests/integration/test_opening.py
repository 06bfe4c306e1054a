"""A database that starts a little later than the daemon is waited for, and not for ever."""

from __future__ import annotations

import json
import select
import socket
import sqlite3
import stat
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from inspector.domain.errors import Refusal
from inspector.settings import Settings
from inspector.store.opening import opened, reach, sole_owner
from inspector.store.store import Store
from tests.house import ROOT, closing
from tests.operator import Operator


def server(url: sa.URL) -> socket.socket:
    """A connection to the server itself, which most often listens on a socket in a folder only."""
    host, port = str(url.query.get("host") or url.host or "127.0.0.1"), url.port or 5432
    if not host.startswith("/"):
        return socket.create_connection((host, port))
    held = socket.socket(socket.AF_UNIX)
    held.connect(f"{host}/.s.PGSQL.{port}")
    return held


def relay(listening: socket.socket, url: sa.URL) -> None:
    """Lets one connection through to the server."""
    outer, _ = listening.accept()
    with outer, server(url) as inner:
        ends = {outer: inner, inner: outer}
        while True:
            for one in select.select([*ends], [], [])[0]:
                if not (held := one.recv(65_536)):
                    return
                ends[one].sendall(held)


@pytest.mark.postgres
def test_a_database_whose_port_opens_a_little_later_is_waited_for(postgres_url: str) -> None:
    url, refused = sa.make_url(postgres_url), list[str]()
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        ours = url.set(host="127.0.0.1", port=listening.getsockname()[1], query={})
        letting = [threading.Thread(target=relay, args=(listening, url), daemon=True) for _ in ("writes", "reads")]
        with closing(Store(ours.render_as_string(hide_password=False))) as store:

            @sa.event.listens_for(store.engine, "handle_error")
            def opens(context: sa.engine.ExceptionContext) -> None:
                refused.append(str(context.original_exception))
                if len(refused) == 1:
                    listening.listen()
                    for one in letting:
                        one.start()

            reach(store)
            with store.read() as tx:
                assert tx.connection.execute(sa.select(sa.func.current_database())).scalar_one() == url.database
        for one in letting:
            one.join()
    assert len(refused) == 1
    assert "refused" in refused[0]


def test_a_database_that_does_not_come_is_given_up() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"postgresql+psycopg://nobody@127.0.0.1:{held.getsockname()[1]}/x"
        with closing(Store(url)) as store, pytest.raises(OperationalError, match="refused"):
            reach(store, 0)


def test_a_file_is_fully_durable_unless_the_settings_say_otherwise(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'inspector.sqlite3'}"
    told = Settings.model_validate({"policies": str(tmp_path), "database": {"url": address}})
    for synchronous, level in ((told.database.synchronous, 2), ("NORMAL", 1)):
        with closing(opened(address, synchronous=synchronous)) as store:
            for begun in (store.begin, store.read):
                with begun() as tx:
                    assert tx.connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == level, synchronous
                    assert tx.connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    with closing(opened(address)) as store, store.begin() as tx:
        assert tx.connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2


def test_who_writes_takes_the_file_at_once_and_not_with_the_first_write(tmp_path: Path) -> None:
    file = tmp_path / "inspector.sqlite3"
    with closing(opened(f"sqlite:///{file}")) as store, store.begin() as tx:
        tx.connection.execute(sa.text("SELECT 1"))  # nothing is written yet: begun later, two could read and one would fail
        with sqlite3.connect(file, timeout=0) as other, pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")


def test_the_file_is_for_our_eyes_from_its_first_second_on(tmp_path: Path) -> None:
    file = tmp_path / "inspector.sqlite3"
    with sole_owner(f"sqlite:///{file}"):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("how", ["mistyped", "not mounted", "a link", "a linked folder"])
def test_a_folder_that_somebody_named_must_be_there_and_is_not_made(tmp_path: Path, how: str) -> None:
    """An empty mount point is there; what lies on the disk is not."""
    (tmp_path / "disk").mkdir()
    file = tmp_path / "disk" / "office" / "inspector.sqlite3"
    named = file
    if how == "mistyped":
        file = named = tmp_path / "ofice" / "data" / "inspector.sqlite3"
    elif how == "a link":
        (named := tmp_path / "inspector.sqlite3").symlink_to(file)
    elif how == "a linked folder":
        (tmp_path / "var").symlink_to(file.parent)
        named = tmp_path / "var" / file.name
    operator = Operator(tmp_path, f"sqlite:///{named}").settle_in()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Refusal, match="database_folder_missing") as refused, sole_owner(operator.url):
        raise AssertionError("a new office was begun beside the old one")
    assert refused.value.facts["folder"] == str(file.parent)
    said = operator.say("migrate")
    assert (said.code, str(file.parent) in said.err) == (4, True)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "told"), [("en", "A new, empty database was made: "), ("zh-Hans", "已建立新的空数据库：")])
def test_where_nobody_named_a_place_it_is_made_beside_the_settings_and_said(tmp_path: Path, lang: str, told: str) -> None:
    operator = Operator(tmp_path, "")
    operator.config.write_text(f"policies = {json.dumps(str(ROOT / 'policies'))}\n", encoding="utf-8")
    said = operator.well("migrate", lang=lang)
    assert told + str(tmp_path / "var" / "inspector.sqlite3") in said.out.replace("\n", "")
    assert told not in operator.well("migrate", lang=lang).out
    (tmp_path / "var").rename(tmp_path / "elsewhere")
    (tmp_path / "not-mounted").mkdir()
    (tmp_path / "var").symlink_to(tmp_path / "not-mounted" / "var")
    assert operator.say("migrate").code == 4
    assert not [*(tmp_path / "not-mounted").iterdir()]
