"""What the other side of a push lets in before whoever pushes is killed, so that each kill comes in the middle on the slowest machine."""

from __future__ import annotations

import math
import threading
import time

PATIENCE = 240.0
"""Seconds: longer than any machine takes to start a daemon that pushes."""


class Turnstile:
    """Lets so many messages in at a turn. Behind them nobody comes in or is answered until the next turn: by then the sender is dead."""

    def __init__(self) -> None:
        self.came = 0
        self._most, self._turn = math.inf, 0
        self._moved = threading.Condition()

    def lets(self, more: float) -> None:
        """The next turn begins, of so many more messages; those of the turn before that were kept out never came."""
        with self._moved:
            self._most, self._turn = self.came + more, self._turn + 1
            self._moved.notify_all()

    @property
    def full(self) -> bool:
        """Whether all of this turn have come."""
        return self.came >= self._most

    def enters(self) -> bool:
        """Come in; False, and late, where no more are let in at this turn."""
        with self._moved:
            if self.full:
                self._wait()
                return False
            self.came += 1
            return True

    def answers(self, slow: float) -> None:
        """Let an answer wait for so many seconds; from the last message of the turn on, until the turn is over."""
        with self._moved:
            if self.full:
                self._wait()
                return
        time.sleep(slow)

    def _wait(self) -> None:
        turn = self._turn
        self._moved.wait_for(lambda: self._turn != turn, PATIENCE)
