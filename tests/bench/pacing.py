"""What comes at a steady rate, counted from when it was to come: who is kept waiting by a slow start is not forgotten.

A feeder that takes the time only once it is at its turn leaves out what a stall costs all that had to come meanwhile (coordinated
omission): the worst moments count once instead of a hundred times.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from statistics import quantiles
from threading import Event, Thread

from tests.house import ZONE

MOST_LATE = 1.0
"""Seconds that a feeder may be behind its schedule; beyond, the machine does not bring the load that the figures are said to be of."""


class Paced:
    """So many numbers at a rate a second, each with the moment for which it was set down (`time.time`); `late`: the greatest lateness."""

    def __init__(self, count: int, rate: float) -> None:
        self._count, self._rate = count, rate
        self.late = 0.0

    def __iter__(self) -> Iterator[tuple[int, float]]:
        began, at = time.monotonic(), time.time()
        for number in range(self._count):
            behind = time.monotonic() - began - number / self._rate
            if behind < 0:
                time.sleep(-behind)
                behind = time.monotonic() - began - number / self._rate
            self.late = max(self.late, behind)
            yield number, at + number / self._rate

    def kept(self) -> None:
        """Raise SystemExit where the machine could not keep the pace at some moment."""
        kept(self._rate, self.late)


def kept(rate: float, late: float) -> None:
    """Raise SystemExit where a feeder was so many seconds late at worst that its rate was not the one that figures are said to be of."""
    if late > MOST_LATE:
        raise SystemExit(f"this machine does not keep {rate:g} a second: {late:.1f} s behind at worst")


@contextmanager
def each(seconds: float, do: Callable[[], object]) -> Iterator[None]:
    """Meanwhile something is done each time that so many seconds are over, as the daemon's tick does it."""
    over = Event()

    def run() -> None:
        while not over.wait(seconds):
            do()

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def now() -> datetime:
    """Office time that is the machine's."""
    return datetime.now(ZONE)


def percentiles(found: list[float]) -> tuple[float, float]:
    """The median and the 99th."""
    cut = quantiles(found, n=100)
    return cut[49], cut[98]
