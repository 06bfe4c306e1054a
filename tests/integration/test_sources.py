"""A source is asked with its purpose, and its answer means what it says: an odd shape is never "no such record"."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs
from zoneinfo import ZoneInfo

import pytest

from connectors.sources import http as source
from inspector import testing
from inspector.domain.case import Claim
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.flows.judge import judge
from inspector.ports import Answer, AnswerStatus, Barred, Garbled, Origin, Refused, Unavailable
from inspector.testing import QUESTION, caught
from inspector.testing.peer import Peer, Step, again, answer, never, peer
from tests.facts import REGISTERED

FOUND = {"code": 0, "data": {"value": "yes", "as_of": "2026-01-05"}, "version": "3.1"}
SHANGHAI = ZoneInfo("Asia/Shanghai")


@contextmanager
def asking(*steps: Step, **config: object) -> Iterator[tuple[source.HttpSource, Peer]]:
    with peer(*steps) as held, closing(source.connect("registry", {"url": held.url, "tries": 1, **config})) as made:
        yield made, held


def test_a_source_is_asked_for_one_fact_with_its_purpose() -> None:
    with asking(answer(200, FOUND)) as (made, held):
        found = made.ask(QUESTION, key="k-1")
    assert held.heard[0].json() == {
        "fact": "registered",
        "subject": {"kind": "FIRM", "code": testing.CODE},
        "claimed": "true",
        "on": "2026-01-05",
        "case": "C-1",
        "basis": "《行政许可法》第三十四条",
    }
    assert (found.status, found.value, found.provenance.source_version) == (AnswerStatus.FOUND, "yes", "3.1")
    assert found.provenance.as_of == datetime(2026, 1, 5, tzinfo=SHANGHAI)
    assert found.provenance.reply_digest == hashlib.sha256(json.dumps(FOUND).encode()).hexdigest()


def test_an_interface_that_sends_whole_records_is_asked_only_where_the_pack_has_a_line_for_that() -> None:
    with asking(answer(200, FOUND), record=True) as (made, held):
        refused = caught(lambda: made.ask(QUESTION, key="k-1"))
        assert (type(refused), refused.code, refused.attempts, held.heard) == (Refused, "record_without_policy", 0, [])
        assert made.ask(replace(QUESTION, record=True), key="k-2").value == "yes"


def test_a_question_stands_in_the_address_of_a_get_where_the_source_wants_it_there() -> None:
    asks = {"item": "fact", "on": "on", "why": "basis"}
    with asking(answer(200, FOUND), path="/licences/{code}", asks_in="query", asks=asks, always={"page": 1}) as (made, held):
        found = made.ask(replace(QUESTION, subject_code="甲/1 ?#&"), key="k-1")
        again = made.ask(replace(QUESTION, subject_code="甲/1 ?#&"), key="k-2")
    assert (held.heard[0].method, held.heard[0].body) == ("GET", b"")
    assert "content-type" not in held.heard[0].headers
    path, _, fields = held.heard[0].path.partition("?")
    assert path == "/licences/%E7%94%B2%2F1%20%3F%23%26"
    assert parse_qs(fields) == {"page": ["1"], "item": ["registered"], "on": ["2026-01-05"], "why": [QUESTION.basis]}
    assert (found.status, found.value) == (AnswerStatus.FOUND, "yes")
    told = found.provenance.request_digest, again.provenance.request_digest
    assert len({*told, hashlib.sha256(b"").hexdigest()}) == 3, (
        "each question has a digest, and none could be guessed by its address"
    )


def test_a_question_is_posted_as_a_form_where_the_source_reads_forms() -> None:
    with asking(answer(200, FOUND), asks_in="form", asks={"id": "code"}, always={"exact": True}) as (made, held):
        assert made.ask(QUESTION, key="k-1").value == "yes"
    heard = held.heard[0]
    assert (heard.method, heard.headers["content-type"]) == ("POST", "application/x-www-form-urlencoded")
    assert parse_qs(heard.body.decode()) == {"exact": ["true"], "id": [testing.CODE]}


@pytest.mark.parametrize("code", ["", ".", ".."])
def test_no_code_leads_to_another_address(code: str) -> None:
    with asking(answer(200, FOUND), path="/licences/{code}", asks_in="query") as (made, held):
        refused = caught(lambda: made.ask(replace(QUESTION, subject_code=code), key="k-1"))
        assert (type(refused), refused.code, held.heard) == (Refused, "request_malformed", [])


@pytest.mark.parametrize(
    ("key", "config"),
    [
        ("asks_in", {"asks_in": "header"}),
        ("path", {"path": "/{name}"}),
        ("asks", {"asks_in": "query"}),
    ],
)
def test_a_way_of_asking_that_is_none_is_refused_at_the_start(key: str, config: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="connector_key_range") as error:
        source.connect("registry", {"url": "http://127.0.0.1:9", **config})
    assert error.value.facts["key"] == key


def test_a_question_without_purpose_sends_no_byte() -> None:
    contract = testing.SourceContract()
    with asking(answer(200, FOUND)) as (made, held):
        contract.connect = lambda: made  # type: ignore[method-assign]
        contract.test_a_question_without_case_or_basis_is_refused_as_our_own_fault()
        assert held.heard == []


@pytest.mark.parametrize("data", [None, {}, [], ""])
def test_success_with_empty_data_means_no_such_record(data: object) -> None:
    with asking(answer(200, {"code": 0, "data": data})) as (made, _):
        found = made.ask(QUESTION, key="k-1")
    assert (found.status, found.value, found.note) == (AnswerStatus.NOT_FOUND, None, "")


NOTHING: list[object] = [
    None,
    "",
    " ",
    "\u3000",
    "\u200b",
    {},
    [],
    "-",
    "－",
    " -- ",
    "——",
    "/",
    "N/A",
    "n / a",
    "Ｎ／Ａ",
    "NULL",
]


@pytest.mark.parametrize("value", NOTHING)
def test_an_empty_place_in_a_record_that_was_found_denies_neither_the_record_nor_the_claim(value: object) -> None:
    with asking(answer(200, {"code": 0, "data": {"value": value, "as_of": "2026-01-05"}, "version": "3.1"})) as (made, _):
        found = made.ask(QUESTION, key="k-1")
    assert (found.status, found.value, found.note) == (AnswerStatus.CANNOT_SAY, None, "value_empty")
    assert (found.provenance.as_of, found.provenance.source_version) == (datetime(2026, 1, 5, tzinfo=SHANGHAI), "3.1")
    assert weighed(found) == (Verdict.CANNOT_SAY, "value_empty")


@pytest.mark.parametrize("value", ["", " ", "\u200b\ufeff", None])
def test_not_even_a_connector_that_calls_an_empty_value_found_contradicts_anybody(value: str | None) -> None:
    with asking(answer(200, FOUND)) as (made, _):
        found = made.ask(QUESTION, key="k-1")
    assert weighed(replace(found, value="吊销"))[0] is Verdict.MISMATCH
    assert weighed(replace(found, value=value)) == (Verdict.CANNOT_SAY, "value_empty")


def test_an_answer_without_a_date_decides_nothing_unless_the_settings_say_that_it_is_the_register_itself() -> None:
    def judged(**more: object) -> list[tuple[Verdict, bool, str]]:
        told = [answer(200, {"code": 0, "data": {"value": value, "as_of": None}}) for value in ("存续", "吊销")]
        with asking(*told, **more) as (made, _):
            claim, now = Claim(key="c1", fact="registered", value="存续", on=QUESTION.on), datetime(2026, 1, 6, tzinfo=SHANGHAI)
            found = [judge("k", claim, REGISTERED, made.ask(QUESTION, key=f"k-{n}"), now) for n in range(2)]
        return [(one.verdict, one.fresh, one.note) for one in found]

    assert judged() == [(Verdict.MATCH, False, "data_undated"), (Verdict.MISMATCH, False, "data_undated")]
    assert judged(live=True) == [(Verdict.MATCH, True, ""), (Verdict.MISMATCH, True, "")]


def test_none_can_be_the_very_fact_unless_the_settings_say_that_it_means_nothing() -> None:
    told = answer(200, {"code": 0, "data": {"value": " 无 ", "as_of": None}})
    with asking(told, empty_words=["无", "不详"]) as (made, _):
        assert made.ask(QUESTION, key="k-1").status is AnswerStatus.CANNOT_SAY
    with asking(told) as (made, _):
        found = made.ask(QUESTION, key="k-1")
    assert (found.status, found.value) == (AnswerStatus.FOUND, "无")


def test_a_body_that_is_the_record_itself_can_be_empty_but_is_not_missing() -> None:
    steps = answer(200, {"code": 0, "zt": None}), answer(200, {"code": 404, "zt": None})
    with asking(*steps, value_field="zt", as_of_field="", not_found_codes=[404]) as (made, _):
        statuses = [made.ask(QUESTION, key="k-1").status for _ in range(2)]
    assert statuses == [AnswerStatus.CANNOT_SAY, AnswerStatus.NOT_FOUND]


def weighed(found: Answer) -> tuple[Verdict, str]:
    """What the engine makes of an answer to somebody who claimed 存续."""
    fact = REGISTERED
    claim = Claim(key="c1", fact="registered", value="存续", on=QUESTION.on)
    evidence = judge("k-1", claim, fact, found, datetime(2026, 1, 6, tzinfo=SHANGHAI))
    return evidence.verdict, evidence.note


def test_no_record_and_yet_a_value_is_an_answer_that_contradicts_itself_and_settles_nothing() -> None:
    with asking(answer(200, {"code": 0, "data": None})) as (made, _):
        found = made.ask(QUESTION, key="k-1")
    assert weighed(found) == (Verdict.NOT_FOUND, "")
    for value in ("存续", "注销"):
        assert weighed(replace(found, value=value)) == (Verdict.CANNOT_SAY, "contradicts_itself")
    assert weighed(replace(found, value=" ")) == (Verdict.NOT_FOUND, "")


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"code": 0}, "field_missing"),
        ({"code": 0, "data": {"as_of": "2026-01-05"}}, "field_missing"),
        ({"data": {"value": "yes"}}, "field_missing"),
        ({"code": 0, "data": {"value": {"a": 1}}}, "field_type"),
        ({"code": 0, "data": ["yes"]}, "field_type"),
        ({"code": 0, "data": {"value": "yes", "as_of": "yesterday"}}, "field_type"),
        ({"code": 0, "data": {"value": "yes", "as_of": [2026]}}, "field_type"),
        ({"code": 77, "data": {"value": "yes"}}, "code_unknown"),
        ({"code": False, "data": {"value": "yes"}}, "code_unknown"),
        ({"code": 0, "data": {"value": "yes", "as_of": "0001-01-01"}}, "field_type"),
        ({"code": 0, "data": {"value": "yes", "as_of": "9999-12-31T23:59:59Z"}}, "field_type"),
        ({"code": 0, "data": {"value": "yes\ud800"}}, "field_type"),
        ({"code": 0, "data": {"value": "yes\0"}}, "field_type"),
        ({"code": 0, "data": {"value": "yes"}, "version": "\udfff"}, "field_type"),
        (["yes"], "not_object"),
    ],
)
def test_an_answer_of_another_shape_is_garbled_and_never_no_record(told: object, code: str) -> None:
    with asking(answer(200, told)) as (made, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert isinstance(error, Garbled)
    assert (error.code, error.digest) == (code, hashlib.sha256(json.dumps(told).encode()).hexdigest())
    assert "yes" not in str(error)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"<html>login</html>", "not_json"),
        (b"", "not_json"),
        (b'{"code": 0, "data": {"value": NaN}}', "not_json"),
        (b"[" * 100_000, "not_json"),
        (b'{"code": 0, "data": {"value": "yes", "value": "no"}}', "not_json"),
        ('{"code": 0, "data": {"value": "已登记"}}'.encode("gb18030"), "wrong_charset"),
        ('{"code": 0, "data": {"value": "已登记"}}'.encode("utf-16"), "wrong_charset"),
    ],
    ids=["html", "empty", "nan", "deep", "twice", "gb18030", "utf-16"],
)
def test_an_answer_that_is_no_json_in_utf_8_is_garbled_with_its_digest(body: bytes, code: str) -> None:
    with asking(answer(200, body=body)) as (made, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert isinstance(error, Garbled)
    assert (error.code, error.origin, error.digest) == (code, Origin.THEM, hashlib.sha256(body).hexdigest())


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (json.dumps({"value": "存续", "as_of": "2026-01-06"}, ensure_ascii=False), AnswerStatus.FOUND),
        (json.dumps([{"value": "存续", "as_of": "2026-01-06"}]), AnswerStatus.FOUND),
        (json.dumps({"value": None, "as_of": "2026-01-06"}), AnswerStatus.CANNOT_SAY),
        ("", AnswerStatus.NOT_FOUND),
        (None, AnswerStatus.NOT_FOUND),
        ("null", AnswerStatus.NOT_FOUND),
    ],
)
def test_json_in_a_text_of_the_answer_is_read_by_settings_alone(data: str | None, status: AnswerStatus) -> None:
    with asking(answer(200, {"code": 0, "data": data}), json_in="data") as (made, _):
        found = made.ask(QUESTION, key="k-1")
    assert (found.status, found.value) == (status, "存续" if status is AnswerStatus.FOUND else None)
    assert (found.provenance.as_of is not None) is (status is not AnswerStatus.NOT_FOUND)


@pytest.mark.parametrize(
    ("data", "code", "detail"),
    [
        ("{\n x", "not_json", "data: line 2, column 2"),
        ("系统繁忙", "not_json", "data: line 1, column 1"),
        ({"value": "存续"}, "field_type", "data: no text"),
        ('"存续"', "field_type", "data.value"),
    ],
)
def test_a_text_that_is_no_json_is_garbled_and_nothing_of_it_is_told(data: object, code: str, detail: str) -> None:
    with asking(answer(200, {"code": 0, "data": data}), json_in="data") as (made, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert isinstance(error, Garbled)
    assert (error.code, error.detail) == (code, detail)


def test_an_answer_that_is_cut_off_is_told_with_the_place_and_nothing_of_its_content() -> None:
    with asking(answer(200, body=b'{"code": 0,\n "data": {"value": "secret"')) as (made, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert isinstance(error, Garbled)
    assert (error.code, error.detail) == ("not_json", "line 2, column 28")


@pytest.mark.parametrize("declared", ["GB18030", '"gbk"', "'GB2312'", "iso-8859-1"])
def test_a_charset_other_than_utf_8_is_believed_for_a_short_text_may_be_valid_in_both(declared: str) -> None:
    body = '{"code": 0, "data": {"value": "谩"}}'.encode("gbk")
    assert "á" in body.decode(), "or else this shows nothing"
    with asking(answer(200, body=body, Content_Type=f"application/json; Charset={declared}")) as (made, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert isinstance(error, Garbled)
    assert error.code == "wrong_charset"


@pytest.mark.parametrize(("sent", "value"), [("1.10", "1.10"), ("7", "7"), ("true", "true"), ('"是"', "是"), ('" 是 "', "是")])
def test_a_value_is_told_as_the_source_wrote_it(sent: str, value: str) -> None:
    with asking(answer(200, body=f'{{"code": 0, "data": {{"value": {sent}}}}}'.encode())) as (made, _):
        assert made.ask(QUESTION, key="k-1").value == value


@pytest.mark.parametrize(
    ("told", "kind", "code"),
    [("E-106", Barred, "source_barred"), ("E-102", Refused, "source_refused"), (-1, Unavailable, "source_busy")],
)
def test_a_200_with_an_error_code_is_the_error_it_names(told: object, kind: type[Exception], code: str) -> None:
    codes = {"permanent_codes": ["E-106"], "declined_codes": ["E-102"], "retry_codes": [-1]}
    with asking(answer(200, {"code": told}), **codes) as (made, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert isinstance(error, kind)
    assert (error.code, error.origin) == (code, Origin.US if kind is Barred else Origin.THEM)


def test_a_source_may_have_a_code_for_no_such_record_and_fields_of_its_own() -> None:
    config = {
        "path": "/api/query",
        "code_field": "head.ret",
        "ok_codes": ["00000"],
        "not_found_codes": ["00404"],
        "value_field": "body.row.zt",
        "as_of_field": "body.row.gxsj",
        "version_field": "head.ver",
    }
    row = {"head": {"ret": "00000", "ver": 2}, "body": {"row": {"zt": "在业", "gxsj": "2026-01-05 09:30:00"}}}
    with asking(answer(200, row), answer(200, {"head": {"ret": "00404"}, "body": None}), **config) as (made, held):
        found, empty = made.ask(QUESTION, key="k-1"), made.ask(QUESTION, key="k-2")
    assert (found.value, found.provenance.source_version) == ("在业", "2")
    assert found.provenance.as_of == datetime(2026, 1, 5, 9, 30, tzinfo=SHANGHAI)
    assert empty.status is AnswerStatus.NOT_FOUND
    assert held.heard[0].path == "/api/query"


def test_a_source_without_codes_is_judged_by_its_status_alone() -> None:
    with asking(answer(200, {"data": {"value": "yes"}}), answer(404), code_field="") as (made, _):
        assert made.ask(QUESTION, key="k-1").value == "yes"
        assert isinstance(caught(lambda: made.ask(QUESTION, key="k-2")), Barred)


def test_an_address_for_each_record_says_by_its_status_that_there_is_none() -> None:
    with asking(answer(404), answer(403), path="/licences/{code}", asks_in="query", not_found_status=[404]) as (made, _):
        assert made.ask(QUESTION, key="k-2").status is AnswerStatus.NOT_FOUND
        assert isinstance(caught(lambda: made.ask(QUESTION, key="k-3")), Barred)
    with pytest.raises(Invalid, match="not_found_status"):
        source.connect("registers", {"owner": "o", "url": "https://a.example", "not_found_status": [401]})


def test_a_silent_source_is_unavailable_and_says_nothing_about_the_subject() -> None:
    with asking(never, read_seconds=0.2) as (made, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert isinstance(error, Unavailable)
    assert testing.CODE not in str(error)


def test_connections_are_kept_only_where_the_answers_name_their_question_and_then_a_late_duplicate_is_garbled() -> None:
    echo = {"data.id": "key"}
    for named in ({}, {"data.who": "code"}, {"data.what": "fact"}):
        with pytest.raises(Invalid, match="connector_key_range") as wrong:
            source.connect("registers", {"url": "http://127.0.0.1:1/", "echo": named, "reuse": True})
        assert wrong.value.facts["key"] == "reuse"

    def said(key: str, value: str | None) -> Step:
        return answer(200, {"code": 0, "data": {"value": value, "as_of": None, "id": key}, "version": "1"})

    none = answer(200, {"code": 404, "data": None, "version": "1"})
    for first in (said("k-1", "吊销"), none):
        with asking(*again(first, said("k-2", "存续")), echo=echo, reuse=True, not_found_codes=(404,)) as (made, _):
            codes = [caught(lambda: made.ask(QUESTION, key="k-1")).code] if first is none else []
            if first is not none:
                assert made.ask(QUESTION, key="k-1").value == "吊销"
                codes = [caught(lambda: made.ask(QUESTION, key="k-2")).code]
            assert codes[0] in ("echo_differs", "field_missing"), "that there is none is about somebody, too"


@pytest.mark.parametrize(
    ("repeated", "found"),
    [
        ({"id": "k-1", "who": QUESTION.subject_code}, True),
        ({"id": "k-0", "who": QUESTION.subject_code}, False),
        ({"id": "k-1"}, False),
    ],
    ids=["ours", "another's", "half"],
)
def test_an_answer_that_repeats_another_question_is_garbled(repeated: dict[str, str], found: bool) -> None:
    said = {"code": 0, "data": {"value": "x", "as_of": None, **repeated}, "version": "1"}
    echo = {"data.id": "key", "data.who": "code"}
    with asking(answer(200, said), answer(200, {"code": 0, "data": None, "version": "1"}), echo=echo) as (made, _):
        if found:
            assert made.ask(QUESTION, key="k-1").value == "x"
            assert made.ask(QUESTION, key="k-2").status is AnswerStatus.NOT_FOUND
        else:
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
            assert (type(error), error.code in {"echo_differs", "field_missing"}) == (Garbled, True)
    with pytest.raises(Invalid, match="connector_key_range"):
        source.connect("registers", {"url": "http://127.0.0.1:1/", "echo": {"data.id": "name"}})
