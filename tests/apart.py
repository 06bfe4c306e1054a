"""No thread speaks over the network while it holds a transaction, in any test: what the outside must do is carried out with none open.

Whoever waits for an answer with a transaction in hand keeps everybody else waiting for as long as the other side likes. PostgreSQL is no
outside: its driver speaks for itself, and not by the sockets of Python. What a test itself has opened, to look into, is its own.
"""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps
from typing import Any

from inspector.store.store import Store
from tests.house import ROOT

PRODUCT = str(ROOT / "inspector")
OUTSIDE = (socket.AF_INET, socket.AF_INET6)
SPEAKS = ("connect", "send", "sendall", "sendto")
HELD = threading.local()
"""`open`: how many transactions the thread is in."""


def watch() -> None:
    """From now on, in this process: RuntimeError where somebody speaks with a transaction open."""
    for name in ("begin", "read"):
        setattr(Store, name, _counted(getattr(Store, name)))
    for name in SPEAKS:
        setattr(socket.socket, name, _alone(getattr(socket.socket, name)))


def _counted(opens: Callable[..., AbstractContextManager[Any]]) -> Callable[..., AbstractContextManager[Any]]:
    @wraps(opens)
    @contextmanager
    def counted(*given: Any, **named: Any) -> Iterator[Any]:
        ours = _opener().startswith(PRODUCT)
        with opens(*given, **named) as tx:
            HELD.open = getattr(HELD, "open", 0) + ours
            try:
                yield tx
            finally:
                HELD.open -= ours

    return counted


def _opener() -> str:
    """The file of the `with` statement that opens a transaction."""
    frame = sys._getframe(2)
    while frame.f_back is not None and frame.f_code.co_filename == contextlib.__file__:
        frame = frame.f_back
    return frame.f_code.co_filename


def _alone(speaks: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(speaks)
    def alone(self: socket.socket, *given: Any) -> Any:
        if getattr(HELD, "open", 0) and self.family in OUTSIDE:
            self.close()  # who connects has not yet handed it to anybody that would
            raise RuntimeError("somebody outside is spoken to while a transaction is open")
        return speaks(self, *given)

    return alone
