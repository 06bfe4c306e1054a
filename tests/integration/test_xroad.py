"""A service of an X-Road: whoever asks is named, and so is the case; errors of security servers are no answers of the service."""

from __future__ import annotations

import json
import re
import ssl
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, ClassVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from connectors.sources import xroad
from inspector import testing
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict
from inspector.ports import AnswerStatus, Barred, Garbled, PortError, Unavailable
from inspector.testing import QUESTION, caught
from inspector.testing.peer import Heard, Step, answer, headed, peer
from inspector.testing.tls import authority
from tests.frontends import verdict
from tests.securityserver import NUMBER, marks, passed

pytestmark = pytest.mark.slow

CLIENT, SERVICE = "CN-TEST/GOV/340400/核查", "CN-TEST/GOV/340401/registers/licences"
ENCODED = "CN-TEST/GOV/340400/%E6%A0%B8%E6%9F%A5"
READ = f"/v2/licences/{QUESTION.subject_code}"
FOUND: Mapping[str, object] = {"code": 0, "data": {"value": "存续", "as_of": "2026-01-05"}}
NAMED: Mapping[str, object] = {"client": CLIENT, "service": SERVICE, "path": "/v1/query", "tries": 1}


@pytest.mark.slow  # its wire and its answers are those of the source over HTTP, which is held to this every day
class TestXroad(testing.OverHttp, testing.SourceContract):
    """The contract."""

    factory = xroad.connect
    told: ClassVar[object] = FOUND

    def settings(self, folder: Path) -> Mapping[str, object]:
        return NAMED

    @classmethod
    def through(cls, heard: Heard, step: Step) -> Step:
        return passed(heard, step)


def server(heard: Heard) -> Step:
    """A security server of the tests (PR-REST 4): it knows one client and one service, and repeats what the protocol has repeated."""
    told = {name: heard.headers.get(f"x-road-{name}", "") for name in ("id", "client")}
    if not all(told.values()) or (heard.body and heard.headers.get("content-type") != "application/json"):
        return failed(400, "Client.BadRequest")
    if told["client"] != ENCODED:
        return failed(500, "Server.ClientProxy.UnknownMember")
    if heard.path not in (f"/r1/{SERVICE}/v1/query", f"/r1/{SERVICE}{READ}"):
        return failed(500, "Server.ServerProxy.UnknownService")
    return said(marks(heard))


def said(marked: Mapping[str, str]) -> Step:
    """A success as the specification shows one (6.2): the service's own answer, with what X-Road says of the message."""
    return headed(answer(200, FOUND, Content_Type="application/json;charset=utf-8"), marked)


def failed(status: int, kind: str) -> Step:
    """An error as the specification shows one (its examples 2 to 4)."""
    told = {"type": kind, "message": "…", "detail": NUMBER}
    return answer(status, told, Content_Type="application/json;charset=utf-8", X_Road_Error=kind)


UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ANSWERED = {
    "x-road-id": UUID,
    "x-road-client": "[^/]+(/[^/]+){2,3}",
    "x-road-service": "[^/]+(/[^/]+){3,4}",
    "x-road-request-id": UUID,
    "x-road-request-hash": "[A-Za-z0-9+/]{86}==",
}
"""The headers of X-Road in a success as published, and their forms: five, in 4.3 and in each example of chapter 6."""


def exchanged(url: str, number: str, client: str) -> tuple[int, Mapping[str, str], Any]:
    """A question to a security server by no code of ours, as the specification's `curl` puts it: status, headers, body."""
    asked = Request(f"{url}/r1/{SERVICE}{READ}", headers={"X-Road-Client": client, "X-Road-Id": number})
    try:
        with urlopen(asked, timeout=60) as reply:
            return reply.status, {name.lower(): one for name, one in reply.headers.items()}, json.load(reply)
    except HTTPError as error:
        return error.code, {name.lower(): one for name, one in error.headers.items()}, json.load(error)


def test_the_security_server_of_the_tests_speaks_in_the_form_of_the_published_examples() -> None:
    number = "0f6b1f0e-8d0a-4c6e-9a51-6f1f3a3b7c11"
    with peer(beside={f"/r1/{SERVICE}{READ}": server}) as there:
        status, headers, body = exchanged(there.url, number, ENCODED)
        refused, flags, told = exchanged(there.url, number, "CN-TEST/GOV/340400/other")
    ours = {name: one for name, one in headers.items() if name.startswith("x-road-")}
    assert (status, body) == (200, FOUND), "the service's own answer goes through as it is"
    assert headers["content-type"] == "application/json;charset=utf-8"
    assert ours.keys() == ANSWERED.keys()
    assert not [name for name, form in ANSWERED.items() if not re.fullmatch(form, ours[name])]
    assert (ours["x-road-id"], ours["x-road-client"], ours["x-road-service"]) == (number, ENCODED, SERVICE)
    assert len(b64decode(ours["x-road-request-hash"])) == 64
    assert (refused, told.keys(), flags["x-road-error"]) == (500, {"type", "message", "detail"}, told["type"])
    assert flags["content-type"] == "application/json;charset=utf-8"
    assert not ANSWERED.keys() & flags.keys(), "what went wrong on the way is no message of the service"


def test_a_service_that_is_read_by_its_address_is_asked_as_the_first_published_example_asks() -> None:
    with asking(asks_in="query", path="/v2/licences/{code}") as (made, heard):
        found = made.ask(QUESTION, key="k-1")
    assert (found.value, found.provenance.source_version) == ("存续", NUMBER)
    assert (heard[0].method, heard[0].path, heard[0].body) == ("GET", f"/r1/{SERVICE}{READ}", b"")
    assert heard[0].headers["accept"] == "application/json"
    assert re.fullmatch(UUID, heard[0].headers["x-road-id"])


@contextmanager
def asking(*steps: Callable[[Heard], Step], **more: object) -> Iterator[tuple[xroad.XroadSource, list[Heard]]]:
    heard: list[Heard] = []

    def serve(one: Heard) -> Step:
        heard.append(one)
        return steps[len(heard) - 1](one) if steps else server(one)

    paths = {f"/r1/{SERVICE}{rest}": serve for rest in ("/v1/query", "x/v1/query", READ)}
    with peer(beside=paths) as there, closing(xroad.connect("registry", {"url": there.url, **NAMED, **more})) as made:
        yield made, heard


def test_a_question_names_who_asks_and_for_which_case_and_the_answer_the_request() -> None:
    with asking(user_id="CN办01", represented="GOV/340402") as (made, heard):
        answers = [made.ask(QUESTION, key="k-1") for _ in range(2)]
    assert [(one.status, verdict(one)) for one in answers] == [(AnswerStatus.FOUND, Verdict.MATCH)] * 2
    assert answers[0].provenance.source_version == NUMBER
    told = heard[0].headers
    assert (told["x-road-client"], told["x-road-issue"], told["x-road-represented-party"]) == (ENCODED, "C-1", "GOV/340402")
    assert told["x-road-userid"] == "CN%E5%8A%9E01"
    assert len({one.headers["x-road-id"] for one in heard}) == 2, "each message has a number of its own"


@pytest.mark.parametrize(
    ("status", "kind", "becomes", "code"),
    [
        (500, "Server.ServerProxy.NetworkError", Unavailable, "fault_theirs"),
        (500, "Server.ServerProxy.DatabaseError", Unavailable, "fault_theirs"),
        (500, "Server.ServerProxy.AccessDenied", Barred, "unauthorised"),
        (500, "Server.ClientProxy.UnknownMember", Barred, "unauthorised"),
        (400, "Client.BadRequest", Barred, "fault_form"),
        (200, "Server.ServerProxy.ServiceFailed", Unavailable, "fault_theirs"),
        (500, "who knows 91350100M000100Y43", Garbled, "code_unknown"),
    ],
)
def test_an_error_of_a_security_server_is_no_answer(status: int, kind: str, becomes: type[PortError], code: str) -> None:
    with asking(lambda _: failed(status, kind)) as (made, _):
        error = caught(lambda: made.ask(QUESTION, key="k-1"))
    assert (type(error), error.code) == (becomes, code)
    assert testing.CODE not in str(error)


@pytest.mark.parametrize("mark", ["X-Road-Id", "X-Road-Client", "X-Road-Service"])
def test_an_answer_to_another_message_or_without_the_marks_of_a_security_server_is_garbled(mark: str) -> None:
    told = {"another": lambda heard: {**marks(heard), mark: f"{marks(heard)[mark]}x"}}
    told |= {"empty": lambda heard: {**marks(heard), mark: ""}}
    told |= {"without": lambda heard: {name: one for name, one in marks(heard).items() if name != mark}}
    told |= {"twice": lambda heard: {**marks(heard), mark.lower(): marks(heard)[mark]}}
    with asking(*(lambda heard, marked=marked: said(marked(heard)) for marked in told.values())) as (made, _):
        for name in told:
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
            assert (type(error), error.code, error.detail) == (Garbled, "echo_differs", mark.lower()), name
    with asking(lambda _: answer(200, FOUND)) as (made, _):
        assert caught(lambda: made.ask(QUESTION, key="k-1")).code == "echo_differs", "whoever this is, it is no security server"


def test_an_answer_whose_hash_is_none_or_another_questions_is_garbled_and_one_without_a_hash_is_not() -> None:
    mark = "X-Road-Request-Hash"
    first: list[str] = []

    def hashed(given: str | None) -> Callable[[Heard], Step]:
        def serve(heard: Heard) -> Step:
            told = {name: one for name, one in marks(heard).items() if name != mark}
            first.append(marks(heard)[mark])
            return said(told if given is None else {**told, mark: given or first[0]})

        return serve

    short = b64encode(bytes(63)).decode()
    with asking(hashed(None), hashed(""), hashed(""), *map(hashed, (NUMBER, short, "A" * 88, "x")), server) as (made, _):
        assert [made.ask(QUESTION, key="k-1").value for _ in range(2)] == ["存续"] * 2
        for _ in range(5):
            error = caught(lambda: made.ask(QUESTION, key="k-1"))
            assert (type(error), error.code, error.detail) == (Garbled, "echo_differs", mark.lower())
        assert made.ask(QUESTION, key="k-1").value == "存续"


def test_the_services_own_error_is_told_apart_from_those_on_the_way() -> None:
    with asking(lambda heard: passed(heard, answer(404, {"message": "Not found"}))) as (made, _):
        assert caught(lambda: made.ask(QUESTION, key="k-1")).code == "http_404"
    with asking(client="CN-TEST/GOV/340400/other") as (made, _):
        assert caught(lambda: made.ask(QUESTION, key="k-1")).code == "unauthorised"
    with asking(service=f"{SERVICE}x") as (made, _):
        assert caught(lambda: made.ask(QUESTION, key="k-1")).code == "unauthorised"


def test_a_security_server_may_want_to_see_our_certificate(tmp_path: Path) -> None:
    ours, _ = authority(tmp_path / "ours")
    file = tmp_path / "ours.pem"
    file.write_bytes(ours.read_bytes() + (tmp_path / "ours" / "key.pem").read_bytes())
    file.chmod(0o600)
    theirs, context = authority(tmp_path / "theirs")
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(ours)
    with peer(answer(200, FOUND), tls=context, through=passed) as there:
        told: dict[str, Any] = {"url": there.url, "ca_file": str(theirs), **NAMED}
        with closing(xroad.connect("registry", told)) as made:
            assert isinstance(caught(lambda: made.ask(QUESTION, key="k-1")), Unavailable)
        with closing(xroad.connect("registry", {**told, "client_cert_file": str(file)})) as made:
            assert made.ask(QUESTION, key="k-1").value == "存续"
        assert len(there.heard) == 1
        assert json.loads(there.heard[0].body)["case"] == "C-1"
        file.chmod(0o644)
        with pytest.raises(Invalid, match="connector_secret_open"):
            xroad.connect("registry", {**told, "client_cert_file": str(file)})
        with pytest.raises(Invalid, match="connector_ca_file"):
            xroad.connect("registry", {**told, "client_cert_file": key_alone(tmp_path)})


def test_our_certificate_is_exchanged_as_it_lies_there_and_one_that_was_taken_away_is_not_used_on(tmp_path: Path) -> None:
    file, other = tmp_path / "ours.pem", tmp_path / "other.pem"
    theirs, context = authority(tmp_path / "theirs")
    context.verify_mode = ssl.CERT_REQUIRED
    for name, into in (("old", file), ("new", other)):
        ours, _ = authority(tmp_path / name)
        into.write_bytes(ours.read_bytes() + (tmp_path / name / "key.pem").read_bytes())
        into.chmod(0o600)
        if name == "new":
            context.load_verify_locations(ours)
    with peer(answer(200, FOUND), tls=context, through=passed) as there:
        told: dict[str, Any] = {"url": there.url, "ca_file": str(theirs), "client_cert_file": str(file), **NAMED}
        with closing(xroad.connect("registry", told)) as made:
            assert isinstance(caught(lambda: made.ask(QUESTION, key="k-1")), Unavailable), "the old one is not believed there"
            other.rename(file)
            assert made.ask(QUESTION, key="k-1").value == "存续"
            file.unlink()
            assert caught(lambda: made.ask(QUESTION, key="k-1")).code == "key_unreadable"
        assert len(there.heard) == 1


def key_alone(folder: Path) -> str:
    file = folder / "theirs" / "key.pem"
    file.chmod(0o600)
    return str(file)


@pytest.mark.parametrize("keys", [{"client": "CN"}, {"service": "CN/GOV/1"}, {"service": "CN/GOV//x/y"}, {"represented": "GOV"}])
def test_names_that_are_none_are_refused(keys: dict[str, object]) -> None:
    with pytest.raises(Invalid, match="connector_key_range"):
        xroad.connect("registry", {"url": "http://127.0.0.1:9", **NAMED, **keys})
