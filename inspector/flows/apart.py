"""What may hang for ever is done in a thread of its own, and whoever asked for it goes on after a while.

A file of a network folder whose server is away answers nothing, and no system call has a time limit there.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock, Thread

import structlog

log = structlog.get_logger(__name__)

SECONDS = 5.0
"""So long the others wait; what is not done by then goes on by itself."""

_UNDER_WAY: dict[int, tuple[Thread, object]] = {}
"""What is under way still, with what it is done at, which so keeps its identity."""
_LOCK = Lock()


def apart(at: object, do: Callable[[], None]) -> bool:
    """Whether something was done to its end within `SECONDS`.

    What was begun at the same thing before, and is not over, is not begun once more: a thing that hangs holds one thread, and nobody
    else. A thread that is left ends with the process; so whatever `do` writes is to stand a kill at any line. Raises what `do` raises,
    unless it was left: then the log has it.
    """
    failed: list[Exception] = []
    with _LOCK:
        before = _UNDER_WAY.get(id(at))
        if before is not None and before[0].is_alive():
            return False
        made = Thread(target=_done, args=(do, failed), name="apart", daemon=True)
        _UNDER_WAY[id(at)] = (made, at)
        made.start()
    made.join(SECONDS)
    if made.is_alive():
        return False
    with _LOCK:
        if _UNDER_WAY.get(id(at), (None, None))[0] is made:
            del _UNDER_WAY[id(at)]
    if failed:
        raise failed[0]
    return True


def _done(do: Callable[[], None], failed: list[Exception]) -> None:
    try:
        do()
    except Exception as error:  # noqa: BLE001 - raised again by whoever still waits
        log.info("apart.failed", error=type(error).__name__)
        failed.append(error)
