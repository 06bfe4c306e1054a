"""Where ids, salts and blinds come from: the system's own randomness, or within `seeded` a repeatable one, which simulations alone use."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

Bits = Callable[[int], int]
"""So many random bits, as a whole number."""


class Ids:
    """Fresh ids that sort by time, and those of one process by the order in which they were asked for (RFC 9562, 6.2, method 2).

    48 bits of milliseconds and 80 random ones. Within a millisecond, and while the clock is behind, the last id goes on by a random
    step: what one transaction writes is read in the order of writing, and still nobody guesses the next.
    """

    def __init__(
        self, milliseconds: Callable[[], int] = lambda: time.time_ns() // 1_000_000, bits: Bits = secrets.randbits
    ) -> None:
        self._milliseconds = milliseconds
        self._bits = bits
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> str:
        """32 hex digits."""
        fresh = self._milliseconds() << 80 | self._bits(80)
        with self._lock:
            self._last = fresh if fresh >> 80 > self._last >> 80 else self._last + 1 + self._bits(64)
            return f"{self._last:032x}"


_BITS: ContextVar[Bits] = ContextVar("bits", default=secrets.randbits)
_IDS: ContextVar[Ids] = ContextVar("ids", default=Ids())  # noqa: B039 - one for the whole process, with a lock of its own


def new_id() -> str:
    """A fresh id: see `Ids`."""
    return _IDS.get().next()


def token_hex(size: int) -> str:
    """So many random bytes as hex digits: a salt or a blind, which nobody may guess."""
    return f"{_BITS.get()(size * 8):0{size * 2}x}"


@contextmanager
def seeded(bits: Bits, milliseconds: Callable[[], int]) -> Iterator[None]:
    """For the length of a block, and in this context alone, ids, salts and blinds come from `bits`, and ids from that clock.

    Whoever knows the seed knows them all: never for an office of real cases. Other threads go on as before.
    """
    before = _BITS.set(bits), _IDS.set(Ids(milliseconds, bits))
    try:
        yield
    finally:
        _BITS.reset(before[0])
        _IDS.reset(before[1])
