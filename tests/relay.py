"""A wire between a client and a real server that passes, hangs, drips, cuts, truncates or garbles what the server says."""

from __future__ import annotations

import os
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Mode = Literal["pass", "hang", "drip", "cut", "reset", "truncate", "garble"]
HARMS: tuple[Mode, ...] = ("hang", "drip", "cut", "reset", "truncate", "garble")

_LINGER_NONE = struct.pack("ii", 1, 0)


@dataclass(slots=True)
class Relay:
    """Listens on `port`; `mode` may be changed at any time and holds for what the server says from then on, `spared` bytes later."""

    port: int
    mode: Mode = "pass"
    spared: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def said(self, chunk: bytes, client: socket.socket) -> bool:
        """Hand on what the server has said, as the mode is; whether the connection goes on."""
        self.spared -= len(chunk)
        match "pass" if self.spared > 0 else self.mode:
            case "pass":
                client.sendall(chunk)
                return True
            case "hang":
                self.ended.wait()
            case "drip":
                for sign in chunk:
                    if self.ended.wait(0.02):
                        return False
                    client.sendall(bytes([sign]))
                return True
            case "reset":
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NONE)
            case "truncate":
                client.sendall(chunk[: len(chunk) // 2])
            case "garble":
                client.sendall(os.urandom(len(chunk)))
            case "cut":
                pass
        return False


@contextmanager
def relay(server: str | tuple[str, int]) -> Iterator[Relay]:
    """A relay to a server: the path of its socket, or its address."""
    with ExitStack() as held:
        listening = held.enter_context(socket.create_server(("127.0.0.1", 0)))
        made = Relay(port=listening.getsockname()[1])
        threads: list[threading.Thread] = []

        def listen() -> None:
            with suppress(OSError):
                while True:
                    client, _ = listening.accept()
                    threads.append(_started(_between, made, client, server))

        listener = _started(listen)
        try:
            yield made
        finally:
            made.ended.set()
            listening.shutdown(socket.SHUT_RDWR)
            for one in (listener, *threads):
                one.join(5)


def _started(what: object, *told: object) -> threading.Thread:
    thread = threading.Thread(target=what, args=told, daemon=True)  # type: ignore[arg-type]
    thread.start()
    return thread


def _between(made: Relay, client: socket.socket, server: str | tuple[str, int]) -> None:
    there = socket.socket(socket.AF_UNIX) if isinstance(server, str) else socket.socket()
    with client, there, suppress(OSError):
        there.connect(server)
        if there.family != socket.AF_UNIX:
            for one in (client, there):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        asks = _started(_asks, made, client, there)
        while chunk := there.recv(65_536):
            if not made.said(chunk, client):
                break
        with suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        asks.join(5)


def _asks(made: Relay, client: socket.socket, there: socket.socket) -> None:
    with suppress(OSError):
        while chunk := client.recv(65_536):
            there.sendall(chunk)
        there.shutdown(socket.SHUT_RDWR)
