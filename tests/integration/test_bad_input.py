"""Bad input: a clear typed error, and nothing stored by halves. On both databases."""

from __future__ import annotations

import gzip
import json
import re
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from inspector.labels import Lang, label
from inspector.web.fields import FORMS
from tests.edge import Edge, a_case, serving
from tests.house import Hand, closing, open_office, open_store

pytestmark = pytest.mark.alike

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def edge(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """One edge on each database for all of this bad input, as in life."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('bad') / 'inspector.sqlite3'}"
    else:
        url = request.getfixturevalue("postgres_server").create()
    with closing(open_store(url)) as store, serving(open_office(store, Hand())) as held:
        yield held


@pytest.fixture(scope="module")
def client(edge: Edge) -> Iterator[httpx.Client]:
    """An approving system."""
    with edge.as_("system") as held:
        yield held


@pytest.fixture
def untouched(edge: Edge) -> Iterator[None]:
    """Fails when the test has left anything behind."""
    before = rows(edge)
    yield
    assert rows(edge) == before


def rows(edge: Edge) -> int:
    """How many rows of any kind there are."""
    with edge.office.store.read() as tx:
        return len(tx.cases.page(agencies=None, limit=1000)) + len(tx.work.page(limit=1000)) + tx.ledger.unsealed()[0]


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        (b"", 422, "message_invalid"),
        (b"{", 400, "message_unreadable"),
        (b"\xff\xfe\xfa", 400, "message_unreadable"),
        (json.dumps(a_case(), ensure_ascii=False).encode("gbk"), 400, "message_not_utf8"),
        (json.dumps(a_case()).encode("utf-16"), 400, "message_not_utf8"),
        (json.dumps(a_case()).encode("utf-32-le"), 400, "message_not_utf8"),
        (json.dumps(a_case()).replace('"reference"', '"reference": "R-2", "reference"').encode(), 422, "message_key_twice"),
        (json.dumps(a_case()).replace('"code"', '"code": "X", "code"').encode(), 422, "message_key_twice"),
        (b"[" * 100_000, 400, "message_unreadable"),
        (b"1" * 10_000, 400, "message_unreadable"),
        (b"NaN", 422, "message_invalid"),
        (b"null", 422, "message_invalid"),
        (b'{"agency": Infinity}', 422, "message_invalid"),
        (b'{"\\ud800": 1}', 422, "message_invalid"),
    ],
    ids=[
        "empty",
        "cut",
        "no UTF-8",
        "GBK",
        "UTF-16",
        "UTF-32",
        "a key twice",
        "a key twice inside",
        "deep",
        "long number",
        "NaN",
        "null",
        "Infinity",
        "half a character as key",
    ],
)
def test_what_is_no_message_is_refused(untouched: None, client: httpx.Client, content: bytes, status: int, code: str) -> None:
    answer = client.post("/v1/cases", content=content, headers=JSON)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b'{\n  "agency": "bureau",\n  "item" "x"\n}', "line 3, column 10"),
        (b"{", "line 1, column 2"),
        (b"[" * 100_000, "nested too deeply"),
        (b"1" * 10_000, "number in it is too long"),
        (b'{"a": "\xff"}', "byte 8"),
    ],
    ids=["amid", "cut", "deep", "long number", "no UTF-8"],
)
def test_what_cannot_be_read_is_told_with_its_place_and_nothing_of_its_content(
    client: httpx.Client, content: bytes, place: str
) -> None:
    error = client.post("/v1/cases", content=content, headers=JSON).json()["error"]
    assert place in error["message"], error
    assert "bureau" not in json.dumps(error), "it may be somebody's data"


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "multipart/form-data; boundary=x",
        "application/json; charset=gbk",
        'application/json;charset="UTF-16"',
        "",
    ],
)
def test_another_content_type_is_refused_by_name(untouched: None, client: httpx.Client, kind: str) -> None:
    answer = client.post("/v1/cases", content=json.dumps(a_case()).encode(), headers={"Content-Type": kind} if kind else {})
    assert (answer.status_code, answer.json()["error"]["code"]) == (415, "content_type_unknown")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_huge_body_is_cut_off_with_and_without_a_stated_length(untouched: None, client: httpx.Client, chunked: bool) -> None:
    body = json.dumps(a_case(reference="x" * 300_000)).encode()
    pieces = (body[start : start + 10_000] for start in range(0, len(body), 10_000))
    answer = client.post("/v1/cases", content=pieces if chunked else body, headers=JSON)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["facts"]) == (413, "message_too_large", {"most": 200_000})


@pytest.mark.parametrize("size", [200_001, 4_000_001, 20_000_000])
def test_who_sends_everything_before_reading_still_hears_why_it_is_refused(edge: Edge, client: httpx.Client, size: int) -> None:
    """As plain blocking clients do: a connection closed on what they still send would be reset, and the answer lost."""
    headers = {**JSON, "Authorization": client.headers["authorization"]}
    request = urllib.request.Request(f"{edge.url}/v1/cases", b" " * size, headers)
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60)
    with refused.value as answer:
        assert json.load(answer)["error"]["code"] == "message_too_large"


@pytest.mark.parametrize(("path", "kind", "code"), [("/v1/cases", "text/csv", 415), ("/v1/nowhere", "application/json", 404)])
def test_a_refusal_that_needs_no_body_does_not_cut_the_sender_off(edge: Edge, path: str, kind: str, code: int) -> None:
    request = urllib.request.Request(f"{edge.url}{path}", b" " * 199_000, {"Content-Type": kind})
    for _ in range(5):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60)
        refused.value.close()
        assert refused.value.code == code


def test_a_packed_message_is_refused_by_the_name_of_its_packing(untouched: None, client: httpx.Client) -> None:
    packed = gzip.compress(json.dumps(a_case()).encode())
    answer = client.post("/v1/cases", content=packed, headers={**JSON, "Content-Encoding": "gzip"})
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["facts"]) == (415, "content_encoding_unknown", {"encoding": "gzip"})


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/assistance/c1.k1~0.0", "/metrics"])
@pytest.mark.parametrize("name", ["Authorization", "X-Link-Token"])
def test_a_credential_that_stands_twice_counts_for_neither(edge: Edge, client: httpx.Client, path: str, name: str) -> None:
    """The first or the last of them: a proxy on the way may have looked at the other one."""
    good = client.headers["authorization"]
    for told in ([good, "Bearer x"], ["Bearer x", good], [good, good]):
        with edge.client() as anybody:
            answer = anybody.get(path, headers=[(name, one) for one in told])
        error = answer.json()["error"]
        assert (answer.status_code, error["code"], error["facts"]) == (401, "header_twice", {"field": name})
        assert "Bearer" in answer.headers["www-authenticate"]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Idempotency-Key", ["a", "b"]),
        ("Content-Type", ["application/json", "text/csv"]),
        ("Content-Encoding", ["identity", "gzip"]),
    ],
)
def test_a_header_of_a_message_that_stands_twice_is_refused_by_name(
    untouched: None, client: httpx.Client, name: str, values: list[str]
) -> None:
    rest = {} if name == "Content-Type" else JSON
    headers = [*rest.items(), *((name, one) for one in values)]
    answer = client.post("/v1/cases", content=json.dumps(a_case()), headers=headers)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["facts"]) == (400, "header_twice", {"field": name})


def test_no_second_request_is_smuggled_in_behind_a_message_that_ends_in_two_ways(edge: Edge) -> None:
    host = edge.url.removeprefix("http://")
    head = f"POST /v1/cases HTTP/1.1\r\nHost: {host}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n"
    hidden = f"GET /health/live HTTP/1.1\r\nHost: {host}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", edge.server.port), timeout=60) as wire:
        wire.sendall(f"{head}0\r\n\r\n{hidden}".encode())
        heard = b"".join(iter(lambda: wire.recv(65_536), b"")).decode()
    assert heard.startswith("HTTP/1.1 400 ")
    assert "message_framed_twice" in heard
    assert heard.count("HTTP/1.1") == 1


def test_a_parameter_that_stands_twice_is_refused_and_not_halved(client: httpx.Client) -> None:
    answer = client.get("/v1/cases?state=REVIEW&state=CLOSED")
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "parameter_twice")
    assert answer.json()["error"]["facts"] == {"field": "state"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reference", ""),
        ("reference", "x" * 201),
        ("reference", "a\x00b"),
        ("reference", "a\nb"),
        ("reference", "\ud800"),
        ("reference", 5),
        ("reference", None),
        ("route", "commitment"),
        ("matter", "ANY"),
        ("claims", {}),
        ("claims", [{"key": "c1~0", "fact": "f", "value": "v", "on": "2026-01-01"}]),
        ("claims", [{"key": "c1", "fact": "f", "value": "v", "on": "2026-02-30"}]),
        ("claims", [{"key": "c1", "fact": "f", "value": "v", "on": 1767225600}]),
        ("claims", [{"key": "c1", "fact": "f", "value": "v", "on": "2026-01-01T00:00:00Z"}]),
        ("surprise", 1),
    ],
)
def test_a_field_that_does_not_fit_is_named_and_its_value_is_not_echoed(
    untouched: None, client: httpx.Client, field: str, value: object
) -> None:
    content = json.dumps(a_case() | {field: value}).encode()
    answer = client.post("/v1/cases", content=content, headers=JSON)
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (422, "message_invalid")
    assert error["facts"]["field"].startswith(f"body.{field}")
    assert re.search("[\u4e00-\u9fff]", error["facts"]["problem_zh"]), "each half is in its own language"
    assert not re.search("[A-Za-z]{3}", error["facts"]["problem_zh"].replace("COMMITMENT", "").split("'")[0])
    assert "xxx" not in answer.text


def patterns(held: object) -> set[str]:
    """Every pattern that stands anywhere in a description."""
    if isinstance(held, dict):
        return {told for name, told in held.items() if name == "pattern" and isinstance(told, str)}.union(
            *map(patterns, held.values())
        )
    return set().union(*map(patterns, held)) if isinstance(held, list) else set()


@pytest.mark.parametrize(("lang", "before"), [("en", "such as "), ("zh-Hans", "如 ")])
@pytest.mark.slow
def test_every_form_the_api_asks_for_has_words_and_an_example_of_it(client: httpx.Client, lang: Lang, before: str) -> None:
    assert patterns(client.get("/openapi.json").json()) == set(FORMS)
    for pattern, name in FORMS.items():
        told, _, example = label(f"problem.form_{name}", lang).rpartition(before)
        assert told
        assert re.search(pattern, example), (pattern, example)


@pytest.mark.parametrize(
    ("path", "given", "field", "told"),
    [
        ("/v1/cases", a_case() | {"letter": {"digest": "abc"}}, "body.letter.digest", "64 hexadecimal digits in small letters"),
        ("/v1/cases", a_case() | {"claims": [{"key": "第一项"}]}, "body.claims.0.key", "such as c1"),
        ("/v1/cases/2026-1/withdraw", {"reason": "x"}, "path.case_id", "a case's id as we answered it"),
    ],
)
def test_a_wrong_form_is_told_by_its_field_in_words_and_not_by_the_pattern(
    untouched: None, client: httpx.Client, path: str, given: object, field: str, told: str
) -> None:
    error = client.post(path, json=given).json()["error"]
    found = {one["field"]: one for one in error["facts"]["problems"]}[field]
    assert told in found["problem"]
    assert not any(sign in json.dumps(error) for sign in ("^[", "{64}", "]+", "]*"))


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE case_file; --",
        "<script>alert(1)</script>",
        "𠮷野家",
        "ﷺ" * 60,
        "{{7*7}}",
        "%00",
        "../../etc",
        "👨👩👧",
        "\ue000记",
    ],
)
def test_naughty_strings_are_kept_as_they_are(client: httpx.Client, text: str) -> None:
    subject = {"kind": "FIRM", "code": "TEST1", "name": text}
    answer = client.post("/v1/cases", json=a_case(subject=subject, reference=text))
    assert answer.status_code == 201
    shown = client.get(f"/v1/cases/{answer.json()['id']}").json()
    assert (shown["subject"]["name"], shown["reference"]) == (text, text)


HIDDEN = ["某\u200b公司", "\ufeff某公司", "\u202e某公司", "某\u2066公司", "某\x85公司", "👨\u200d👩"]


@pytest.mark.parametrize("text", HIDDEN)
@pytest.mark.parametrize("field", ["reference", "subject.name", "letter.signed_by"])
def test_what_nobody_sees_in_a_name_or_number_is_refused_by_its_place(
    untouched: None, client: httpx.Client, field: str, text: str
) -> None:
    answer = client.post("/v1/cases", json=with_field(field, text))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["facts"]["field"]) == (422, "text_hidden", field)


@pytest.mark.parametrize("text", ["王某\u2028核查意见：一致", "王某\x85核查意见：一致", *HIDDEN])
def test_a_promise_holds_nothing_that_would_look_like_a_line_of_the_letter_that_quotes_it(
    untouched: None, client: httpx.Client, text: str
) -> None:
    answer = client.post("/v1/cases", json=with_field("claims.value", text))
    error = answer.json()["error"]
    assert (answer.status_code, error["code"], error["facts"]["field"]) == (422, "text_hidden", "claims.0.value")


def with_field(field: str, value: object) -> dict[str, Any]:
    """A case with one of its fields, or of what lies one below, changed."""
    told: dict[str, Any] = a_case(77)
    outer, _, inner = field.partition(".")
    if not inner:
        return told | {outer: value}
    one = told[outer][0] if isinstance(told[outer], list) else told[outer]
    one[inner] = value
    return told


def test_blanks_around_a_number_or_name_make_no_second_case(client: httpx.Client) -> None:
    subject = {"kind": "FIRM", "code": "TEST9", "name": "某公司"}
    first = client.post("/v1/cases", json=a_case(9, reference="2026-9", subject=subject))
    again = client.post("/v1/cases", json=a_case(9, reference=" 2026-9 ", subject=subject | {"name": "某公司\u3000"}))
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 200, first.json()["id"])
    assert again.json()["reference"] == "2026-9"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("claims.on", "1800-01-01", "claim_long_ago"),
        ("letter.publicity_until", "1800-01-01", "publicity_before_signature"),
    ],
)
def test_a_day_that_was_left_at_its_default_is_refused(
    untouched: None, client: httpx.Client, field: str, value: str, code: str
) -> None:
    answer = client.post("/v1/cases", json=with_field(field, value))
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, code)


@pytest.mark.parametrize(("method", "path"), [("DELETE", "/v1/cases"), ("PATCH", "/v1/cases/" + "0" * 32), ("TRACE", "/metrics")])
def test_a_method_the_path_does_not_know_names_those_it_knows(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method_unknown")
    assert "GET" in answer.headers["allow"]
    if path == "/v1/cases":
        assert {"GET", "POST"} <= set(answer.headers["allow"].split(", "))


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "after=zz", "after=" + "0" * 31, "state=DONE", "limit=99999999999999999999"]
)
def test_parameters_out_of_bounds_are_refused(client: httpx.Client, query: str) -> None:
    assert client.get(f"/v1/cases?{query}").status_code == 422


def test_an_unknown_address_is_said_in_the_same_shape(client: httpx.Client) -> None:
    answer = client.get("/v1/nothing/%00/here")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "path_unknown")
