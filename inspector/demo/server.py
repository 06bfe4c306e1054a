"""A small HTTP/1.1 server by hand, so that a peer can be slow without holding a thread, and can break a connection on purpose.

Only what the demo's outside world needs: keep-alive, bodies with a length, one handler. Not for real networks.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl

MOST_BYTES = 8_000_000
_REASONS = {status.value: status.phrase for status in HTTPStatus}


class Cut(Exception):
    """Break the connection without an answer (the caller sees a reset)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request: `path` without the query, header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def asked(self) -> dict[str, str]:
        """The query's fields."""
        return dict(parse_qsl(self.query))

    def json(self) -> dict[str, Any]:
        """The body as a JSON object. Raises ValueError."""
        found = json.loads(self.body)
        if not isinstance(found, dict):
            raise ValueError("a JSON object is expected")  # noqa: TRY004 - a mistake of the sender, like broken JSON
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


def answer(data: object, status: int = 200, **headers: str) -> Reply:
    """A JSON answer; header names are written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status=status, body=json.dumps(data, ensure_ascii=False).encode(), headers=named)


class Server:
    """Listens on one port. `deaf` refuses connections for a while, as a machine does whose service is down."""

    def __init__(self, handle: Callable[[Request], Awaitable[Reply]]) -> None:
        self._handle = handle
        self._listener: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.host, self.port = "127.0.0.1", 0

    async def start(self, host: str, port: int) -> None:
        """Listen; port 0 takes a free one. Raises OSError."""
        self._listener = await asyncio.start_server(self._serve, host, port, backlog=512)
        self.host, self.port = host, self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stop listening and break what is open."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for writer in tuple(self._open):
            _reset(writer)

    async def deaf(self, seconds: float) -> None:
        """Refuse every connection for some seconds, then listen on the same port again."""
        await self.stop()
        await asyncio.sleep(seconds)
        await self.start(self.host, self.port)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                reply = await self._handle(request)
                writer.write(_written(reply))
                await writer.drain()
                if request.headers.get("connection", "").lower() == "close":
                    break
        except Cut:
            _reset(writer)
        except ValueError as wrong:
            writer.write(_written(answer({"error": str(wrong)}, 400)))
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            pass
        except asyncio.CancelledError:  # the world ends: a task left cancelled would only make asyncio complain
            writer.transport.abort()
        finally:
            self._open.discard(writer)
            writer.close()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """The next request; None when the caller has hung up. Raises ValueError for what is no HTTP."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as ended:
        if ended.partial:
            raise
        return None
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ")
    headers = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = int(headers.get("content-length", "0"))
    if "transfer-encoding" in headers or not 0 <= length <= MOST_BYTES:
        raise ValueError("a body needs a content-length of a reasonable size")
    body = await reader.readexactly(length) if length else b""
    path, _, query = target.partition("?")
    return Request(method=method, path=path, query=query, headers=headers, body=body)


def _written(reply: Reply) -> bytes:
    lines = [f"HTTP/1.1 {reply.status} {_REASONS.get(reply.status, 'Unknown')}", f"content-length: {len(reply.body)}"]
    if "content-type" not in reply.headers:
        lines.append("content-type: application/json")
    lines += [f"{name}: {value}" for name, value in reply.headers.items()]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + reply.body


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close so that the caller sees a reset: no lingering, no goodbye."""
    with suppress(OSError):
        raw: socket.socket | None = writer.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
