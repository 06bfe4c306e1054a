"""A fault that comes again and again is said at once, and then ever less often with how often it came: a log must stay readable."""

from __future__ import annotations

import time
from collections.abc import Callable

FIRST, LONGEST = 5.0, 600.0
"""Seconds between the first two lines, and the most between any two; each wait is twice the one before."""


class Spell:
    """One kind of fault, from its first time until `over`. For one thread. `now` is a clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._times = 0
        self._wait = FIRST
        self._next = 0.0

    def times(self) -> int | None:
        """It came again: how often it has come by now, where that is worth a line; else None."""
        self._times += 1
        now = self._now()
        if self._times == 1:
            self._wait = FIRST
        elif now < self._next:
            return None
        else:
            self._wait = min(self._wait * 2, LONGEST)
        self._next = now + self._wait
        return self._times

    def over(self) -> None:
        """It went well: the next time is a first one."""
        self._times = 0
