"""One connection to the edge: bounded in number and in patience, so that whoever says nothing keeps nobody else out.

A process has only so many file descriptors, and the database, the connectors and the edge share them: connections may take half of
them. Whoever comes beyond that is closed at once; whoever has sent no whole head in `HEAD` seconds, or leaves a body unfinished and
says nothing more for `SILENCE` seconds, or drips it for more than `WHOLE`, is closed, too (then with a 408). A proxy in front keeps its
own, shorter, times.
"""

from __future__ import annotations

import asyncio
import json
import resource
import time

import structlog
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle

from inspector.web.errors import body

log = structlog.get_logger(__name__)

HEAD = 10.0
"""Seconds in which a request's head is to be here, from the connection or the end of the answer before; a drip does not lengthen it."""
SILENCE = 30.0
"""Seconds without a byte of a body that is not whole yet: a phone far out may be slow, and still says something."""
WHOLE = 1800.0
"""Seconds from a head on in which its body is to be here, however steadily it drips: the largest one, by the slowest phone."""
_MOST = 4096
_AGAIN = 60.0
"""Seconds until the same trouble is told again."""


def most() -> int:
    """How many connections may be open at once."""
    return min(_MOST, _descriptors() // 2)


def backlog() -> int:
    """How many connections may wait, which is also how many are taken in one go, before any of them can be closed again."""
    return max(16, min(512, _descriptors() // 4))


def _descriptors() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return 4 * _MOST if soft == resource.RLIM_INFINITY else soft


class _Seldom:
    """A trouble that comes hundreds of times at once, and is told once a while."""

    def __init__(self) -> None:
        self._next = 0.0

    def due(self) -> bool:
        """Whether it is to be told now."""
        now = time.monotonic()
        due = now >= self._next
        if due:
            self._next = now + _AGAIN
        return due


_crowded, _without = _Seldom(), _Seldom()


class Connection(H11Protocol):
    """A connection that is watched until the answer is under way."""

    _by: asyncio.TimerHandle | None = None
    _of: RequestResponseCycle | None = None
    _until: float = 0.0
    """The request whose body is on its way, and by when, in the loop's time, it is to be here."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take it, unless there are too many."""
        if len(self.connections) >= most():
            self.transport = transport
            transport.abort()
            if _crowded.due():
                log.warning("web.crowded", connections=len(self.connections), most=most())
            return
        super().connection_made(transport)
        self._by = self.loop.call_later(HEAD, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over, and nobody waits for it."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some of a head or of a body."""
        super().data_received(data)
        if self.transport.is_closing() or self._idle:
            return  # of a head there is a part: its time runs on
        self._stop()
        if self.cycle.more_body:
            if self._of is not self.cycle:
                self._of, self._until = self.cycle, self.loop.time() + WHOLE
            self._by = self.loop.call_at(min(self.loop.time() + SILENCE, self._until), self._late)

    def on_response_complete(self) -> None:
        """The next head's time begins, unless the next request is here already."""
        self._stop()
        super().on_response_complete()
        if self._idle and not self.transport.is_closing():
            self._by = self.loop.call_later(HEAD, self._late)

    @property
    def _idle(self) -> bool:
        """Whether no request is under way."""
        cycle: RequestResponseCycle | None = self.cycle  # none before the first request
        return cycle is None or cycle.response_complete

    def _late(self) -> None:
        if self.flow.read_paused:  # it is ours to read on: no guilt of the other side
            self._until += SILENCE
            self._by = self.loop.call_later(SILENCE, self._late)
        else:
            cycle: RequestResponseCycle | None = self.cycle
            if cycle is not None and not cycle.response_started:  # its head was heard, and of its body a part
                self.transport.write(_too_late(WHOLE if self.loop.time() >= self._until else SILENCE))
            self.transport.close()

    def _stop(self) -> None:
        if self._by is not None:
            self._by.cancel()
            self._by = None


def _too_late(seconds: float) -> bytes:
    """The answer to a message whose rest did not come in so many: in our hand, for its handler still waits for it."""
    told = json.dumps(body("message_late", {"seconds": int(seconds)}), ensure_ascii=False).encode()
    head = ("HTTP/1.1 408 Request Timeout", "Content-Type: application/json", "Cache-Control: no-store", "Connection: close")
    return "\r\n".join([*head, f"Content-Length: {len(told)}", "", ""]).encode() + told


def troubled(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """The loop's own troubles as it tells them, but for a lack of descriptors, which comes hundreds of times at once: told once a while."""
    error = context.get("exception")
    if not isinstance(error, OSError) or "accept" not in str(context.get("message")):
        loop.default_exception_handler(context)
    elif _without.due():
        log.error("web.no_descriptors", problem=error.strerror)
