"""One connection to one party, opened when it is needed and again when the old one has ended: a pool of one without its search."""

from __future__ import annotations

import ssl
from types import TracebackType

import httpcore

from connectors.deadline import Deadline, DeadlineBackend

KEPT = 5.0
"""Seconds a connection may rest: shorter than what servers usually grant, so that a question seldom meets a closing door."""


class Connection(httpcore.ConnectionPool):
    """What httpx takes for its pool. One thread at a time, one party only, and never two calls on it at once."""

    def __init__(self, trust: ssl.SSLContext, deadline: Deadline) -> None:
        super().__init__(ssl_context=trust)
        self._trust = trust
        self._deadline = deadline
        self._open: httpcore.HTTPConnection | None = None

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        """The head of the answer; its body is read from the connection until it is closed."""
        held = self._open
        if held is None or not held.is_available() or held.has_expired():
            self.close()
            held = self._open = httpcore.HTTPConnection(
                request.url.origin,
                ssl_context=self._trust,
                keepalive_expiry=KEPT,
                network_backend=DeadlineBackend(self._deadline),
            )
        return held.handle_request(request)

    def close(self) -> None:
        """Hang up, if there is anybody."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.close()
