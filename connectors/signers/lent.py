"""A secret that the other side lends for a while: had once for all threads, renewed when its time is over or it is no longer taken."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from connectors.reply import Reply
from connectors.status import shut
from inspector.ports import Barred, Garbled, Origin, PortError, Refused, Unavailable


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

    def used(self, send: Callable[[str], Reply], until: float) -> Reply:
        """The reply to what is sent with a secret in force. Two renewals in one call never happen (scenario 12).

        One that another thread has replaced while this call was under way was refused for that: it is sent again with the new one,
        which is no renewal of its own.

        Raises what `send` and the fetch raise; `secret_expired` and HTTP 401 only where a new secret is not taken either.
        """
        held, renewed = self.current(until)
        tried = 0
        while True:
            try:
                reply = send(held)
            except PortError as error:
                error.attempts += tried
                spent = isinstance(error, Barred) and (error.code == "secret_expired" or shut(error))
                if not spent or (renewed and held == self._secret) or (tried and self._clock() >= until):
                    raise
                tried = error.attempts
            else:
                return replace(reply, attempts=reply.attempts + tried)
            try:
                held, fetched = self._other(held, until)
            except PortError as error:
                error.attempts += tried
                raise
            renewed = renewed or fetched

    def current(self, until: float) -> tuple[str, bool]:
        """The secret in force, and whether it is new by this very call. Raises as `renewed` does."""
        held, ends = self._secret, self._ends
        if held and (ends is None or self._clock() < ends):
            return held, False
        return self._other(held, until)

    def renewed(self, spent: str, until: float) -> str:
        """A secret other than `spent`: a new one, or the one that another thread has fetched meanwhile.

        Raises what the fetch raises, and Unavailable (`busy`) when the others took all the time there was.
        """
        return self._other(spent, until)[0]

    def _other(self, spent: str, until: float) -> tuple[str, bool]:
        """The same, and whether this very call has fetched it."""
        if not self._one.acquire(timeout=max(0.0, until - self._clock())):
            raise Unavailable("busy", origin=Origin.US, detail="another call is fetching the secret", attempts=0)
        try:
            if self._secret and self._secret != spent:
                return self._secret, False
            loan = self._fetch(until)
            self._ends = None if loan.lasts is None else self._clock() + loan.lasts
            self._secret = loan.secret
            return self._secret, True
        finally:
            self._one.release()


@contextmanager
def lending() -> Iterator[None]:
    """While a secret is fetched: what goes wrong is about no question and nobody's push, so it is Unavailable or Barred only."""
    try:
        yield
    except Refused as error:
        raise Barred("secret_refused", detail=f"{error.code} {error.detail}".strip(), attempts=error.attempts) from None
    except Garbled as error:
        raise Barred("secret_unreadable", detail=f"{error.code} {error.detail}".strip(), attempts=error.attempts) from None
