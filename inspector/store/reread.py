"""Looks that found nothing, by what they have read: one that reads all of it the same again finds nothing again.

A look is a function of what it reads, so whoever changes a row changes an answer, and is found out as before. Its questions are asked
anew each time, as the driver was asked them, for composing them costs more than their answers; nothing is taken apart, recomputed and
compared for answers that have been looked at. What is kept of these is a digest each, in this process alone: a daemon that starts looks at
everything once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any, NamedTuple, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from inspector.store.ashanded import AsHanded, ask
from inspector.store.tx import Tx

T = TypeVar("T")
MOST = 2_000
"""So many looks are kept, at the draws and at what is public of each; beyond them the one that was kept first goes."""
ANSWERS = 50_000
"""And so many answers of bulk readings: some ten megabytes of digests, for a look at fifty thousand visits."""


class _Read(NamedTuple):
    """A question, and the digest of its answer."""

    ask: Callable[[Tx], object]
    digest: bytes


class _Noting:
    """The connection of a reading, for one look: what is asked through it is answered as ever, and noted."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.dialect = tx.connection.dialect
        self.reads: list[_Read] = []

    def execute(self, asked: sa.Executable, values: Mapping[str, object] | None = None, **options: Any) -> sa.Result[Any]:
        """The rows of a question, all of them."""
        answer = AsHanded(self._tx.connection.execute(asked, values, **options))
        text, given = answer.text, answer.given
        self.reads.append(_Read(lambda tx: ask(tx.connection, text, given), _digest(answer.rows)))
        return answer.read(answer.rows)

    def unsound(self, numbers: Collection[int]) -> set[int]:
        """The seals that do not hold, as the whole reading has them: many draws ask of the same, and each is recomputed once."""
        some = frozenset(numbers)
        answer = self._tx.ledger.unsound(some)
        self.reads.append(_Read(lambda tx: sorted(tx.ledger.unsound(some)), _digest(sorted(answer))))
        return answer


class Rereads:
    """The looks of a process that found nothing."""

    def __init__(self) -> None:
        self._held: dict[Hashable, list[_Read]] = {}
        self._answers: dict[Hashable, bytes] = {}

    def look(self, tx: Tx, what: Hashable, find: Callable[[Tx], tuple[T, ...]]) -> tuple[T, ...]:
        """What is found, by `find`, which hangs on nothing but `what` and the answers to what it asks in the transaction it is given."""
        held = self._held.get(what)
        if held is not None and all(_digest(one.ask(tx)) == one.digest for one in held):
            return ()
        self._held.pop(what, None)
        noting = _Noting(tx)
        apart = tx.apart(cast("Connection", noting))
        apart.ledger.batch.unsound = noting.unsound
        if not (found := find(apart)):
            _put(self._held, what, noting.reads, MOST)
        return found

    def same(self, what: Hashable, read: object) -> bool:
        """Whether what was read of something, among others, is what it was when nothing was found in it."""
        known = self._answers.get(what)
        return known is not None and known == _digest(read)

    def keep(self, what: Hashable, read: object) -> None:
        """Nothing was found in what was read of something."""
        _put(self._answers, what, _digest(read), ANSWERS)


def _put(held: dict[Hashable, T], what: Hashable, told: T, most: int) -> None:
    held.pop(what, None)
    while len(held) >= most:
        held.pop(next(iter(held)), None)
    held[what] = told


def _digest(answer: object) -> bytes:
    return hashlib.sha256(repr(answer).encode()).digest()
