"""`connector check` names the key of our own settings, what stands there and the fix; it is then no outage."""

from __future__ import annotations

import re
import socket
import sqlite3
import sys
from pathlib import Path
from typing import Any

import pytest

from connectors.channels import email
from connectors.sources import database, files
from inspector.cli import amiss
from inspector.cli.finding import Fault, Finding
from inspector.cli.reaching import looked
from inspector.domain.errors import Invalid
from inspector.ports import Barred, Garbled, PortError, Sighting

FILES = {"files": "x-{as_of}.csv", "complete": "rename", "code_column": "code", "facts": {"degree": "degree"}}


def seen(name: str, made: Any, told: dict[str, Any]) -> Finding:
    (found,) = looked(name, made, told)
    assert all(re.search("[\u4e00-\u9fff]", one) for one in (found.what[1], found.mend[1]))
    return found


def test_a_folder_that_is_not_there_is_our_setting_and_no_outage(tmp_path: Path) -> None:
    told = {**FILES, "folder": str(tmp_path / "gone"), "keep": str(tmp_path / "keep")}
    found = seen("sources.front", files.connect("front", told), {"kind": "files", **told})
    assert found.fault is Fault.OURS
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
    assert found.fault is Fault.OURS
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
    assert found.fault is Fault.OURS
    assert all(f"{mark}{named}, " in one for one, mark in zip(found.what, (": ", "："), strict=True)), found.what
    assert all(key in one and "clock" not in one for one in found.mend)
    there = "[code, grade]"
    assert all((there in one) is (key == "facts") for one in found.what), (
        "the columns that are there are shown to who mistyped one"
    )


class Saying:
    """A connector whose look ends in this error, or sees this."""

    def __init__(self, said: PortError | Sighting) -> None:
        self.said = said

    def look(self) -> list[Sighting]:
        if isinstance(self.said, PortError):
            raise self.said
        return [self.said]


@pytest.mark.parametrize("code", ["field_missing", "field_type"])
def test_a_place_in_a_reply_that_a_key_of_ours_names_is_laid_at_the_key(code: str) -> None:
    error = Garbled(code, digest="0" * 64, detail="data.valu")
    found = seen("sources.social", Saying(error), {"kind": "http", "value_field": "data.valu", "as_of_field": "data.as_of"})
    assert found.fault is Fault.OURS, "it is ours first"
    assert all("value_field = 'data.valu'" in one for one in found.what)
    assert all("value_field" in one and "sources.social" in one for one in found.mend)
    other = seen("sources.social", Saying(Garbled(code, digest="0" * 64, detail="code")), {"kind": "http", "value_field": "v"})
    assert other.fault is Fault.THEIRS, "a place that no key names is theirs"


def test_a_refusal_for_the_clock_names_our_own_clock_first() -> None:
    found = seen("sources.gateway", Saying(Barred("clock_differs", detail="code 4003")), {"kind": "gateway"})
    assert [one.index("NTP") < one.index("skew_codes") for one in found.mend] == [True, True]


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (Invalid("delivery_column", file="l.csv", column="zt", count=0, there="dm, status"), "facts"),
        (Invalid("sheet_encoding_agreed", encoding="utf-8", found="GB18030"), "encoding"),
        (Invalid("sheet_encoding_other", encoding="utf-8", place=9), "encoding"),
    ],
)
def test_a_delivery_that_is_refused_for_what_our_keys_say_is_laid_at_them_first(error: Invalid, key: str) -> None:
    found = seen(
        "sources.lists", Saying(Sighting(code="delivery_refused", facts={"error": error}, fine=False)), {"kind": "files"}
    )
    assert all(key in one for one in found.mend)
    if key == "facts":
        assert all("dm, status" in one for one in found.what), "and the columns that are there are shown"


def test_a_kind_that_nobody_brings_may_lack_its_package_here() -> None:
    error = Invalid("plugin_unknown", group="inspector.sources", name="county-register", nearest="", known="http")
    assert all("wheel" in one and sys.prefix in one for one in amiss.unloaded(error))


def test_a_mail_server_that_is_not_there_is_named_with_host_and_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    told = {"host": "127.0.0.1", "port": port, "tls": "none", "sender": "a@example.org", "tries": 1}
    found = seen("channels.mail", email.connect("mail", told), {"kind": "email", **told})
    assert found.fault is Fault.AWAY
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


def test_a_platforms_secret_that_cannot_be_opened_leads_to_the_keys_that_say_how() -> None:
    error = Barred("secret_unreadable", detail="field_type data.secret: aes, ValueError")
    assert all(key in told for told in amiss.mend(error) for key in ("sealed", "secret_field", "key_file"))
