"""A socket that plays something to whoever comes, for peers whose protocol is not HTTP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def accepting(play: Callable[[socket.socket, threading.Event], None]) -> Iterator[int]:
    """The port of a socket; `play` has each connection in a thread of its own, and is to end when the event is set."""
    over, open_ones, played = threading.Event(), [], []  # type: threading.Event, list[socket.socket], list[threading.Thread]

    def accept() -> None:
        while not over.is_set():
            with suppress(OSError):
                line, _ = listening.accept()
                open_ones.append(line)
                played.append(threading.Thread(target=play, args=(line, over), daemon=True))
                played[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listening:
        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield listening.getsockname()[1]
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            acceptor.join()
            for line in open_ones:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
            for one in played:
                one.join(5)
