"""One deadline over everything a call does on its socket.

httpx knows a timeout for each read, not for the answer: a peer that sends one byte of a header every few seconds would hold a
thread for days. Here each read and write gets what is left of the call's time, so the sum is bounded whatever the peer does.
Resolving a name is the machine's affair and bounded by its resolver only.

What is written leaves when the answer is awaited: head and body of a question go together, and an answer that was there before its
question can be told from one that came after it.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore


class Deadline:
    """When the call under way must be over, in seconds of `time.monotonic`, and what of it has not left yet; one for each line."""

    def __init__(self) -> None:
        self.at = 0.0
        self.unsent = b""

    def left(self, timeout: float | None) -> float:
        """`timeout`, or what is left if that is less. Raises httpcore.ReadTimeout when nothing is."""
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the call's time is used up")
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
        """A connection to a party."""
        left = self._deadline.left(timeout)
        return _Stream(self._made_by.connect_tcp(host, port, left, local_address, socket_options), self._deadline)


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
            self._held.write(unsent, self._deadline.left(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._held.start_tls(ssl_context, server_hostname, self._deadline.left(timeout)), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._held.get_extra_info(info)

    def close(self) -> None:
        self._held.close()
