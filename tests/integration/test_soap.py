"""SOAP services: what is asked is well-formed whatever stands in it, faults are told apart, and odd XML is never an answer."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar
from xml.etree import ElementTree as ET

import pytest

from connectors import soap
from connectors.sources import soap as source
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.ports import AnswerStatus, Barred, Garbled, PortError, Refused, Unavailable
from inspector.testing import CODE, QUESTION, Body, caught
from inspector.testing.peer import answer, peer
from tests.frontends import SHANGHAI, verdict
from tests.soap import (
    ASKING,
    CLIENT,
    FIELDS,
    FOUND,
    KEY,
    OURS,
    SERVER,
    SPACES,
    USER,
    WORD,
    Service,
    credential,
    fault,
    found,
    reached,
    said,
)
from tests.unit.test_signers import openssl

BOTH = pytest.mark.parametrize("version", ["1.1", "1.2"])


class TestSoap(testing.OverHttp, testing.SourceContract):
    """The contract, with everything that may show who asks."""

    factory = source.connect
    told: ClassVar[object] = FOUND
    private = (*testing.PRIVATE, KEY, WORD, USER, "127.0.0.1")

    def settings(self, folder: Path) -> Mapping[str, object]:
        return {
            **ASKING,
            "key_file": credential(folder, "key", KEY),
            "requester": "office-7",
            "user": USER,
            "password_file": credential(folder, "word", WORD),  # its digest would be another one at each try
        }


@BOTH
def test_one_fact_is_asked_and_answered(version: str) -> None:
    with reached(Service(version, says=lambda _: said(found(), version))) as (made, service, _):
        answered = made.ask(QUESTION, key="k-1")
    assert (answered.status, answered.value, verdict(answered)) == (AnswerStatus.FOUND, "存续", Verdict.MATCH)
    assert answered.provenance.as_of == datetime(2026, 1, 5, tzinfo=SHANGHAI)
    (asked,) = service.asked
    assert [(one.tag, [two.text for two in one] or one.text) for one in asked] == [
        (f"{{{OURS}}}subject", [CODE]),
        (f"{{{OURS}}}fact", "registered"),
    ]
    assert service.refused == []


def test_no_value_becomes_markup_and_what_xml_has_no_place_for_is_not_sent() -> None:
    odd = "<&>\"'甲]]>\r\n𠮷"
    template = '<q:Query xmlns:q="urn:example:registers"><q:subject v="{claimed}"><q:code>{code}</q:code></q:subject></q:Query>'
    ways: tuple[dict[str, Any], ...] = (
        {"asks": {"subject.code": "code", "v": "claimed"}},
        {"template": template, "operation": None, "asks": {}},
    )
    for more in ways:
        with reached(Service(), **more) as (made, service, there):
            made.ask(replace(QUESTION, claimed=odd), key="k-1")
            (asked,) = service.asked
            told = [asked.findtext(f"{{{OURS}}}v"), *(one.get("v") for one in asked)]
            assert odd in told
            error = caught(lambda made=made: made.ask(replace(QUESTION, claimed="\x00"), key="k-1"))  # type: ignore[misc]
            assert (type(error), error.code, len(service.asked), there.heard) == (Refused, "request_malformed", 1, [])


@BOTH
@pytest.mark.parametrize("place", ["headers", "body", "soap-header"])
def test_a_question_is_signed_where_the_service_wants_it_and_refused_without(version: str, place: str, tmp_path: Path) -> None:
    signing: dict[str, object] = {
        "key_file": credential(tmp_path, "key", KEY),
        "requester": "office-7",
        "service": "s-1",
        "signed_in": [place],
        "header_element": "Caller" if place == "soap-header" else None,
    }
    held = Service(version, signed=place, says=lambda _: said(found(), version))
    with reached(held, **signing) as (made, _, _):
        assert made.ask(QUESTION, key="k-1").value == "存续"
    with reached(held) as (made, _, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code, held.refused) == (Refused, "fault_ours", ["signature"])


@BOTH
@pytest.mark.parametrize("digest", [False, True])
def test_an_account_is_shown_by_a_username_token(version: str, digest: bool, tmp_path: Path) -> None:
    held = Service(version, secured="PasswordDigest" if digest else "PasswordText", says=lambda _: said(found(), version))
    account = {"user": USER, "password_file": credential(tmp_path, "word", "old"), "password_digest": digest}
    with reached(held, **account) as (made, _, _):
        assert caught(lambda: made.ask(QUESTION, key="k-1")).code == "fault_ours"
        credential(tmp_path, "word", WORD)
        assert [made.ask(QUESTION, key=f"k-{number}").value for number in (2, 3)] == ["存续", "存续"], "without a restart"
    assert held.refused == ["password"]


def test_the_digest_of_a_token_is_what_the_openssl_program_makes() -> None:
    when, nonce = datetime(2026, 1, 6, 8, tzinfo=SHANGHAI), bytes(range(16))
    made = soap.token(USER, WORD, digest=True, now=when.astimezone(UTC), nonce=nonce)
    token = ET.fromstring(f'<soap:a xmlns:soap="urn:x">{made}</soap:a>')[0][0]  # noqa: S314
    told = {one.tag.rpartition("}")[2]: one.text for one in token}
    assert (told["Created"], told["Nonce"]) == ("2026-01-06T00:00:00Z", "AAECAwQFBgcICQoLDA0ODw==")
    digest = openssl("dgst", "-sha1", text=nonce + b"2026-01-06T00:00:00Z" + WORD.encode()).split()[-1]
    assert base64.b64decode(told["Password"] or "").hex() == digest


# --- faults


FAULTS: tuple[tuple[str, dict[str, object], type[PortError], str], ...] = (
    ("server", {}, Unavailable, "fault_theirs"),
    ("client", {}, Refused, "fault_ours"),
    ("client", {"sub": "Authentication"}, Barred, "unauthorised"),
    ("client", {"sub": "FailedAuthentication"}, Barred, "unauthorised"),
    ("client", {"sub": "E-106"}, Barred, "source_barred"),
    ("server", {"sub": "E-102"}, Refused, "source_refused"),
    ("client", {"sub": "-1"}, Unavailable, "source_busy"),
    ("client", {"detail": "<err><no>E-106</no></err>"}, Barred, "source_barred"),
    ("client", {"detail": "<err><no>-1</no></err>"}, Unavailable, "source_busy"),
    ("VersionMismatch", {}, Barred, "fault_form"),
    ("MustUnderstand", {}, Barred, "fault_form"),
    ("Unheard", {}, Garbled, "code_unknown"),
)


@BOTH
@pytest.mark.parametrize(("general", "told", "becomes", "code"), FAULTS)
def test_a_fault_is_later_never_or_shut_by_its_code(
    version: str, general: str, told: Mapping[str, Any], becomes: type[PortError], code: str
) -> None:
    named = {"server": SERVER[version], "client": CLIENT[version]}.get(general, general)
    body = fault(named, version, text=f"no {CODE} <b>here</b>".replace("<b>here</b>", ""), **told)
    for status in (500, 200, 400):
        with peer(answer(status, body)) as there:
            keys = {**ASKING, "declined_codes": ["E-102"], "fault_field": f"{'d' if version == '1.1' else 'D'}etail.err.no"}
            made = source.connect("registry", {"url": there.url, "soap": version, "tries": 1, **keys})
            error = caught(lambda made=made: made.ask(QUESTION, key="k-1"))  # type: ignore[misc]
            made.close()
        assert (type(error), error.code) == (becomes, code), status
        assert CODE not in str(error)


@BOTH
def test_a_fault_that_is_said_to_mean_no_record_is_one_of_no_date(version: str) -> None:
    with reached(Service(version, says=lambda _: fault(CLIENT[version], version, sub="NoSuch")), not_found_codes=["NoSuch"]) as (
        made,
        _,
        _,
    ):
        answered = made.ask(QUESTION, key="k-1")
    assert (answered.status, answered.provenance.as_of) == (AnswerStatus.NOT_FOUND, None)


def test_a_code_in_a_200_speaks_before_any_value() -> None:
    told: tuple[tuple[str, type[PortError] | None, str], ...] = (
        ("<code>-1</code>", Unavailable, "source_busy"),
        ("<code>E-106</code>", Barred, "source_barred"),
        ("<code>E-9</code>", Garbled, "code_unknown"),
        ("<code/>", Garbled, "code_unknown"),
        ("", Garbled, "field_missing"),
        ("<code>0</code><code>404</code>", Garbled, "field_type"),
        ("<code><x>0</x></code>", Garbled, "field_type"),
    )
    for code, becomes, name in told:
        with reached(Service(says=lambda _, code=code: said(found(more=code)))) as (made, _, _):  # type: ignore[misc]
            error = caught(lambda made=made: made.ask(QUESTION, key="k-1"))  # type: ignore[misc]
            assert (type(error), error.code) == (becomes, name), code
    with reached(Service(says=lambda _: said(found(more="<code>404</code>")))) as (made, _, _):
        assert made.ask(QUESTION, key="k-1").status is AnswerStatus.NOT_FOUND


# --- what an answer says


XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
RETURN = f'<r:QueryResponse xmlns:r="{OURS}"><r:return><code>0</code>{{}}</r:return></r:QueryResponse>'
SAYS: tuple[tuple[str, object], ...] = (
    ("<data><value> 存 续 </value></data>", "存 续"),
    ("<data><value>存<!-- x -->续</value></data>", "存续"),
    ("<data><value><![CDATA[存续]]></value></data>", "存续"),
    ("<data/>", AnswerStatus.NOT_FOUND),
    (f'<data {XSI} xsi:nil="true"><value>注销</value></data>', AnswerStatus.NOT_FOUND),
    ("<data><value/></data>", AnswerStatus.CANNOT_SAY),
    (f'<data><value {XSI} xsi:nil="1">注销</value></data>', AnswerStatus.CANNOT_SAY),
    ("<data><value>——</value></data>", AnswerStatus.CANNOT_SAY),
    ("", "field_missing"),
    ("<data><other>注销</other></data>", "field_missing"),
    ("<data><value>注销</value></data><data><value>存续</value></data>", "field_type"),
    ("<data><value>注销</value><value>存续</value></data>", "field_type"),
    ("<data><value><b>注销</b></value></data>", "field_type"),
)


@pytest.mark.parametrize(("inside", "says"), SAYS)
def test_an_answer_says_one_thing_or_nothing(inside: str, says: object) -> None:
    with reached(Service(says=lambda _: said(RETURN.format(inside))), as_of_field=None) as (made, _, _):
        if isinstance(says, str) and says.startswith("field_"):
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
            assert (type(error), error.code) == (Garbled, says)
            return
        answered = made.ask(QUESTION, key="k-1")
    assert (answered.value or answered.status) == says


def test_a_record_may_be_said_to_be_left_out_where_there_is_none() -> None:
    keys = {"record_field": "QueryResponse.return.data"}
    for inside, status in (("", AnswerStatus.NOT_FOUND), ("<data><value>x</value></data>", AnswerStatus.FOUND)):
        with reached(Service(says=lambda _, inside=inside: said(RETURN.format(inside))), **keys) as (made, _, _):  # type: ignore[misc]
            assert made.ask(QUESTION, key="k-1").status is status
    other = f'<r:Another xmlns:r="{OURS}"><r:return/></r:Another>'
    with reached(Service(says=lambda _: said(other)), **keys, code_field=None) as (made, _, _):
        assert caught(lambda: made.ask(QUESTION, key="k-1")).code == "field_missing"


def test_names_may_be_held_to_their_namespaces_and_attributes_be_read() -> None:
    keys = {
        "namespaces": {"r": OURS},
        "value_field": "r:QueryResponse.r:return.data.@state",
        "code_field": "r:QueryResponse.r:return.code",
        "as_of_field": None,
    }
    with reached(Service(says=lambda _: said(RETURN.format('<data state="存续"/>'))), **keys) as (made, _, _):
        assert made.ask(QUESTION, key="k-1").status is AnswerStatus.FOUND
    foreign = RETURN.format('<data state="注销"/>').replace(OURS, "urn:another")
    with reached(Service(says=lambda _: said(foreign)), **keys) as (made, _, _):
        assert caught(lambda: made.ask(QUESTION, key="k-1")).code == "field_missing"


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_a_document_in_an_element_is_asked_and_read_as_such(kind: str) -> None:
    inner = '<?xml version="1.0" encoding="GBK"?><RES><code>0</code><data><value>存续</value></data></RES>'
    if kind == "json":
        inner = json.dumps({"code": 0, "data": {"value": "存续"}}, ensure_ascii=False)
    keys: dict[str, object] = {
        "request_in": "subject.code",  # where this service looks for a code: any text will do
        "request_as": kind,
        "request_root": "REQ",
        "asks": {"tyshxydm": "code", "yj.nr": "basis"},
        "answer_in": "QueryResponse.return",
        "answer_as": kind,
        "value_field": "RES.data.value" if kind == "xml" else "data.value",
        "code_field": "RES.code" if kind == "xml" else "code",
        "as_of_field": None,
    }
    told = f'<r:QueryResponse xmlns:r="{OURS}"><r:return>{{}}</r:return></r:QueryResponse>'
    for written in (f"<![CDATA[{inner}]]>", inner.replace("&", "&amp;").replace("<", "&lt;")):
        with reached(Service(says=lambda _, written=written: said(told.format(written))), **keys) as (made, service, _):  # type: ignore[misc]
            assert made.ask(QUESTION, key="k-1").value == "存续"
        text = service.asked[0][0][0].text or ""
        asked = {"tyshxydm": CODE, "yj": {"nr": QUESTION.basis}}
        assert text == f"<REQ><tyshxydm>{CODE}</tyshxydm><yj><nr>{QUESTION.basis}</nr></yj></REQ>" or json.loads(text) == asked
    for bad in ("", "&lt;RES>", "{", '&lt;!DOCTYPE RES SYSTEM "http://127.0.0.1/">&lt;RES/>'):
        with reached(Service(says=lambda _, bad=bad: said(told.format(bad))), **keys) as (made, _, _):  # type: ignore[misc]
            assert isinstance(caught(lambda made=made: made.ask(QUESTION, key="k-1")), Garbled)  # type: ignore[misc]


# --- what is no answer


ENVELOPE = f'<e:Envelope xmlns:e="{SPACES["1.1"]}"><e:Body>{found()}</e:Body></e:Envelope>'
ODD: Mapping[str, tuple[Body, str]] = {
    "a document type": (Body(b"<!DOCTYPE x>" + ENVELOPE.encode()), "xml_unsafe"),
    "an entity": (Body(b'<!DOCTYPE x [<!ENTITY y "z">]>' + ENVELOPE.replace("存续", "&y;").encode()), "xml_unsafe"),
    "a file": (Body(b'<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/hostname">]>' + ENVELOPE.encode()), "xml_unsafe"),
    "an instruction": (Body(b"<?run x?>" + ENVELOPE.encode()), "xml_unsafe"),
    "deep": (said("<a>" * 100 + "</a>" * 100), "xml_unsafe"),
    "wide": (said(f"<a>{'<b/>' * 60_000}</a>"), "xml_unsafe"),
    "an undefined entity": (said(found("&y;")), "not_xml"),
    "cut off": (Body(ENVELOPE.encode()[:-3]), "not_xml"),
    "two documents": (Body(ENVELOPE.encode() * 2), "not_xml"),
    "JSON": (Body(b'{"code": 0, "data": {"value": "x"}}'), "not_xml"),
    "no envelope": (Body(found().encode()), "not_soap"),
    "the other version": (said(found(), "1.2"), "not_soap"),
    "two things": (said(found() + found()), "not_soap"),
    "nothing": (said(""), "not_soap"),
    "another charset than declared": (Body(ENVELOPE.encode("gb18030"), "text/xml; charset=utf-8"), "wrong_charset"),
    "another charset in the header": (Body(ENVELOPE.encode(), "text/xml; charset=GBK"), "wrong_charset"),
    "another charset in the document": (Body(f'<?xml version="1.0" encoding="GBK"?>{ENVELOPE}'.encode()), "wrong_charset"),
    "UTF-16": (Body(ENVELOPE.encode("utf-16"), "text/xml"), "wrong_charset"),
    "a header to be understood": (said(found(), head='<h:T xmlns:h="urn:t" e:mustUnderstand="1"/>'), "header_unknown"),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_xml_is_garbled_and_fetches_nothing(name: str) -> None:
    told, code = ODD[name]
    with peer(answer(200, told)) as there:
        made = source.connect("registry", {"url": there.url, "tries": 1, **ASKING})
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
        made.close()
        assert (type(error), error.code, len(there.heard)) == (Garbled, code, 1)
        assert "存续" not in str(error)


def test_what_is_agreed_is_read_gb_18030_and_headers_that_change_nothing() -> None:
    head = '<h:T xmlns:h="urn:t" e:mustUnderstand="1"/>'
    told = replace(said(found(), head=head, charset="gb18030"), kind="text/xml; charset=GBK")
    with reached(Service(says=lambda _: told), charset="gb18030", understood=["urn:t"]) as (made, service, _):
        assert made.ask(QUESTION, key="k-1").value == "存续"
        assert len(service.asked) == 1


def test_the_examples_of_both_standards_are_read() -> None:
    """The Note's 1.3 and appendix A.2, and the Recommendation's example 4 of part 1."""
    price = '<m:GetLastTradePriceResponse xmlns:m="Some-URI"><Price>34.5</Price></m:GetLastTradePriceResponse>'
    failed = (
        "<e:Fault><faultcode>e:Server</faultcode><faultstring>Server Error</faultstring><detail>"
        '<x:myfaultdetails xmlns:x="Some-URI"><message>My application didn\'t work</message><errorcode>1001</errorcode>'
        "</x:myfaultdetails></detail></e:Fault>"
    )
    timeout = (
        "<e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>m:MessageTimeout</e:Value></e:Subcode></e:Code>"
        '<e:Reason><e:Text xml:lang="en">Sender Timeout</e:Text></e:Reason><e:Detail>'
        '<m:MaxTime xmlns:m="http://www.example.org/timeouts">P5M</m:MaxTime></e:Detail></e:Fault>'
    )
    keys = {"operation": "GetLastTradePrice", "namespace": "Some-URI", "qualified": False, "action": "Some-URI"}
    with peer(answer(200, said(price)), answer(500, said(failed)), answer(400, said(timeout, "1.2"))) as there:
        told = {
            "url": there.url,
            "tries": 1,
            "asks": {"symbol": "code"},
            "value_field": "GetLastTradePriceResponse.Price",
            **keys,
        }
        made = source.connect("quotes", told)
        assert made.ask(replace(QUESTION, subject_code="DIS"), key="k-1").value == "34.5"
        theirs = caught(lambda: made.ask(QUESTION, key="k-1"))
        newer = source.connect("quotes", {**told, "soap": "1.2"})
        ours = caught(lambda: newer.ask(QUESTION, key="k-1"))
        for one in (made, newer):
            one.close()
        assert there.heard[0].headers["soapaction"] == '"Some-URI"'
        (asked,) = ET.fromstring(there.heard[0].body).iter("{Some-URI}GetLastTradePrice")  # noqa: S314
        assert [(one.tag, one.text) for one in asked] == [("symbol", "DIS")]
    assert [(type(one), one.detail) for one in (theirs, ours)] == [
        (Unavailable, "fault Server"),
        (Refused, "fault MessageTimeout Sender"),
    ]


@pytest.mark.parametrize(
    ("keys", "key"),
    [
        ({"soap": "2"}, "soap"),
        ({"charset": "big5"}, "charset"),
        ({"operation": None}, "operation"),
        ({"template": "<a/>"}, "operation"),
        ({"operation": None, "template": "<a>"}, "template"),
        ({"operation": None, "template": "<a/><b/>"}, "template"),
        ({"operation": None, "template": "<a>{name}</a>"}, "template"),
        ({"operation": None, "template": "<a><![CDATA[{code}]]></a>"}, "template"),
        ({"operation": None, "template": "<?a {code}?>"}, "template"),
        ({"asks": {"a b": "code"}}, "asks"),
        ({"asks": {"a": "code", "a.b": "fact"}}, "asks"),
        ({"asks": {"a": "name"}}, "asks"),
        ({"value_field": "q:a.b"}, "namespaces"),
        ({"answer_as": "csv"}, "answer_as"),
        ({"record_field": "Answer"}, "record_field"),
        ({"user": "x"}, "user"),
        ({"requester": "x"}, "requester"),
        ({"signed_in": ["soap-header"]}, "header_element"),
        ({"action": "行"}, "action"),
    ],
)
def test_settings_that_make_no_message_are_refused(keys: Mapping[str, object], key: str) -> None:
    told = {"url": "http://127.0.0.1:9", **ASKING, **keys}
    with pytest.raises(Invalid, match="connector_key_range") as refused:
        source.connect("registry", {name: value for name, value in told.items() if value is not None})
    assert refused.value.facts["key"] == key
    assert FIELDS["value_field"]
