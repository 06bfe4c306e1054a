"""The outside party: a lean HTTP/1.1 server in a process of its own that answers after some milliseconds and counts its calls.

`POST /verify/<case>` is the call of the job, whose answer names its case; `GET /stats` tells the calls and the cases called about;
`POST /reset` forgets them.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import cast

ANSWER = b'{"status":"FOUND","value":"yes","case":"%s"}'


class Peer(asyncio.Protocol):
    """One connection, kept alive; requests on it come one after the other."""

    def __init__(self, latency: float, calls: dict[bytes, int]) -> None:
        self._latency = latency
        self._calls = calls
        self._held = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one by its methods only

    def data_received(self, data: bytes) -> None:
        self._held += data
        while (end := self._held.find(b"\r\n\r\n")) >= 0:
            size = end + 4 + _length(self._held[:end])
            if len(self._held) < size:
                return
            target = self._held.split(b" ", 2)[1]
            self._held = self._held[size:]
            self._answer(target)

    def _answer(self, target: bytes) -> None:
        if target.startswith(b"/verify/"):
            self._calls[target] = self._calls.get(target, 0) + 1
            asyncio.get_running_loop().call_later(self._latency, self._write, ANSWER % target.rpartition(b"/")[2])
            return
        if target == b"/reset":
            self._calls.clear()
        self._write(json.dumps({"calls": sum(self._calls.values()), "cases": len(self._calls)}).encode())

    def _write(self, body: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
            self._transport.write(head + body)


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


@dataclass(frozen=True, slots=True)
class Stub:
    """The running server as its parent sees it."""

    url: str

    def calls(self) -> int:
        """How many calls of the job have come."""
        with urllib.request.urlopen(f"{self.url}/stats", timeout=10) as answer:
            return int(json.load(answer)["calls"])

    def reset(self) -> None:
        """Forget the calls."""
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/reset", method="POST"), timeout=10).close()


@contextmanager
def stub(latency: float) -> Iterator[Stub]:
    """The server for the length of a block; `latency` in seconds."""
    command = [sys.executable, "-m", "tests.bench.stub", "--latency", str(latency)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Stub(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.kill()


async def _serve(latency: float) -> None:
    calls: dict[bytes, int] = {}
    server = await asyncio.get_running_loop().create_server(lambda: Peer(latency, calls), "127.0.0.1", 0, backlog=512)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Print the port, then serve until killed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=float, default=0.005)
    given = parser.parse_args()
    with suppress(ImportError):
        import uvloop

        uvloop.install()
    asyncio.run(_serve(given.latency))


if __name__ == "__main__":
    main()
