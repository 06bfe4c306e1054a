"""`connector check` names the key of our own settings, what stands there and the fix; it is then no outage."""

from __future__ import annotations

import re
import socket
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from connectors.channels import email
from connectors.sources import database, files
from inspector.cli.finding import Finding
from inspector.cli.reaching import looked
from inspector.domain.errors import Invalid

FILES = {"files": "x-{as_of}.csv", "complete": "rename", "code_column": "code", "facts": {"degree": "degree"}}


def seen(name: str, made: Any, told: dict[str, Any]) -> Finding:
    (found,) = looked(name, made, told)
    assert all(re.search("[\u4e00-\u9fff]", one) for one in (found.what[1], found.mend[1]))
    return found


def test_a_folder_that_is_not_there_is_our_setting_and_no_outage(tmp_path: Path) -> None:
    told = {**FILES, "folder": str(tmp_path / "gone"), "keep": str(tmp_path / "keep")}
    found = seen("sources.front", files.connect("front", told), {"kind": "files", **told})
    assert not found.outside
    for one in (*found.what, *found.mend):
        assert "folder" in one
    assert all(str(tmp_path / "gone") in one for one in found.what)


def test_a_database_file_that_is_not_there_is_our_setting_and_no_outage(tmp_path: Path) -> None:
    told = {
        "url": f"sqlite:///{tmp_path / 'gone.db'}",
        "table": "degree",
        "code_column": "code",
        "facts": {"degree": "d"},
        "live": True,
    }
    found = seen("sources.front", database.connect("front", told), {"kind": "database", **told})
    assert not found.outside
    assert all("url" in one and str(tmp_path / "gone.db") in one for one in found.what)
    assert "url" in found.mend[0]


@pytest.mark.parametrize(("key", "value", "named"), [("table", "degreez", "degreez"), ("facts", {"degree": "gread"}, "gread")])
def test_a_table_or_column_that_is_not_there_is_named_with_its_key(tmp_path: Path, key: str, value: object, named: str) -> None:
    with sqlite3.connect(tmp_path / "front.db") as held:
        held.execute("CREATE TABLE degree (code TEXT, grade TEXT)")
    held.close()
    told: dict[str, Any] = {"url": f"sqlite:///{tmp_path / 'front.db'}", "table": "degree", "code_column": "code"}
    told |= {"facts": {"degree": "grade"}, "live": True, key: value}
    found = seen("sources.front", database.connect("front", told), {"kind": "database", **told})
    assert not found.outside
    assert all(f"{mark}{named}, " in one for one, mark in zip(found.what, (": ", "："), strict=True)), found.what
    assert all(key in one and "clock" not in one for one in found.mend)


def test_a_mail_server_that_is_not_there_is_named_with_host_and_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    told = {"host": "127.0.0.1", "port": port, "tls": "none", "sender": "a@example.org", "tries": 1}
    found = seen("channels.mail", email.connect("mail", told), {"kind": "email", **told})
    assert found.outside
    assert all(f"127.0.0.1:{port}" in one for one in found.what)
    assert all("host" in one and "port" in one for one in found.mend)


@pytest.mark.parametrize(
    ("key", "wrong", "wanted", "given"),
    [
        ("empty_words", "无", '["…"]', '"…"'),
        ("facts", ["degree"], '{"…" = "…"}', "[…]"),
        ("live", "yes", "true | false", '"…"'),
    ],
)
def test_a_key_of_the_wrong_type_is_told_as_it_is_written_in_toml(key: str, wrong: object, wanted: str, given: str) -> None:
    told = {
        "url": "sqlite:////x.db",
        "table": "degree",
        "code_column": "code",
        "facts": {"degree": "d"},
        "live": True,
        key: wrong,
    }
    with pytest.raises(Invalid) as error:
        database.connect("front", told)
    assert error.value.code == "connector_key_type"
    assert (error.value.facts["wanted"], error.value.facts["given"]) == (wanted, given)
