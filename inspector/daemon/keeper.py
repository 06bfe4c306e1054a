"""Whoever keeps this process (systemd, `Type=notify`): it hears when work is taken, that the loops run, and when we stop.

The protocol is sd_notify(3): a datagram of lines to the socket that `NOTIFY_SOCKET` names. Where none is named nobody listens, and
nothing is sent. What a keeper makes of silence is to kill and to start again, which is safe at any line.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Mapping
from time import monotonic

import structlog

log = structlog.get_logger(__name__)

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


class Keeper:
    """`live` is asked before each sign of life: where a loop has ended, none is given.

    `named` is the process's environment: `NOTIFY_SOCKET` (a path; one that begins with @ is abstract) and `WATCHDOG_USEC` (microseconds of
    silence after which the keeper restarts us; half of it is let pass between two signs, as sd_watchdog_enabled(3) recommends).
    """

    def __init__(self, live: Callable[[], bool], named: Mapping[str, str] = os.environ) -> None:
        self._live = live
        self._address = named.get("NOTIFY_SOCKET", "")
        told = named.get("WATCHDOG_USEC", "")
        self._every = int(told) / 2_000_000 if told.isdigit() else None
        self._next = 0.0

    def ready(self) -> None:
        """Work is taken and the pages answer."""
        self._say(READY)

    def look(self) -> None:
        """Give a sign of life where one is due, and every loop runs."""
        if self._every is None or monotonic() < self._next or not self._live():
            return
        self._next = monotonic() + self._every
        self._say(ALIVE)

    def stopping(self) -> None:
        """We drain: from here on the time for stopping counts."""
        self._say(STOPPING)

    def _say(self, word: str) -> None:
        """A keeper that cannot be reached is none of our affair but for a line: it restarts us, or nobody does."""
        if not self._address:
            return
        name = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as said:
                said.sendto(word.encode(), name)
        except OSError as error:
            log.warning("daemon.unkept", word=word, error=type(error).__name__)
