"""Lines that are too many to hold, put in the order of their bytes by way of a nameless file."""

from __future__ import annotations

import heapq
import os
import weakref
from collections.abc import Iterable, Iterator
from tempfile import TemporaryFile
from typing import IO

RUN = 8_000_000
"""So many bytes of lines are sorted at once, and held at most."""
_PIECE = 8_192


class Sorted(Iterable[bytes]):
    """The lines, without their line feeds, in the order of their bytes; looked through as often as one likes, several times at once.

    Up to `run` bytes are held. More lie in a file of the system's temporary folder that has no name, so that nobody else can open
    it, and that is gone with this object or with the process, however that ends. A line holds no line feed. Raises OSError where
    there is no room for it.
    """

    def __init__(self, given: Iterable[bytes], run: int = RUN) -> None:
        self._file: IO[bytes] | None = None
        self._held: list[bytes] = []
        runs: list[tuple[int, int]] = []
        size = 0
        for line in given:
            self._held.append(line)
            size += len(line)
            if size >= run:
                runs.append(self._write(sorted(self._held)))
                self._held, size = [], 0
        self._held.sort()
        self._whole: tuple[int, int] | None = None
        if runs:
            self._whole = self._write(heapq.merge(*(self._read(*one) for one in runs), self._held))
            self._held = []

    def __iter__(self) -> Iterator[bytes]:
        return self._read(*self._whole) if self._whole is not None else iter(self._held)

    def _write(self, lines: Iterable[bytes]) -> tuple[int, int]:
        """(where it begins, where it ends)."""
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115 - closed when nobody looks into it any more
            weakref.finalize(self, self._file.close)
        begins = self._file.seek(0, os.SEEK_END)
        self._file.writelines(line + b"\n" for line in lines)
        self._file.flush()
        return begins, self._file.tell()

    def _read(self, begins: int, ends: int) -> Iterator[bytes]:
        """By places of its own: who else reads, or writes behind it, moves nothing."""
        assert self._file is not None, "only what was written is read"
        rest = b""
        while begins < ends:
            piece = os.pread(self._file.fileno(), min(_PIECE, ends - begins), begins)
            if not piece:
                raise OSError("the sorted lines are no longer all there")
            begins += len(piece)
            *whole, rest = (rest + piece).split(b"\n")
            yield from whole
