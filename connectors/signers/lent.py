"""A secret that the other side lends for a while: had once for all threads, renewed when its time is over or it is no longer taken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from inspector.ports import Origin, Unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class Loan:
    """A secret and the seconds it lasts from now on; None where the other side did not say, so that it shows only when refused."""

    secret: str = field(repr=False)
    lasts: float | None = None


class Lent:
    """Holds the loan under way. `fetch` gets a new one until a moment of `clock` (monotonic seconds), or raises a port error.

    How long it lasts is counted by the machine's running time: two clocks that differ renew neither too often nor too late.
    """

    def __init__(self, fetch: Callable[[float], Loan], *, clock: Callable[[], float] = time.monotonic) -> None:
        self._fetch = fetch
        self._clock = clock
        self._one = threading.Lock()
        self._secret = ""
        self._ends: float | None = None

    def current(self, until: float) -> tuple[str, bool]:
        """The secret in force, and whether it is new by this very call. Raises as `renewed` does."""
        held, ends = self._secret, self._ends
        if held and (ends is None or self._clock() < ends):
            return held, False
        return self.renewed(held, until), True

    def renewed(self, spent: str, until: float) -> str:
        """A secret other than `spent`: a new one, or the one that another thread has fetched meanwhile.

        Raises what the fetch raises, and Unavailable (`busy`) when the others took all the time there was.
        """
        if not self._one.acquire(timeout=max(0.0, until - self._clock())):
            raise Unavailable("busy", origin=Origin.US, detail="another call is fetching the secret", attempts=0)
        try:
            if self._secret == spent or not self._secret:
                loan = self._fetch(until)
                self._ends = None if loan.lasts is None else self._clock() + loan.lasts
                self._secret = loan.secret
            return self._secret
        finally:
            self._one.release()
