"""One deadline over everything a call does on its socket.

httpx knows a timeout for each read, not for the answer: a peer that sends one byte of a header every few seconds would hold a
thread for days. Here each read and write gets what is left of the call's time, so the sum is bounded whatever the peer does.
Resolving a name takes of the same time: the machine's resolver knows no limit, so it is asked aside, once for each party at a time.

What is written leaves when the answer is awaited: head and body of a question go together, and before they go the socket is looked at.
What lies there already is no answer to them. An answer that is on its way still, from a peer that answers twice or unasked, no look
can tell from the right one: so no connection meets a second question, unless the answers name theirs (`reuse`, `echo`).
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from typing import Any

import httpcore


class Early(httpcore.RemoteProtocolError):
    """There are bytes, or the end, where a question has not left yet: nothing of it has been sent."""


class Deadline:
    """When the call under way must be over, in seconds of `time.monotonic`, and what of it has not left yet; one for each line."""

    def __init__(self) -> None:
        self.at = 0.0
        self.unsent = b""

    def left(self, timeout: float | None, over: type[httpcore.TimeoutException] = httpcore.ReadTimeout) -> float:
        """`timeout`, or what is left if that is less. Raises `over` when nothing is: before a question leaves nobody was asked."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise over("the call's time is used up")
        return left if timeout is None else min(timeout, left)


class DeadlineBackend(httpcore.NetworkBackend):
    """Sockets as httpcore makes them, under a deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._made_by = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to a party: its addresses one after the other, each with its share of the time that is left for all."""
        until = time.monotonic() + self._deadline.left(timeout, httpcore.ConnectTimeout)
        places = _addresses(host, port, until - time.monotonic())
        for number, place in enumerate(places, start=1):
            share = (until - time.monotonic()) / (len(places) - number + 1)
            try:
                left = self._deadline.left(max(share, 0.001), httpcore.ConnectTimeout)
                held = self._made_by.connect_tcp(place, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(places) or time.monotonic() >= until:
                    raise
                continue
            return _Stream(held, self._deadline)
        raise AssertionError("a host that is found has an address")


class _Stream(httpcore.NetworkStream):
    def __init__(self, held: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._held = held
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        # Whoever hangs up in mid-question may have answered first (RFC 9112, 9.5): a write that fails is told by the read.
        with suppress(httpcore.WriteError):
            self._flush(timeout)
        return self._held.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - nothing leaves yet
        self._deadline.unsent += buffer

    def _flush(self, timeout: float | None) -> None:
        unsent, self._deadline.unsent = self._deadline.unsent, b""
        if unsent:
            self._look()
            self._held.write(unsent, self._deadline.left(timeout, httpcore.ConnectTimeout))

    def _look(self) -> None:
        """Raise Early unless the connection is still. Read, not polled: under TLS there may be tickets, which are no answer."""
        held: socket.socket = self._held.get_extra_info("socket")
        held.settimeout(0)
        try:
            held.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            return
        except OSError as error:
            raise Early("the connection has ended") from error
        raise Early("an answer before its question, or the end")

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._held.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._held.get_extra_info(info)

    def close(self) -> None:
        self._held.close()


_Place = tuple[str, int]
_asking: dict[_Place, Future[list[str]]] = {}
"""The names that the resolver is asked for now: no party has more than one thread that waits for it, however many calls there are."""
_lock = threading.Lock()


def _addresses(host: str, port: int, within: float) -> list[str]:
    """The numeric addresses of a host, each once, in the resolver's order, within so many seconds.

    Raises httpcore.ConnectError, and httpcore.ConnectTimeout where the resolver has not answered by then.
    """
    with suppress(ValueError):
        return [str(ip_address(host))]  # no name: nobody need be asked
    place = host, port
    with _lock:
        asked = _asking.get(place)
        if asked is None:
            asked = _asking[place] = Future()
            threading.Thread(target=_resolve, args=(place, asked), name="resolve", daemon=True).start()
    try:
        return asked.result(max(within, 0))
    except TimeoutError:
        raise httpcore.ConnectTimeout("the name is not resolved yet") from None
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error


def _resolve(place: _Place, asked: Future[list[str]]) -> None:
    try:
        found = socket.getaddrinfo(*place, type=socket.SOCK_STREAM)
    except Exception as error:  # noqa: BLE001 - whatever it is, those who wait are told
        told: Callable[[], None] = partial(asked.set_exception, error)
    else:
        told = partial(asked.set_result, list(dict.fromkeys(str(one[4][0]) for one in found)))
    with _lock:
        del _asking[place]
    told()
