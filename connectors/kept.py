"""A secret as it lies in its file now: whoever exchanges the file need not restart anything."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Generic, TypeVar

from connectors.config import secret
from inspector.domain.errors import Invalid
from inspector.ports import Barred, Origin, Unavailable

T = TypeVar("T")


class Kept(Generic[T]):
    """What is made of the secret in a file, made anew when the file is another one; from any thread.

    A file that is gone, open to others or unreadable bars the connector until it is mended: a secret that was taken away is not used on.
    Put a new one in place by rename, so that no call finds half of it.
    """

    def __init__(
        self, path: str, name: str, key: str, made: Callable[[str], T], *, read: Callable[[str, str, str], str] = secret
    ) -> None:
        """Raises Invalid (`connector_secret_…`, and what `made` raises) where it cannot be used from the start.

        `read` gets path, name and key, for what is no single line.
        """
        self._read = read
        self._where = (path, name, key)
        self._made = made
        self._guard = threading.Lock()
        self._print = self._look()
        self._held = made(read(*self._where))

    def now(self) -> T:
        """What is made of the secret as it lies there. Raises Barred (`key_unreadable`)."""
        seen = self._look()
        if seen is not None and seen == self._print:
            return self._held
        with self._guard:
            try:
                self._held = self._made(self._read(*self._where))
            except Invalid as error:
                self._print = None
                raise Barred("key_unreadable", detail=error.code, attempts=0) from None
            self._print = seen  # looked at before it was read: what comes between is read again
            return self._held

    def _look(self) -> tuple[int, ...] | None:
        """By what one file, and one state of it, is told from another; None where there is none."""
        with suppress(OSError):
            told = Path(self._where[0]).stat()
            return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns
        return None


@contextmanager
def exchanged(secrets: Sequence[Kept[Any]]) -> Iterator[None]:
    """While a call is under way: a refusal of a secret that was exchanged in its file meanwhile is none of the new one.

    It is asked again with that, and bars nobody. Raises Unavailable (`secret_exchanged`) for it.
    """
    held = [one.now() for one in secrets]
    try:
        yield
    except Barred as error:
        if held == [one.now() for one in secrets]:
            raise
        again = Unavailable("secret_exchanged", origin=Origin.US, detail=error.detail, attempts=error.attempts)
        again.sure = error.sure
        raise again from None
