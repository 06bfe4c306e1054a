"""What a claimed row is to carry before a call that nobody could repeat, written with what others write meanwhile, in one commit.

A call waits until its note is durable, so that whoever finds the row after a kill knows of it (decision 197). Of many calls at once each
commit is a write to the disk, and on SQLite behind all others: whoever comes while one is written waits, and one of them writes all that
lie there then. None is less durable for it.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.errors import Stale
from inspector.store.tx import Tx
from inspector.store.work import Work

Told = Callable[[datetime], Mapping[str, object]]
"""What a row carries, as of machine time."""


@dataclass(slots=True, kw_only=True)
class _Note:
    held: Work
    told: Told
    done: bool = False
    error: BaseException | None = None


class Notes:
    """The notes of one store, from any number of threads."""

    def __init__(self, begin: Callable[[], AbstractContextManager[Tx]]) -> None:
        self._begin, self._turn = begin, threading.Lock()
        self._lie: deque[_Note] = deque()

    def keep(self, held: Work, told: Told) -> None:
        """Have a claimed row carry what is told, durably. Raises Stale where it is not ours any more, and what a transaction raises."""
        note = _Note(held=held, told=told)
        self._lie.append(note)
        with self._turn:
            if not note.done:
                self._write()
        if note.error is not None:
            raise note.error

    def _write(self) -> None:
        """All that lie there, in the order of their rows, as everybody takes hold of several."""
        notes = list[_Note]()
        with suppress(IndexError):
            while True:
                notes.append(self._lie.popleft())
        try:
            with self._begin() as tx:
                at = tx.machine_now()
                for one in sorted(notes, key=lambda one: one.held.id):
                    try:
                        tx.work.keep(one.held, one.told(at))
                    except Stale as error:  # this one alone: it wrote nothing, and spoils no other's
                        one.error = error
        except BaseException as error:  # noqa: BLE001 - nothing was written: whoever waits for its note must not call
            for one in notes:
                one.error = error
        for one in notes:
            one.done = True
