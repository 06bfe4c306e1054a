"""Which personal data a connector sends out stands on its card by itself: whoever declares nothing is not shown to send none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from inspector.plugins import load
from tests.messengers import kept

URL = "http://127.0.0.1:9"
FRONT: dict[str, object] = {
    "url": "sqlite:////nowhere/front.db",
    "table": "t",
    "code_column": "c",
    "facts": {"f": "f"},
    "live": True,
}
FILES: dict[str, object] = {
    "folder": "/nowhere",
    "keep": "/nowhere/keep",
    "files": "l-{as_of}.csv",
    "code_column": "c",
    "facts": {"f": "f"},
}
LEVELS = {name: value for name, value in FILES.items() if name != "facts"} | {"level_column": "l", "levels": {"A": "A"}}
SOAP: dict[str, object] = {"url": URL, "operation": "ask", "value_field": "r.v"}
XROAD: dict[str, object] = {"url": URL, "client": "CN/GOV/1/office", "service": "CN/GOV/2/register/query"}
MAIL: dict[str, object] = {"host": "127.0.0.1", "sender": "a@example.org", "tls": "none"}
WHOLE = ("subject.code", "claim.value")


@pytest.mark.parametrize(
    ("group", "kind", "keys", "borne"),
    [
        ("sources", "http", {"url": URL}, WHOLE),
        ("sources", "http", {"url": URL, "asks": {"tyshxydm": "code", "ly": "basis"}}, ("subject.code",)),
        ("sources", "http", {"url": URL, "asks": {"dm": "code", "z": "claimed"}}, WHOLE),
        ("sources", "http", {"url": URL, "asks": {"bh": "case"}}, ()),
        ("sources", "http", {"url": URL, "path": "/l/{code}", "asks_in": "query"}, ("subject.code",)),
        ("sources", "http", {"url": URL, "path": "/l/{code}"}, WHOLE),
        ("sources", "results", {"url": URL}, WHOLE),
        ("sources", "xroad", {**XROAD, "asks_in": "query", "asks": {"c": "code"}}, ("subject.code",)),
        ("sources", "soap", {**SOAP, "asks": {"c": "code"}}, ("subject.code",)),
        ("sources", "soap", {"url": URL, "template": "<q>{code}</q>", "value_field": "r.v"}, ("subject.code",)),
        ("sources", "database", FRONT, ("subject.code",)),
        ("sources", "files", FILES, ()),
        ("credit", "http", {"url": URL}, ("subject.code", "case.result")),
        ("credit", "files", LEVELS, ()),
        ("agencies", "http", {"url": URL}, WHOLE),
        ("agencies", "paper", {"folder": "/nowhere"}, WHOLE),
        ("agencies", "email", {**MAIL, "to": ["b@example.org"]}, WHOLE),
        ("channels", "email", MAIL, ("address",)),
        (
            "channels",
            "webhook",
            {"url": URL, "secret_file": "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"},
            ("address", "claim.value"),
        ),
        ("callbacks", "webhook", {"url": URL, "secret_file": "whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"}, ("case.result",)),
        ("witnesses", "http", {"url": URL}, ()),
        ("pulses", "http", {"url": URL}, ()),
    ],
)
def test_a_card_tells_what_leaves_without_anybody_declaring_it(
    tmp_path: Path, group: str, kind: str, keys: dict[str, object], borne: tuple[str, ...]
) -> None:
    told = {name: kept(tmp_path, str(value), name) if name == "secret_file" else value for name, value in keys.items()}
    connect: Any = load(group, kind)
    made = connect("one", told)
    assert made.card.personal_data == borne
    more = connect("one", {**told, "personal_data": ["subject.name", *borne]})
    assert more.card.personal_data == (*borne, "subject.name"), "what is declared besides stands behind it, once"
