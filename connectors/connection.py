"""One connection to one party, opened when it is needed and again when the old one has ended: a pool of one without its search."""

from __future__ import annotations

import ssl
from types import TracebackType

import httpcore

from connectors.deadline import Deadline, DeadlineBackend, Early

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
        """The head of the answer; its body is read from the connection until it is closed.

        Where something lies on a connection before the question has left, it is about another case: the question takes a new one.
        Raises Early when it is so there too, and for an answer that httpcore had read already.
        """
        held = self._open
        if held is not None and held.is_available() and not held.has_expired() and not _left_over(held):
            try:
                return self._asked(held, request)
            except Early:  # nothing of it has been sent
                pass
        self.close()
        self._open = httpcore.HTTPConnection(
            request.url.origin,
            ssl_context=self._trust,
            keepalive_expiry=KEPT,
            network_backend=DeadlineBackend(self._deadline),
        )
        return self._asked(self._open, request)

    def _asked(self, held: httpcore.HTTPConnection, request: httpcore.Request) -> httpcore.Response:
        answer = held.handle_request(request)
        if self._deadline.unsent:
            answer.close()
            self.close()
            raise Early("an answer before its question")
        return answer

    def close(self) -> None:
        """Hang up, if there is anybody."""
        self._deadline.unsent = b""
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


def _left_over(held: httpcore.HTTPConnection) -> bool:
    """Whether bytes came behind the last answer, such as a second one: the next question would take them for its own.

    httpcore looks at the socket only, not at what it has read already; should it rename this, the test of the answer given twice fails.
    """
    state = getattr(getattr(held, "_connection", None), "_h11_state", None)
    return state is None or bool(state.trailing_data[0])
