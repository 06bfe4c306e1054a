"""Whoever connects and says nothing, or never ends what it says, is closed and keeps nobody else out."""

from __future__ import annotations

import asyncio
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import structlog

from inspector.store.store import Store
from inspector.web import connection
from tests.edge import Edge, serving
from tests.engine import lines, listening, until
from tests.house import Hand, open_office
from tests.integration.test_daemon import busy

pytestmark = pytest.mark.alike

LIVE = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
POST = b"POST /v1/cases HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 4000\r\n\r\n{"
HEAD, SILENCE = 3.0, 2.5
"""Seconds: what is to come in time comes a second and a half before, for a busy machine may keep any of us that long."""
LONG = 12.0
"""Seconds within which all that is to be closed is closed; each drip lasts longer."""


@pytest.fixture
def edge(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    monkeypatch.setattr(connection, "HEAD", HEAD)
    monkeypatch.setattr(connection, "SILENCE", SILENCE)
    with serving(open_office(store, Hand())) as held:
        yield held


@contextmanager
def called(edge: Edge) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", edge.server.port), timeout=60) as wire:
        yield wire


def lasts(wire: socket.socket, drip: bytes = b"") -> float:
    """Seconds until the other side closes, while we send a byte of `drip` every tenth of a second."""
    began, left = time.monotonic(), list(drip)
    wire.settimeout(0.1)
    while time.monotonic() - began < LONG:
        try:
            if wire.recv(4096) == b"":
                return time.monotonic() - began
        except TimeoutError:
            if left:
                wire.sendall(bytes([left.pop(0)]))
        except OSError:  # closed while we were sending
            return time.monotonic() - began
    raise AssertionError("it was never closed")


def answered(wire: socket.socket) -> None:
    """A whole request, and its whole answer."""
    wire.sendall(LIVE + b"\r\n")
    said = b""
    while b"}" not in said:
        more = wire.recv(4096)
        assert more, "it was closed"
        said += more
    assert said.startswith(b"HTTP/1.1 200")


def test_who_says_nothing_and_who_drips_a_head_are_closed_in_the_time_of_a_head(edge: Edge) -> None:
    with called(edge) as silent:
        assert 1 < lasts(silent) < LONG
    with called(edge) as dripping:
        assert 1 < lasts(dripping, LIVE * 4) < LONG


def test_after_an_answer_the_next_head_has_its_own_time_and_a_drip_does_not_lengthen_it(edge: Edge) -> None:
    with called(edge) as wire:
        for _ in range(3):
            time.sleep(HEAD / 2)
            answered(wire)
        assert 1 < lasts(wire, LIVE * 4) < LONG


def test_a_body_may_be_slow_and_not_silent(edge: Edge) -> None:
    token = edge.token("system").encode()
    with called(edge) as wire:
        wire.sendall(POST % token)
        assert 1 < lasts(wire) < LONG
    with called(edge) as slow:
        slow.sendall(POST % token)
        for _ in range(4):
            time.sleep(0.9)  # together longer than a silence may be
            slow.sendall(b" ")
        slow.sendall(b" " * (4000 - 6) + b"}")
        assert slow.recv(4096).startswith(b"HTTP/1.1 422"), "it was read to the end"


def test_a_body_that_drips_and_never_ends_is_closed_with_its_own_answer(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "WHOLE", HEAD)
    with called(edge) as dripping:
        dripping.sendall(POST % edge.token("system").encode())
        began, said = time.monotonic(), b""
        dripping.settimeout(0.2)
        while time.monotonic() - began < LONG and not said:
            try:
                dripping.sendall(b" ")  # a byte each fifth of a second: never as long as a silence
                said = dripping.recv(4096)
            except TimeoutError:
                continue
    assert said.startswith(b"HTTP/1.1 408 "), "it ends, though it has never been silent"
    assert b'"message_late"' in said
    assert str(int(HEAD)).encode() in said


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_who_hangs_up_amid_a_message_is_counted_and_is_no_bug_of_ours(edge: Edge) -> None:
    refused = edge.metrics.requests.labels("/v1/cases", "POST", "4xx")
    with listening() as stream:
        with called(edge) as wire:
            wire.sendall(POST % edge.token("system").encode())
            time.sleep(0.2)
        until(lambda: refused._value.get() == 1)
    assert [line["event"] for line in lines(stream) if line["level"] == "error"] == []


def test_beyond_the_most_a_connection_is_closed_at_once_and_said_once_and_the_others_are_answered(
    edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "most", lambda: 4)
    monkeypatch.setattr(connection, "HEAD", 30)
    with structlog.testing.capture_logs() as said, ExitStack() as held:
        first, *_ = [held.enter_context(called(edge)) for _ in range(4)]
        answered(first)
        for _ in range(3):
            with called(edge) as more:
                assert lasts(more) < LONG
        answered(first)
    assert [one["most"] for one in said if one["event"] == "web.crowded"] in ([4], []), "once a minute, whoever said it"
    monkeypatch.undo()
    with edge.client() as client:
        assert client.get("/health/live").status_code == 200, "there is room again"


def test_a_lack_of_descriptors_is_told_once_and_any_other_trouble_as_ever() -> None:
    told: list[str] = []
    loop = asyncio.new_event_loop()
    loop.default_exception_handler = lambda context: told.append(str(context["message"]))  # type: ignore[method-assign]
    full = {"message": "socket.accept() out of system resource", "exception": OSError(24, "Too many open files")}
    with structlog.testing.capture_logs() as said:
        for _ in range(300):
            connection.troubled(loop, full)
        connection.troubled(loop, {"message": "Task exception was never retrieved", "exception": ValueError()})
    loop.close()
    assert [one["event"] for one in said] == ["web.no_descriptors"]
    assert told == ["Task exception was never retrieved"]


@pytest.mark.slow
def test_five_hundred_that_say_nothing_do_not_stop_a_daemon_with_few_descriptors(tmp_path: Path) -> None:
    with few_descriptors(300), busy(tmp_path) as (home, daemon), ExitStack() as silent:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1])
        )  # ours again, not the daemon's
        for _ in range(500):
            silent.enter_context(socket.create_connection(("127.0.0.1", home.port), timeout=60))
        time.sleep(1)
        assert len(list(Path(f"/proc/{daemon.pid}/fd").iterdir())) < 260, "there is room for the database and the outside"
        until(lambda: home.health("live")[0] == 200, seconds=connection.HEAD + 60)
        assert "web.crowded" in home.said
        assert "out of system resource" not in home.said


@contextmanager
def few_descriptors(count: int) -> Iterator[None]:
    """What is started meanwhile has so many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
