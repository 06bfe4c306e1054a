"""Whatever bytes others send: each reader of ours ends, in time linear in their number, by an answer or by its own error."""

from __future__ import annotations

import io
import time
import tomllib
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.exceptions import HTTPException
from starlette.requests import Request

from connectors import mailbox, markup, soap
from connectors.reply import Reply
from inspector.cli.offline import plan
from inspector.domain import evidence, slip, strict
from inspector.domain.errors import Forbidden, Invalid, Missing
from inspector.domain.identity import IdentityKind, identify, organisation
from inspector.domain.person import same
from inspector.domain.policy import Compare
from inspector.domain.signs import composed
from inspector.flows.mailbox import lines
from inspector.flows.mailbox import read as form
from inspector.flows.written import meant
from inspector.labels import toml
from inspector.ports import Garbled
from inspector.sheets import formulas, sheet
from inspector.web import body, language, multipart, pages, signedin

SIZE = 100_000
TYPES = b"<?xml version='1.0'?><Relationships>", b"<Relationship Id='r' Target='worksheets/sheet1.xml'/>"


def packed(
    xml: bytes, workbook: bytes = b"<workbook><sheets><sheet name='a' sheetId='1' r:id='r'/></sheets></workbook>"
) -> bytes:
    """A workbook whose only sheet is these bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/workbook.xml", workbook)
        made.writestr("xl/_rels/workbook.xml.rels", b"".join(TYPES) + b"</Relationships>")
        made.writestr("xl/worksheets/sheet1.xml", xml)
    return held.getvalue()


def reply(content: bytes) -> Reply:
    """An answer with this body."""
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Reply(status=200, headers={}, body=content, attempts=1, request_digest="", reply_digest="", asked_at=at)


def envelope(content: bytes) -> object:
    """A SOAP answer, looked into as its source does."""
    form = soap.Form(version=soap.VERSIONS["1.1"], charset="utf-8", spaces={})
    return soap.read(reply(content), form).fault()


def xml(content: bytes) -> object:
    """XML of a stranger."""
    return markup.read(markup.decoded(content, "utf-8"))


def text(content: bytes) -> str:
    """Bytes as the text of a field."""
    return content.decode("utf-8", "replace")


def cookie(content: bytes) -> object:
    """A request with this for its cookies."""
    return signedin.read_cookie(Request({"type": "http", "headers": [(b"cookie", content)]}), signedin.COOKIE)


def headed(content: bytes) -> object:
    """A form with one file, of which this is said."""
    about = content.replace(b"\r", b"").replace(b"\n", b"")
    return multipart.sent(b"--b\r\nContent-Disposition: " + about + b"\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b")


def framed(content: bytes) -> object:
    """A mail's text, its form filled in with this, and this above and below it."""
    told, number = text(content), slip.mark("x")
    held = form(slip.clean(f"{told}【{number}】{told}【{number}-12345678】\n答复码：x\n理由：{told}【{number}】{told}"))
    return slip.unknown(held.beside, ("您好", "hello"))


def formula(content: bytes) -> None:
    """A sheet with a formula, so that its cells are looked at one by one."""
    formulas.refuse(packed(b"<c r='A1'><f/></c>" + content), 0)


Errors = tuple[type[Exception], ...]
READERS: dict[str, tuple[Callable[[bytes], object], Errors]] = {
    "a mail": (lambda told: mailbox.read("1", told), ()),
    "a mail's page": (lambda told: mailbox.read("1", b"Content-Type: text/html\n\n" + told), ()),
    "a mail's parts": (lambda told: mailbox.read("1", b"Content-Type: multipart/mixed; boundary=b\n\n" + told), ()),
    "a mail's lines": (lambda told: meant(lines(text(told))), (Invalid,)),
    "a mail's form": (framed, (Forbidden, Invalid, Missing)),
    "XML": (xml, (markup.NotRead,)),
    "SOAP": (envelope, (Garbled,)),
    "JSON of a source": (lambda told: reply(told).text("a.b"), (Garbled,)),
    "JSON of a message": (body.parsed, (HTTPException, Invalid)),
    "JSON of a draw": (strict.parse, (ValueError,)),
    "TOML": (toml.parsed, (tomllib.TOMLDecodeError, UnicodeDecodeError)),
    "a plan": (plan.read, (Invalid,)),
    "a form": (lambda told: pages.fields(told, "application/x-www-form-urlencoded"), (HTTPException,)),
    "a form with files": (lambda told: multipart.sent(told, "multipart/form-data; boundary=b"), (HTTPException,)),
    "a file's head": (headed, (HTTPException,)),
    "a content type": (lambda told: body.declared(told.decode("latin-1")), ()),
    "languages": (lambda told: language.preferred(told.decode("latin-1")), ()),
    "cookies": (cookie, ()),
    "a list": (sheet.read, (Invalid,)),
    "a workbook": (lambda told: sheet.read(sheet.ZIP + told), (Invalid,)),
    "a workbook's sheet": (lambda told: sheet.read(packed(b"<worksheet><sheetData>" + told)), (Invalid,)),
    "formulas": (formula, (Invalid,)),
    "a workbook's names": (lambda told: formulas.refuse(packed(b"<f/>", told), 0), (Invalid,)),
    "a code": (lambda told: organisation(identify(IdentityKind.OTHER, text(told), today=date(2026, 3, 2)).normal), (Invalid,)),
    "a person": (lambda told: same(text(told), "王五"), ()),
    "a number": (lambda told: evidence.compare(Compare.AT_LEAST, "3", text(told)), (ValueError,)),
    "a date": (lambda told: evidence.compare(Compare.NOT_AFTER, "2026-01-01", text(told)), (ValueError,)),
    "a window": (lambda told: evidence.compare(Compare.WITHIN, "2026-01-01", text(told)), (ValueError,)),
    "signs": (lambda told: composed(text(told)), ()),
}
MARKS = "\u0315\u0300".encode()
COSTLY = {
    "XML": (b"<?xml ", b'encoding="a" ', b""),
    "SOAP": (b'<a xmlns="' + b"x" * 40_000 + b'">', b"<a/>", b"</a>"),
    "formulas": (b"", b"<c a>", b""),
    "a workbook's names": (b"", b"<sheet ", b""),
    "a workbook's sheet": (b'<row><c r="A1"><v>1</v></c>', b'<c r="XFD1048576"><v>1</v></c>', b""),
    "a code": (b"1", MARKS, b""),
    "a person": (b"a", MARKS, b""),
    "signs": (b"a", MARKS, b""),
    "cookies": (b'a="', b"\\", b'"'),
    "a file's head": (b'form-data; x="', b";", b""),
    "a content type": (b"application/json; charset*", b"1", b"=a"),
    "JSON of a message": (b"", b"[", b""),
    "JSON of a draw": (b"", b'{"a":', b""),
    "a number": (b"", b"9", b""),
}
SIGNS = [bytes([sign]) for sign in b"<>/=\"'&#;:([{\\-%, \n\r\t.09a"]
TAGS = [
    b"<!--",
    b"<![CDATA[",
    b"<?xml ",
    b"<a ",
    b"<a>",
    b"</a>",
    b"<c ",
    b"<c>",
    b"</c>",
    b"<f>",
    b"<v>",
    b"<row>",
    b"<sheet ",
    b"xmlns:a=",
]
HEADS = [
    b"--b",
    b"\n--b",
    b"\n\n",
    b"From: ",
    b"Content-Type: ",
    b"charset=",
    b"encoding=",
    b"&#",
    b"=?utf-8?b?",
    b'"a":',
    b"=3D",
    b"q=0.",
]
WORDS = [b"A1", b"\xff", b"\xc3\xa4", "一".encode(), "：".encode(), "签署人：".encode(), MARKS, b"2026-01-01", b".."]
PIECES = st.sampled_from([*SIGNS, *TAGS, *HEADS, *WORDS])
REPEATED = st.tuples(*(st.lists(PIECES | st.binary(max_size=3), min_size=least, max_size=3) for least in (0, 1, 0)))


def seconds(name: str, content: bytes) -> float:
    """Of the processor, until the reader has ended by an answer or its error."""
    reader, errors = READERS[name]
    began = time.thread_time()
    with suppress(*errors):
        reader(content)
    return time.thread_time() - began


def repeated(before: bytes, unit: bytes, behind: bytes) -> bytes:
    """Many of one thing."""
    return before + unit * (SIZE // (len(unit) or 1)) + behind


@pytest.mark.parametrize("name", COSTLY)
def test_what_once_took_the_square_takes_no_longer_than_its_bytes(name: str) -> None:
    assert seconds(name, repeated(*COSTLY[name])) < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("name", READERS)
def test_any_bytes_end_soon_by_an_answer_or_the_readers_own_error(name: str) -> None:
    quickly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

    @quickly
    @given(REPEATED)
    def ends(told: tuple[list[bytes], list[bytes], list[bytes]]) -> None:
        content = repeated(*(b"".join(part) for part in told))
        assert seconds(name, content) < 2

    @quickly
    @given(st.binary(max_size=2_000) | st.lists(PIECES, max_size=60).map(b"".join))
    def is_told(content: bytes) -> None:
        assert seconds(name, content) < 1

    ends()
    is_told()
