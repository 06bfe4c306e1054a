"""How long to wait before the same work is tried again. Pure: the jitter comes from the work's own key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

DAY = 86400.0
"""The longest wait in seconds that is granted to whoever asks for one; nobody can put work off for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Rungs in machine seconds: the n-th failure waits `base * 2**(n-1)`, at most `cap`, give or take a quarter; `tries` in all."""

    base: float
    cap: float
    tries: int

    def wait(self, attempt: int, key: str, *, asked: float | None = None) -> timedelta:
        """The wait after the given attempt (1 is the first). A longer one that the other side asked for is honoured, up to a day."""
        spread = int.from_bytes(hashlib.sha256(f"{key}#{attempt}".encode()).digest()[:4]) / 2**32
        seconds = min(self.cap, self.base * 2 ** min(attempt - 1, 30)) * (0.75 + spread / 2)
        if asked is not None:
            seconds = max(seconds, min(asked, DAY) * (1 + spread / 4))
        return timedelta(seconds=seconds)

    def spent(self, attempts: int) -> bool:
        """Whether the last try has been made."""
        return attempts >= self.tries
