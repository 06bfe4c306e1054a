"""What the outside keeps from one start to the next: its open work, its numbers, its day; one small file of the demo's folder.

Each line is the last word on one thing, written when it is said, so that a killed world loses a torn line at most; null is the end
of a thing. The links in it are for their holders: the file is for its owner's eyes only. Waits are counted in days that the world has
lived, so that a demo left off overnight goes on where it stopped. Without a file everything is kept in memory alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from inspector.demo.office import keep


class Diary:
    """Things by room and name. `day`: machine seconds of an office day."""

    def __init__(self, file: Path | None = None, *, day: float = 6.0) -> None:
        self._rooms: dict[str, dict[str, Any]] = {}
        self._day = day
        self._before = 0.0
        self._file: int | None = None
        if file is not None:
            self._read(file)
            kept = ((room, name, said) for room, things in self._rooms.items() for name, said in things.items())
            keep(file, "".join(_line(self._before, *one) for one in kept))
            self._file = os.open(file, os.O_WRONLY | os.O_APPEND)
        self._began = time.monotonic()

    @property
    def lived(self) -> float:
        """The days that have passed outside, over all starts."""
        return self._before + (time.monotonic() - self._began) / self._day

    async def reach(self, lived: float) -> None:
        """Wait until so many days have passed; not at all where they have."""
        await asyncio.sleep(max(0.0, (lived - self.lived) * self._day))

    def room(self, room: str) -> Mapping[str, Any]:
        """What is kept there, by name, in the order in which it came."""
        return self._rooms.setdefault(room, {})

    def put(self, room: str, name: str, said: Any) -> None:
        """The last word on a thing, of JSON's shapes."""
        self._rooms.setdefault(room, {})[name] = said
        self._write(room, name, said)

    def drop(self, room: str, name: str) -> None:
        """The thing is over."""
        if self._rooms.setdefault(room, {}).pop(name, None) is not None:
            self._write(room, name, None)

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _write(self, room: str, name: str, said: Any) -> None:
        """A full disk costs the demo its memory of one thing; it is no reason to end."""
        if self._file is not None:
            with suppress(OSError):
                os.write(self._file, _line(self.lived, room, name, said).encode())

    def _read(self, file: Path) -> None:
        """What an earlier start has left; a line that a kill has torn, or that means nothing, is passed over."""
        with suppress(FileNotFoundError):
            for line in file.read_bytes().splitlines():
                with suppress(ValueError, TypeError):
                    lived, room, name, said = json.loads(line)
                    self._before = max(self._before, float(lived))
                    things = self._rooms.setdefault(str(room), {})
                    things.pop(str(name), None)
                    if said is not None:
                        things[str(name)] = said


def _line(lived: float, room: str, name: str, said: Any) -> str:
    return json.dumps([round(lived, 3), room, name, said], ensure_ascii=False) + "\n"
