"""uvicorn in a thread of its own: bound at once, without a hand on the signals, and quick to stop."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import errorcode

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.types import Receive, Scope, Send

from inspector.domain.errors import Invalid
from inspector.settings import Web
from inspector.web.connection import Connection, backlog, troubled
from inspector.web.desk import Desk

log = structlog.get_logger(__name__)

_GRACE = 5


class _Embedded(uvicorn.Server):
    """The daemon owns the signals. It ends as soon as it is told to: uvicorn looks, for that as for the last request, each tenth second."""

    _loop: asyncio.AbstractEventLoop | None = None
    _told: asyncio.Event

    def end(self) -> None:
        """Take no more, and end when what runs is answered; from any thread."""
        self.should_exit = True
        if self._loop is not None:
            with suppress(RuntimeError):  # its loop is closed: it has ended
                self._loop.call_soon_threadsafe(self._told.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin; a lack of descriptors is told once, not for each connection."""
        loop, self._told = asyncio.get_running_loop(), asyncio.Event()
        loop.set_exception_handler(troubled)
        self._loop = loop
        await super().startup(sockets)

    async def main_loop(self) -> None:
        """Serve until it is to end; the date that answers bear moves each second."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                await asyncio.wait_for(self._told.wait(), 1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more, let running requests finish, but no longer than `_GRACE`."""
        for server in self.servers:
            server.close()
        for held in sockets or []:
            held.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        state, by = self.server_state, time.monotonic() + _GRACE
        while (state.connections or state.tasks) and time.monotonic() < by:  # noqa: ASYNC110 - uvicorn tells nobody of the last one
            await asyncio.sleep(0.005)
        if state.tasks:
            log.info("web.cut_off", requests=len(state.tasks))
        for connection in list(state.connections):
            connection.transport.abort()  # so that uvicorn takes what is cancelled now for what nobody waits for, and for no fault
        for task in state.tasks:
            task.cancel()
        await self.lifespan.shutdown()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


def listen(settings: Web) -> socket.socket:
    """Take the address; port 0 takes a free one. Raises Invalid when it cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=backlog())
    except OSError as error:
        told = {"problem": error.strerror or str(error), "errno": errorcode.get(error.errno or 0, "")}
        raise Invalid("address_unusable", host=settings.host, port=settings.port, **told) from error


class Server:
    """Serves an application on an address taken before (so that it can be told); requests are taken from `start` on."""

    def __init__(self, app: FastAPI, listener: socket.socket) -> None:
        self._socket = listener
        self.port: int = listener.getsockname()[1]
        self._desk: Desk = app.state.desk

        async def given_up(scope: Scope, receive: Receive, send: Send) -> None:
            """The application; a request that is given up at our own end ends quietly."""
            try:
                await app(scope, receive, send)
            except asyncio.CancelledError:
                if not self._server.should_exit:
                    raise

        config = uvicorn.Config(
            given_up,
            log_config=None,
            access_log=False,  # addresses of forms hold the link's secret
            http=Connection,
            backlog=backlog(),
            ws="none",
            lifespan="on",
            proxy_headers=False,
            server_header=False,
        )
        self._server = _Embedded(config)
        self._thread = threading.Thread(target=self._run, name="web", daemon=True)

    def start(self) -> None:
        """Take requests; returns when they are taken. Raises RuntimeError when the server could not start."""
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise RuntimeError("the web server did not start; see the log")
            time.sleep(0.005)

    def stop(self, timeout: float = _GRACE + 1) -> None:
        """End open streams, let running requests finish, take no more."""
        self._desk.stop.set()
        self._server.end()
        if self._thread.is_alive():
            self._thread.join(timeout)
        self._socket.close()

    @property
    def running(self) -> bool:
        """Whether requests are still under way."""
        return self._thread.is_alive()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])
