"""What a form and a token may be made of: wrong encodings store nothing, and nobody signs without a name."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from inspector.domain.case import Outcome
from inspector.domain.errors import Invalid
from inspector.flows.review import decide
from inspector.store.tables import token as token_table
from tests.edge import Edge
from tests.integration.test_forms import edge, hidden, in_review, letter, logged_in

pytestmark = pytest.mark.alike

__all__ = ["edge", "letter"]


def encoded(fields: dict[str, str], encoding: str) -> bytes:
    """A form's body as a program in that encoding posts it."""
    return urlencode(fields, encoding=encoding).encode()


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("kind", "content", "status", "shown"),
    [
        (FORM, b"do=decline&reasons=%FF%FE&signer=%E8%B5%B5%E5%85%AD", 400, 'value="赵六"'),
        (FORM, b"do=decline&reasons=\xff\xfe&signer=%E8%B5%B5%E5%85%AD", 400, 'value="赵六"'),
        (FORM, b"do=decline&reasons=%ED%A0%80&signer=%E8%B5%B5%E5%85%AD", 400, 'value="赵六"'),
        (
            f"{FORM}; charset=gb18030",
            encoded({"do": "decline", "reasons": "移交", "signer": "赵六"}, "gb18030"),
            415,
            "移交</textarea>",
        ),
        (
            f"{FORM}; charset=utf-16",
            encoded({"do": "decline", "reasons": "moved", "signer": "z"}, "ascii"),
            415,
            "moved</textarea>",
        ),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="do"\r\n\r\ndecline\r\n--x--\r\n',
            415,
            "<form",
        ),
        ("application/json", b'{"do": "decline"}', 415, "<form"),
    ],
    ids=["percent", "raw", "half a character", "GB 18030", "UTF-16", "multipart", "JSON"],
)
def test_a_form_in_a_wrong_encoding_is_said_to_be_so_and_stores_nothing(
    edge: Edge, letter: str, kind: str, content: bytes, status: int, shown: str
) -> None:
    with edge.client() as browser:
        chinese = browser.post(letter, content=content, headers={"Content-Type": kind})
        english = browser.post(letter + "?lang=en", content=content, headers={"Content-Type": kind})
        assert (chinese.status_code, english.status_code) == (status, status)
        assert "未保存任何内容" in chinese.text
        assert "nothing was stored" in english.text
        assert shown in chinese.text
        assert "\ufffd" not in chinese.text
        good = browser.post(
            letter,
            content=encoded({"do": "decline", "inability": "NOT_HELD", "reasons": "移交", "signer": "赵六"}, "utf-8"),
            headers={"Content-Type": f"{FORM}; charset=UTF-8"},
        )
        assert good.status_code == 303, "the request is still open"


def test_an_officers_decision_in_a_wrong_encoding_leaves_the_case_in_review(edge: Edge) -> None:
    case_id = in_review(edge)
    with edge.client() as browser:
        logged_in(edge, browser)
        guard = hidden(browser.get(f"/review/{case_id}").text, "guard")
        body = f"guard={guard}&outcome=DATA_ERROR&reasons=%FF%FE".encode()
        answer = browser.post(f"/review/{case_id}", content=body, headers={"Content-Type": FORM})
        assert (answer.status_code, "未保存任何内容" in answer.text) == (400, True)
        assert re.search(r'value="DATA_ERROR" selected', answer.text), "what could be read is kept"
    with edge.office.store.read() as tx:
        assert tx.cases.get(case_id).state.value == "REVIEW"


def test_no_form_may_have_more_fields_than_any_of_ours(edge: Edge, letter: str) -> None:
    with edge.client() as browser:
        assert browser.post(letter, content=b"&".join([b"a=b"] * 501), headers={"Content-Type": FORM}).status_code == 400


@pytest.mark.parametrize("name", ["", " ", "李四\n", "李\n四", "<b>", "\u200b", "a\x1bb", "长" * 101])
def test_a_token_names_its_holder(edge: Edge, name: str) -> None:
    now = datetime.now(UTC)
    with edge.office.store.begin() as tx, pytest.raises(Invalid, match="token_name_unfit"):
        tx.tokens.issue(name, "bureau", "officer", now, now + timedelta(days=1))


def test_a_token_that_names_nobody_decides_nothing_and_opens_no_session(edge: Edge) -> None:
    """Such tokens were once issued."""
    case_id = in_review(edge)
    text, later = edge.token("officer"), edge.token("officer", name="李四")
    with edge.client() as browser:
        assert browser.post("/login", data={"token": later}).status_code == 303
        with edge.office.store.begin() as tx:
            tx.connection.execute(sa.update(token_table).values(name=" "))
        answer = browser.post("/login", data={"token": text})
        assert (answer.status_code, "令牌没有写明持有者" in answer.text) == (401, True)
        assert browser.get(f"/review/{case_id}").headers["location"].startswith("/login")
    with edge.client(Authorization=f"Bearer {text}") as client:
        decided = client.post(f"/v1/cases/{case_id}/review", json={"outcome": "DATA_ERROR", "reasons": "来源有误"})
        assert (decided.status_code, decided.json()["error"]["code"]) == (401, "token_nameless")
    with edge.office.store.begin() as tx, pytest.raises(Invalid, match="officer_nameless"):
        decide(edge.office, tx, case_id, Outcome.DATA_ERROR, " ", "来源有误", (), edge.office.now())
