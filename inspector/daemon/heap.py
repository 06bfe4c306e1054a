"""What the C library holds and nobody uses, given back to the system, so that a daemon is not the larger for every busy hour it has had.

What a case took is freed when it ends; the C library keeps the pages for the next one, and gives back by itself only those behind the
last block in use. What lies between blocks that stay (connections, statements, caches) would come to some MiB each day.

`malloc_trim(0)` of glibc (malloc_trim(3), MT-safe) gives back every whole page in which no block lies. Why it is safe from any thread at
any moment: it takes each heap's lock as `malloc` itself does, moves nothing, and writes no byte that somebody holds; ctypes lets the
interpreter go for the call, so that others run. It takes some milliseconds. Another C library has no such function (musl, macOS), or
needs none: there nothing is done.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable


def _trimmer() -> Callable[[int], int] | None:
    """The C library's function, looked up in what this process has loaded already: nothing is loaded for it."""
    try:
        found = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):  # no such function; no such library; a system where None names none
        return None
    found.argtypes, found.restype = (ctypes.c_size_t,), ctypes.c_int
    return found


_TRIM = _trimmer()


def give_back() -> None:
    """Give the system back whole pages that hold nothing any more; from any thread. Raises nothing."""
    if _TRIM is not None:
        _TRIM(0)
