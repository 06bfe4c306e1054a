"""Leave to ask: whoever lets a call out of the house may bound what more it asks. A connector's wire asks here, and knows no more.

Nobody in a test, at `connector check` or in a program of somebody else's says anything: then a wire goes by its own tries alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Leave(Protocol):
    """What one call may do beyond its first request."""

    def again(self) -> bool:
        """Whether the same request may go out once more, now that it has failed; a yes is used up."""
        ...

    def further(self) -> float | None:
        """Seconds until a further request that the same call needs may go out, such as one for a token; None: not for a while.

        The first request of a call goes out at once: it has its turn already.
        """
        ...


NO_TURN = "no_turn"
"""The code of a call that would have needed a further request, whose turn is not within its time: it is made again later."""

_LEAVE: ContextVar[Leave | None] = ContextVar("leave", default=None)


@contextmanager
def leave(held: Leave) -> Iterator[None]:
    """What the calls of this block, in this thread, go by."""
    token = _LEAVE.set(held)
    try:
        yield
    finally:
        _LEAVE.reset(token)


def again() -> bool:
    """Whether a failed request may go out once more."""
    held = _LEAVE.get()
    return held is None or held.again()


def further() -> float | None:
    """Seconds until the next request of this call may go out; None: it may not."""
    held = _LEAVE.get()
    return 0.0 if held is None else held.further()
