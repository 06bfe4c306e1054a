"""The wire against real sockets that behave badly: bounded, polite, silent, and clear about whose fault it was."""

from __future__ import annotations

import gzip
import hashlib
import logging
import os
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import tenacity

from connectors import patience
from connectors.config import parse
from connectors.http import Wire, WireConfig
from inspector.domain.errors import Invalid
from inspector.ports import Barred, Garbled, Origin, PortError, Refused, Unavailable
from inspector.testing import caught
from inspector.testing.peer import Peer, Step, answer, never, nobody, peer, raw, reset, slow, trickle
from inspector.testing.tls import authority
from tests.outside import until

SECRET = "one-time-word"


class Naming(WireConfig):
    """Of a party whose answers name their question."""

    @property
    def names_question(self) -> bool:
        return True


@contextmanager
def wire(held: Peer | str, waits: list[float] | None = None, **config: object) -> Iterator[Wire]:
    """A wire to a peer that notes its waits between tries instead of waiting; it keeps its connections."""
    noted: list[float] = [] if waits is None else waits
    url = held if isinstance(held, str) else held.url
    told = parse(Naming, "registry", {"url": url, "reuse": True, **config})
    with closing(Wire(told, "registry", sleep=noted.append)) as opened:
        yield opened


def ask(opened: Wire) -> Callable[[], object]:
    return lambda: opened.send("POST", f"/q/{SECRET}", json={"code": SECRET}, key="k-1", case_id="C-1")


def test_a_good_answer_comes_with_the_digests_of_both_sides() -> None:
    with peer(answer(200, {"a": 1}, X_Version="7")) as held, wire(held) as opened:
        reply = opened.send("POST", "/q", json={"b": "核查"}, key="k-1", case_id="C-1")
    assert (reply.status, reply.attempts, reply.said(), reply.headers["x-version"]) == (200, 1, {"a": 1}, "7")
    assert reply.reply_digest == hashlib.sha256(b'{"a": 1}').hexdigest()
    assert reply.request_digest == hashlib.sha256(held.heard[0].body).hexdigest()
    assert held.heard[0].json() == {"b": "核查"}
    assert held.heard[0].path == "/q"
    assert datetime.now(UTC) - reply.asked_at < timedelta(minutes=1)


def test_every_try_carries_the_same_key_and_case() -> None:
    with peer(answer(503), reset, answer()) as held, wire(held) as opened:
        reply = opened.send("POST", "/q", json={}, key="k-1", case_id="C-1")
    assert reply.attempts == 3
    assert [heard.headers["idempotency-key"] for heard in held.heard] == ["k-1"] * 3
    assert [heard.headers["x-correlation-id"] for heard in held.heard] == ["C-1"] * 3


def test_a_case_number_in_chinese_or_with_a_line_break_cannot_break_the_headers() -> None:
    with peer(answer()) as held, wire(held) as opened:
        opened.send("POST", "/q", json={}, key="a\r\nX-Evil: 1", case_id="办件-1")
    assert held.heard[0].headers["idempotency-key"] == "a%0D%0AX-Evil:%201"
    assert held.heard[0].headers["x-correlation-id"] == "%E5%8A%9E%E4%BB%B6-1"
    assert "x-evil" not in held.heard[0].headers


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_an_outage_is_tried_again_and_then_unavailable_by_their_fault(status: int) -> None:
    with peer(answer(status)) as held, wire(held) as opened:
        error = caught(ask(opened))
    assert isinstance(error, Unavailable)
    assert (error.code, error.origin, error.attempts, len(held.heard)) == (f"http_{status}", Origin.THEM, 3, 3)


@pytest.mark.parametrize("status", [400, 409, 410, 422])
def test_what_asking_again_cannot_mend_is_refused_after_one_try(status: int) -> None:
    with peer(answer(status)) as held, wire(held) as opened:
        error = caught(ask(opened))
    assert isinstance(error, Refused)
    assert (error.code, error.origin, len(held.heard)) == (f"http_{status}", Origin.THEM, 1)


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "unauthorised"), (403, "unauthorised"), (407, "unauthorised")]
    + [(status, f"http_{status}") for status in (301, 302, 307, 404, 405, 501, 505)],
)
def test_a_key_that_is_not_accepted_and_a_wrong_address_bar_us_by_our_own_fault_after_one_try(status: int, code: str) -> None:
    with peer(answer(status, Location="/elsewhere")) as held, wire(held) as opened:
        error = caught(ask(opened))
    assert isinstance(error, Barred)
    assert (error.code, error.origin, len(held.heard)) == (code, Origin.US, 1)


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (never, "timeout"),
        (slow({}, 5), "timeout"),
        (reset, "broken_off"),
        (raw(b"HTTP/1.1 200 Said\r\nContent-Length: 100\r\n\r\nhalf"), "broken_off"),
        (raw(b"HTTP/1.1 200 Said\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nha"), "broken_off"),
        (raw(b"\x00\xff this is no HTTP\r\n\r\n"), "broken_off"),
        (raw(b""), "broken_off"),
    ],
    ids=["never", "slow", "reset", "truncated", "truncated-chunk", "garbage", "hung-up"],
)
def test_a_broken_wire_is_unavailable_and_nobodys_guilt(step: Callable[..., bool], code: str) -> None:
    with peer(step) as held, wire(held, read_seconds=0.3 if code == "timeout" else 30, tries=2) as opened:
        error = caught(ask(opened))
        until(lambda: len(held.heard) == 2)  # who hangs up does not wait until the other side has read
    assert isinstance(error, Unavailable)
    assert (error.code, error.origin, error.attempts) == (code, Origin.WIRE, 2)


@pytest.mark.parametrize(
    ("steps", "sure"),
    [
        ((answer(503), answer(503)), True),
        ((answer(429), answer(422)), True),
        ((answer(403),), True),
        ((answer(500), answer(503)), False),
        ((never, answer(503)), False),
        ((answer(503), reset), False),
        ((answer(409),), False),
    ],
    ids=["away", "many-then-refused", "not-let-in", "broken-then-away", "silent-then-away", "away-then-reset", "conflict"],
)
def test_that_nothing_was_taken_is_sure_where_every_try_says_so(steps: tuple[Step, ...], sure: bool) -> None:
    seconds = 2.0 if never in steps else 30.0
    with peer(*steps) as held, wire(held, tries=2, read_seconds=seconds) as opened:
        error = caught(lambda: opened.deliver("/entry", json={}, key="k-1"))
    assert (error.attempts, error.sure) == (len(steps), sure)


def test_nobody_listening_is_unreachable() -> None:
    with nobody() as url, wire(url) as opened:
        error = caught(ask(opened))
    assert isinstance(error, Unavailable)
    assert (error.code, error.origin, error.attempts, error.sure) == ("unreachable", Origin.WIRE, 3, True)


@pytest.mark.parametrize("head", [True, False], ids=["header", "body"])
def test_a_trickling_answer_cannot_hold_a_thread_beyond_the_budget(head: bool) -> None:
    with peer(trickle(0.05, head=head)) as held, wire(held, budget_seconds=0.5) as opened:
        began = time.monotonic()
        error = caught(ask(opened))
        took = time.monotonic() - began
    assert isinstance(error, Unavailable)
    assert error.code == "timeout"
    assert 0.4 < took < 8, "all tries together end with the budget, though each byte came in time"


def test_a_late_answer_within_the_time_allowed_is_taken() -> None:
    with peer(slow({"late": True}, 0.3)) as held, wire(held) as opened:
        assert opened.send("POST", "/q", json={}).said() == {"late": True}


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "streamed"])
def test_a_huge_answer_is_cut_off_at_the_limit(declared: bool) -> None:
    huge = b"x" * 3_000_000
    chunked = b"HTTP/1.1 200 Said\r\nTransfer-Encoding: chunked\r\n\r\n" + b"%x\r\n%b\r\n" % (len(huge), huge)
    with peer(answer(200, body=huge) if declared else raw(chunked)) as held, wire(held, max_reply_bytes=1000) as opened:
        error = caught(ask(opened))
        held.script[:] = [answer(200, {"well": True})]
        assert opened.send("POST", "/q", json={}).said() == {"well": True}
    assert isinstance(error, Garbled)
    assert (error.code, error.origin, error.attempts) == ("too_large", Origin.THEM, 1)
    assert len(error.digest) == 64


def test_a_compressed_answer_is_not_unpacked() -> None:
    bomb = gzip.compress(b"0" * 50_000_000)
    with peer(answer(200, body=bomb, Content_Encoding="gzip")) as held, wire(held) as opened:
        error = caught(ask(opened))
    assert isinstance(error, Garbled)
    assert (error.code, error.digest) == ("encoded", hashlib.sha256(bomb).hexdigest())
    assert held.heard[0].headers["accept-encoding"] == "identity"


def test_a_retry_after_in_seconds_is_waited_for() -> None:
    waits: list[float] = []
    with peer(answer(429, Retry_After="7"), answer()) as held, wire(held, waits) as opened:
        assert opened.send("POST", "/q").attempts == 2
    assert 7 <= waits[0] < 7.2


def test_a_retry_after_beyond_the_budget_is_told_at_once() -> None:
    waits: list[float] = []
    with peer(answer(503, Retry_After="120")) as held, wire(held, waits) as opened:
        error = caught(ask(opened))
    assert isinstance(error, Unavailable)
    assert (error.retry_after, error.attempts, waits) == (120.0, 1, [])


def test_it_is_tenacity_that_tries_again(monkeypatch: pytest.MonkeyPatch) -> None:
    with peer(answer(503), answer(200, {})) as held, wire(held) as opened:
        assert opened.send("POST", "/q").attempts == 2
        held.script[:] = [answer(503), answer(200, {})]
        monkeypatch.setattr(patience, "retry_if_exception", lambda _which: tenacity.retry_never)
        assert caught(ask(opened)).attempts == 1


def test_nothing_but_outages_is_tried_again() -> None:
    with peer(answer(200, body=b"x" * 2000), answer()) as held, wire(held, max_reply_bytes=1000) as opened:
        assert isinstance(caught(ask(opened)), Garbled)
    assert len(held.heard) == 1


def test_neither_logs_nor_errors_hold_addresses_or_contents(caplog: pytest.LogCaptureFixture, tmp_path: Path) -> None:
    token = secret_file(tmp_path, "bearer-word")
    caplog.set_level(logging.DEBUG)
    errors: list[PortError] = []
    with peer(answer(200, {"code": SECRET}), answer(404, {"said": SECRET}), reset) as held:
        with wire(held, token_file=str(token), tries=2) as opened:
            opened.send("POST", f"/q/{SECRET}", json={"code": SECRET})
            errors += [caught(ask(opened)), caught(ask(opened))]
        with nobody() as url, wire(url) as opened:
            errors.append(caught(ask(opened)))
    assert held.heard[0].headers["authorization"] == "Bearer bearer-word"
    told = caplog.text + " ".join(f"{error} {error.detail} {error.__cause__}" for error in errors)
    assert [word for word in (SECRET, "bearer-word", "127.0.0.1", "/q/") if word in told] == []


def test_cookies_do_not_lead_from_one_case_to_the_next() -> None:
    with peer(answer(200, {}, Set_Cookie="session=case-1")) as held, wire(held) as opened:
        opened.send("POST", "/q", case_id="C-1")
        opened.send("POST", "/q", case_id="C-2")
    assert "cookie" not in held.heard[1].headers


def test_the_environment_cannot_lead_calls_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with nobody() as url, peer(answer()) as held:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, url)
        with wire(held) as opened:
            assert opened.send("POST", "/q").status == 200


def test_a_path_that_is_no_address_is_our_own_mistake_and_not_shown() -> None:
    with peer(answer()) as held, wire(held) as opened:
        error = caught(lambda: opened.send("POST", f"/q\n{SECRET}"))
    assert isinstance(error, Refused)
    assert (error.code, error.origin, held.heard) == ("request_malformed", Origin.US, [])
    assert SECRET not in "".join(traceback.format_exception(error))


def test_an_address_without_a_path_is_used_as_it_is() -> None:
    with peer(answer()) as held, wire(f"{held.url}/hook/") as opened:
        opened.send("POST", "")
        opened.send("POST", "/level")
    assert [heard.path for heard in held.heard] == ["/hook/", "/hook/level"]


@pytest.mark.parametrize("path", ["level", "@elsewhere.example/level", ".elsewhere.example", "//elsewhere.example"])
def test_a_path_never_becomes_part_of_the_host(path: str) -> None:
    with peer(answer()) as held, wire(held) as opened:
        opened.send("POST", path)
    assert held.heard[0].path == "/" + path.lstrip("/")


def secret_file(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "secret"
    file.write_text(text + "\n", encoding="utf-8")
    file.chmod(mode)
    return file


@pytest.mark.parametrize(
    ("config", "code"),
    [
        ({}, "connector_key_missing"),
        ({"url": "ftp://a"}, "connector_url"),
        ({"url": "http://"}, "connector_url"),
        ({"url": "http://user:word@a"}, "connector_url_more"),
        ({"url": "http://a/?appkey=word"}, "connector_url_more"),
        ({"url": "http://a:99999999"}, "connector_url"),
        ({"url": "http://xn--/"}, "connector_url"),
        ({"url": 5}, "connector_key_type"),
        ({"url": "http://a", "tries": 0}, "connector_key_range"),
        ({"url": "http://a", "tries": True}, "connector_key_type"),
        ({"url": "http://a", "read_seconds": float("nan")}, "connector_key_range"),
        ({"url": "http://a", "ca_file": "nowhere.pem"}, "connector_ca_file"),
        ({"url": "http://a", "token_file": "nowhere"}, "connector_secret_missing"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_before_the_first_call(config: dict[str, object], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        Wire(config, "registry")
    assert refused.value.code == code
    assert "word" not in str(refused.value)


def test_a_misspelt_key_is_answered_with_the_nearest_valid_one() -> None:
    with pytest.raises(Invalid, match=r"connector_key_unknown\(connector='registry', key='read_second', nearest='read_seconds'"):
        Wire({"url": "http://a", "read_second": 1}, "registry")


def test_a_whole_number_of_seconds_will_do() -> None:
    with closing(Wire({"url": "http://a", "read_seconds": 5})) as wire:
        assert wire._config.read_seconds == 5


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(Invalid, match=r"connector_secret_open.*chmod 600"):
        Wire({"url": "http://a", "token_file": str(secret_file(tmp_path, "word", mode))})


@pytest.mark.parametrize("text", ["", "two\nlines", "密码", "x" * 70_000])
def test_a_secret_that_is_not_one_line_of_printable_ascii_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(Invalid, match="connector_secret_unreadable"):
        Wire({"url": "http://a", "token_file": str(secret_file(tmp_path, text))})


def test_an_agencys_own_authority_is_believed_where_it_is_named_and_nowhere_else(tmp_path: Path) -> None:
    shown, context = authority(tmp_path)
    with peer(answer(200, {"a": 1}), tls=context) as held:
        with wire(held, ca_file=str(shown)) as opened:
            assert [opened.send("POST", "/q", json={}).said() for _ in range(2)] == [{"a": 1}] * 2
        with wire(held, tries=1) as opened:
            error = caught(ask(opened))
    assert isinstance(error, Unavailable)
    assert (error.code, len(held.heard)) == ("unreachable", 2)
    assert "SSLCertVerificationError" in error.detail


def test_an_empty_certificate_file_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "ca.pem"
    empty.write_text("", encoding="ascii")
    with pytest.raises(Invalid, match="connector_ca_file"):
        Wire({"url": "https://a", "ca_file": os.fspath(empty)})


def test_what_is_made_anew_is_made_for_each_try_and_its_digest_is_that_of_the_try_that_was_answered() -> None:
    numbers = iter(range(9))
    with peer(answer(503), answer()) as held, wire(held) as opened:
        reply = opened.send("POST", "/q", anew=lambda: ({"X-Sign": f"s-{next(numbers)}"}, {"n": next(numbers)}), key="k-1")
    assert [heard.headers["x-sign"] for heard in held.heard] == ["s-0", "s-2"]
    assert [heard.json() for heard in held.heard] == [{"n": 1}, {"n": 3}]
    assert reply.request_digest == hashlib.sha256(held.heard[1].body).hexdigest()
    assert {heard.headers["content-type"] for heard in held.heard} == {"application/json"}


def test_a_call_that_shares_its_budget_takes_no_longer_than_what_is_left_of_it() -> None:
    with peer(never) as held, wire(held, read_seconds=9, budget_seconds=9) as opened:
        assert caught(lambda: opened.send("POST", "/q", within=0.1)).code == "timeout"
        assert caught(lambda: opened.send("POST", "/q", within=-1.0)).code == "unreachable"
    assert len(held.heard) == 1, "and without time left nothing is sent"


@pytest.mark.parametrize(("off", "least", "most"), [(0, 0, 0), (90, 85, 90), (-90, -90, -85)])
def test_a_wire_knows_how_far_the_partys_clock_is_from_ours(off: int, least: int, most: int) -> None:
    dated = answer(500, Date=format_datetime(datetime.now(UTC) + timedelta(seconds=off), usegmt=True))
    with peer(answer(), dated, answer(200, Date="yesterday")) as held, wire(held, tries=1) as opened:
        told: list[timedelta | None] = []
        for call in (ask(opened), lambda: caught(ask(opened)), ask(opened)):
            call()
            told.append(opened.ahead)
    assert told[0] is None, "it has not told the time yet"
    assert told[1] is not None
    assert least <= told[1].total_seconds() <= most
    assert told[2] == told[1], "what is no date tells nothing new"
