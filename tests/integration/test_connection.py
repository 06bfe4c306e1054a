"""Between two answers on one connection: whose answer it is, and what becomes of a door that has closed."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

import httpcore
import pytest

from inspector.ports import Unavailable
from inspector.testing.peer import Heard, Step, answer, followed, peer
from tests.integration.test_http import wire
from tests.outside import until

WHOLE = b"HTTP/1.1 200 Said\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize(
    "behind", [None, WHOLE * 3, WHOLE[:25], b"\r\n", b"x" * 70_000], ids=["twice", "more", "half", "blank", "much"]
)
def test_what_came_behind_an_answer_is_no_answer_to_the_next_question(behind: bytes | None) -> None:
    said = [followed(answer(200, {"number": 0}), behind), *(answer(200, {"number": number}) for number in range(1, 4))]
    with peer(*said) as held, wire(held) as opened:
        told = [opened.send("POST", "/q", json={"number": number}, key=f"k-{number}").said() for number in range(4)]
        assert [heard.json() for heard in held.heard] == [{"number": number} for number in range(4)]
    assert told == [{"number": number} for number in range(4)]


def test_an_answer_that_was_read_before_its_question_is_none_and_costs_no_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.connection._left_over", lambda _held: False)
    said = [followed(answer(200, {"number": 0})), answer(200, {"number": 1})]
    with peer(*said) as held, wire(held) as opened:
        told = [opened.send("POST", "/q", json={"number": number}, key=f"k-{number}") for number in range(2)]
    assert [(reply.said(), reply.attempts) for reply in told] == [({"number": 0}, 1), ({"number": 1}, 1)]


def hung_up(packets: list[bytes], times: int) -> bool:
    return len(packets) == times


@contextmanager
def hanging_up(packets: list[bytes]) -> Iterator[str]:
    """A party that reads once, answers, and hangs up without having said that it would."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as serving:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    held, _ = listening.accept()
                    with held:
                        packet = held.recv(65_536)
                        held.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
                    packets.append(packet)

        serving.submit(serve)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def test_a_short_question_is_one_packet_and_a_closed_door_between_two_costs_no_try() -> None:
    packets: list[bytes] = []
    with hanging_up(packets) as url, wire(url) as opened:
        for number in range(3):
            assert opened.send("POST", "/q", json={"number": number}, key=f"k-{number}").attempts == 1
            until(partial(hung_up, packets, number + 1))
    assert [packet.partition(b"\r\n\r\n")[2] for packet in packets] == [b'{"number":%d}' % number for number in range(3)]


def test_many_threads_share_a_wire_and_no_answer_goes_astray(monkeypatch: pytest.MonkeyPatch) -> None:
    def ask(number: int) -> object:
        return opened.send("POST", f"/{number}", json={"n": number}, key=f"k-{number}").said()

    def echo(heard: Heard) -> Step:
        held.heard.append(heard)
        return answer(200, heard.json())

    with peer() as held, wire(held) as opened, ThreadPoolExecutor(16) as pool:
        monkeypatch.setattr(held, "next", echo)
        assert list(pool.map(ask, range(200))) == [{"n": number} for number in range(200)]
    assert {(heard.path, heard.json()["n"], heard.headers["idempotency-key"]) for heard in held.heard} == {
        (f"/{number}", number, f"k-{number}") for number in range(200)
    }


@contextmanager
def answering_early(times: int) -> Iterator[tuple[str, list[bytes]]]:
    """A party that has answered before it is asked on its first connections, and hears what it is asked there; then a proper one."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as serving:

        def serve() -> None:
            with suppress(OSError):
                for turn in range(times + 1):
                    held, _ = listening.accept()
                    with held:
                        if turn < times:
                            held.sendall(WHOLE)
                            said = b""
                            with suppress(ConnectionResetError):  # who leaves bytes unread hangs up the hard way
                                said = held.recv(65_536)
                            heard.append(said)
                        else:
                            held.recv(65_536)
                            held.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"own":1}')

        serving.submit(serve)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", heard
        listening.shutdown(socket.SHUT_RDWR)


def test_a_question_does_not_leave_where_an_answer_lies_already(monkeypatch: pytest.MonkeyPatch) -> None:
    made, first = httpcore.SyncBackend.connect_tcp, iter([True])

    def connected(*args: Any, **more: Any) -> httpcore.NetworkStream:
        stream = made(*args, **more)
        if next(first, False):
            select.select([stream.get_extra_info("socket")], [], [], 10)  # what the party says unasked has arrived
        return stream

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connected)
    with answering_early(1) as (url, heard), wire(url) as opened:
        reply = opened.send("POST", "/q", json={"secret": 1}, key="k-1")
        assert (reply.said(), reply.attempts, heard) == ({"own": 1}, 2, [b""]), "nothing was said on the first"


def test_without_reuse_each_question_has_a_connection_of_its_own_and_an_answer_given_twice_reaches_nobody() -> None:
    said = [followed(answer(200, {"number": number})) for number in range(3)]
    with peer(*said) as held, wire(held, reuse=False) as opened:
        told = [opened.send("POST", "/q", key=f"k-{number}").said() for number in range(3)]
        assert opened._idle == deque()
    assert told == [{"number": number} for number in range(3)]


def test_all_addresses_of_a_host_share_the_time_to_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Eight addresses whose listeners take nobody in: their backlog is full, so a connection neither comes nor fails."""
    with ExitStack() as stack:
        dead = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        port = dead.getsockname()[1]
        for _ in range(2):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", port))
        places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{last}", port)) for last in range(1, 9)]
        monkeypatch.setattr("connectors.deadline._addresses", lambda _host, _port, _within: ["127.0.0.1"] * len(places))
        opened = stack.enter_context(wire(f"http://127.0.0.1:{port}", connect_seconds=0.4, budget_seconds=0.4, tries=1))
        began = time.monotonic()
        with pytest.raises(Unavailable):
            opened.send("POST", "/q", key="k-1")
        assert time.monotonic() - began < 2.5


def test_a_resolver_that_does_not_answer_costs_no_more_than_the_calls_time_and_one_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers, asked, found = threading.Event(), list[str](), socket.getaddrinfo

    def slow(host: str, *told: Any, **more: Any) -> Any:
        asked.append(host)
        answers.wait(60)
        return found("127.0.0.1", *told, **more)

    with peer(answer(200, {})) as held:
        port = held.url.rpartition(":")[2]
        with wire(f"http://slow.example:{port}", connect_seconds=0.3, budget_seconds=0.3, tries=1) as opened:
            monkeypatch.setattr("connectors.deadline.socket.getaddrinfo", slow)
            for _ in range(3):
                began = time.monotonic()
                with pytest.raises(Unavailable, match="unreachable"):
                    opened.send("POST", "/q", key="k-1")
                assert time.monotonic() - began < 15
            assert asked == ["slow.example"], "who is asked already is waited for"
            answers.set()
        with wire(f"http://slow.example:{port}") as later:
            assert later.send("POST", "/q", key="k-2").said() == {}


def test_a_dead_address_before_a_healthy_one_costs_no_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.deadline._addresses", lambda _host, _port, _within: ["127.0.0.2", "127.0.0.1"])
    with peer(answer(200, {})) as held, wire(held) as opened:
        assert opened.send("POST", "/q", key="k-1").attempts == 1
