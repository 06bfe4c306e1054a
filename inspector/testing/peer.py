"""The other side for tests: a real socket that answers as its script says, well or badly, and remembers what it heard."""

from __future__ import annotations

import io
import json
import re
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Heard:
    """One request. Header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body read as JSON."""
        return json.loads(self.body)


_STATUS = re.compile(rb"HTTP/1\.1 [0-9]{3} [^\r\n]*\r\n")


class Line:
    """The peer's end of one connection while it plays one step of its script."""

    def __init__(self, held: socket.socket, over: threading.Event, head: bytes = b"") -> None:
        self._held = held
        self._over = over
        self._head = head

    def headed(self, head: bytes) -> Line:
        """The same end; whatever is said on it bears these headers behind each status line."""
        return Line(self._held, self._over, head)

    def say(self, content: bytes) -> bool:
        """Send bytes; whether somebody still listens."""
        try:
            self._held.sendall(_STATUS.sub(lambda status: status[0] + self._head, content) if self._head else content)
        except OSError:
            return False
        return True

    def wait(self, seconds: float) -> bool:
        """Do nothing, at most until the test is over; False then."""
        return not self._over.wait(seconds)

    def same(self, other: Line) -> bool:
        """Whether it is the connection of an earlier step."""
        return self._held is other._held

    def reset(self) -> None:
        """Break the connection off the hard way (RST)."""
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._held.close()


Step = Callable[[Line], bool]
"""Plays one answer; True keeps the connection open for the next request."""


@dataclass(frozen=True, slots=True)
class Body:
    """What a party says that speaks no JSON, and the Content-Type it says so with."""

    content: bytes
    kind: str = "text/xml; charset=utf-8"


def answer(status: int = 200, told: object = None, *, body: bytes | None = None, **headers: str) -> Step:
    """A proper answer: `told` as JSON or a `Body`, or `body` as it is. `Retry_After="3"` becomes the header Retry-After."""
    if isinstance(told, Body):
        body, headers = told.content, {"Content-Type": told.kind} | headers
    content = body if body is not None else b"" if told is None else json.dumps(told).encode()
    lines = [f"HTTP/1.1 {status} Said"]
    if status != 204:  # which has no body, and so no length (RFC 9110, 8.6)
        lines += [f"Content-Length: {len(content)}"]
    named = {"Content-Type": "application/json"} | {name.replace("_", "-"): value for name, value in headers.items()}
    lines += [f"{name}: {value}" for name, value in named.items()]

    def step(line: Line) -> bool:
        line.say("\r\n".join([*lines, "", ""]).encode() + content)
        return True

    return step


def raw(content: bytes) -> Step:
    """Exactly these bytes, then the end of the connection: truncated answers, and what is no HTTP at all."""

    def step(line: Line) -> bool:
        line.say(content)
        return False

    return step


def followed(step: Step, behind: bytes | None = None) -> Step:
    """An answer with bytes behind it in the same packet; without any, the same answer once more."""

    def twice(line: Line) -> bool:
        together = _Together()
        kept = step(together)
        line.say(together.said + (together.said if behind is None else behind))
        return kept

    return twice


def again(step: Step, behind: Step) -> tuple[Step, Step]:
    """Two steps: an answer; and to a further question on the same connection that answer once more, late, with its own behind it."""
    before: list[Line] = []

    def first(line: Line) -> bool:
        before.append(line)
        return step(line)

    def second(line: Line) -> bool:
        if line.same(before[0]):
            step(line)
        return behind(line)

    return first, second


def headed(step: Step, headers: Mapping[str, str]) -> Step:
    """A step whose answers bear further headers, as a gateway on the way puts them on whatever it passes."""
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items()).encode()
    return lambda line: step(line.headed(head))


class _Together(Line):
    """Keeps what a step says instead of sending it."""

    def __init__(self) -> None:
        self.said = b""

    def say(self, content: bytes) -> bool:
        self.said += content
        return True


def slow(told: object, seconds: float) -> Step:
    """A proper answer that is late."""
    return delayed(answer(200, told), seconds)


def delayed(step: Step, seconds: float) -> Step:
    """A step that comes late."""

    def late(line: Line) -> bool:
        line.wait(seconds)
        return step(line)

    return late


def trickle(seconds: float, *, head: bool = False) -> Step:
    """A byte at a time, in the body or already in the headers, and after two hundred the end: who has no deadline waits for that."""

    def step(line: Line) -> bool:
        line.say(b"HTTP/1.1 200 Said\r\n" + (b"X-Slow: " if head else b"Content-Length: 100000\r\n\r\n"))
        for _ in range(200):
            if not (line.wait(seconds) and line.say(b"x")):
                break
        return False

    return step


def endless(line: Line) -> bool:
    """A body that never ends, as fast as it goes; from 64 MB on in silence, to spare the memory of whoever keeps it all."""
    line.say(b"HTTP/1.1 200 Said\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 65_536 + b"\r\n"
    if all(line.say(chunk) for _ in range(1024)):
        line.wait(60)
    return False


def lost(line: Line) -> bool:
    """It was taken, and its answer never arrives."""
    line.reset()
    return False


def never(line: Line) -> bool:
    """No answer at all."""
    line.wait(60)
    return False


def reset(line: Line) -> bool:
    """Half an answer, then RST."""
    line.say(b"HTTP/1.1 200 Said\r\nContent-Length: 100\r\n\r\nhalf")
    line.reset()
    return False


@dataclass
class Peer:
    """A listening party. Its script is played a step for each request; the last step stays.

    `beside`: paths (without a query) that are answered by what was asked and not by the script (a token that is fetched before the
    question); their requests are not among those `heard`. `through`: what a gateway before the party makes of each step of the script.
    """

    url: str
    script: list[Step]
    beside: Mapping[str, Callable[[Heard], Step]]
    through: Callable[[Heard, Step], Step]
    heard: list[Heard] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def plays(self, *script: Step) -> None:
        """A new script; what was heard before is forgotten."""
        with self.lock:
            self.script[:] = script
            self.heard.clear()

    def next(self, request: Heard) -> Step:
        """The step that answers this request."""
        if (named := request.path.partition("?")[0]) in self.beside:
            return self.beside[named](request)
        with self.lock:
            self.heard.append(request)
            step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return self.through(request, step)


@contextmanager
def peer(
    *script: Step,
    tls: ssl.SSLContext | None = None,
    beside: Mapping[str, Callable[[Heard], Step]] | None = None,
    through: Callable[[Heard, Step], Step] = lambda _, step: step,
) -> Iterator[Peer]:
    """A peer on a free port of this machine, over TLS where a context is given, gone afterwards with its threads and sockets."""
    over = threading.Event()
    threads: list[threading.Thread] = []
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http{'s' if tls else ''}://127.0.0.1:{listening.getsockname()[1]}"
        held = Peer(url, list(script or (answer(),)), beside or {}, through=through)

        def accept() -> None:
            while not over.is_set():
                with suppress(OSError):
                    connection, _ = listening.accept()
                    connections.append(connection)
                    threads.append(threading.Thread(target=_serve, args=(held, connection, over, tls, connections)))
                    threads[-1].start()

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield held
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            acceptor.join()
            for connection in connections:
                with suppress(OSError):  # most have ended by themselves
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


_TLS = b"\x16"
"""How a TLS handshake begins."""


def _serve(
    held: Peer, connection: socket.socket, over: threading.Event, tls: ssl.SSLContext | None, open_ones: list[socket.socket]
) -> None:
    with connection, suppress(OSError):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls is None and connection.recv(1, socket.MSG_PEEK) == _TLS:
            Line(connection, over).say(b"HTTP/1.1 400 This is no TLS\r\nContent-Length: 0\r\n\r\n")
            return
        with tls.wrap_socket(connection, server_side=True) if tls else connection as plain, plain.makefile("rb") as incoming:
            open_ones.append(plain)  # TLS is a socket of its own
            while (request := _request(incoming)) is not None:
                if not held.next(request)(Line(plain, over)):
                    return


def _request(incoming: io.BufferedReader) -> Heard | None:
    """The next request on a connection; None when it has ended."""
    first = incoming.readline().decode("latin-1").split(" ")
    if len(first) != 3:
        return None
    headers: dict[str, str] = {}
    while line := incoming.readline().decode("latin-1").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Heard(first[0], first[1], headers, incoming.read(int(headers.get("content-length", "0"))))


@contextmanager
def nobody() -> Iterator[str]:
    """An address where nobody listens: the port is held, so that no one else can take it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"
