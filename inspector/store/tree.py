"""The tree over the ledger: grown behind the seals, part by part, and proofs by it (`domain.treehead`)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import islice

import sqlalchemy as sa

from inspector.domain.errors import Missing
from inspector.domain.suite import Suite, path
from inspector.domain.treehead import Frontier, TreeHead, consistency
from inspector.store.room import Room
from inspector.store.tables import ledger, ledger_tree, seal

_MOST = 5_000
"""About so many entries are taken into the tree at once: an old ledger takes turns with the house's other work."""
_SEALED = sa.select(ledger.c.digest).where(ledger.c.seal.is_not(None)).order_by(ledger.c.seal, ledger.c.id)
"""The digests of sealed entries, in the order of the tree."""


class TreeRoom(Room):
    """The tree over the ledger's sealed entries, in the order of the seals and in each by id."""

    def grow(self, most: int = _MOST) -> int:
        """Take sealed entries into the tree, whole seals, about `most` of them; how many. The caller holds the lock of sealing."""
        at, held = self._held()
        asked = sa.select(seal.c.number, seal.c.entries).where(seal.c.number > at).order_by(seal.c.number).limit(most)
        taken = 0
        for number, entries in self.connection.execute(asked).all():
            held = held.grown(self._digests(number))
            head = held.head
            self.connection.execute(sa.update(seal).where(seal.c.number == number).values(size=head.size, root=head.root))
            at, taken = number, taken + entries
            if taken >= most:
                break
        if taken:
            row = {"id": 1, "seal": at, "size": held.size, "peaks": " ".join(held.peaks)}
            self.upsert(ledger_tree, row, ("id",))
        return taken

    def head(self) -> TreeHead:
        """The head over all that is in the tree."""
        return self._held()[1].head

    def holds(self, entry: str) -> bool:
        """Whether an entry is in the tree already."""
        asked = sa.select(ledger.c.seal).where(ledger.c.id == entry)
        number = self.connection.execute(asked).scalar_one_or_none()
        return number is not None and number <= self._held()[0]

    def included(self, entry: str, size: int) -> tuple[int, str, tuple[str, ...]]:
        """(place, digest, path) of an entry in the tree of the first `size` entries. Raises Missing (`ledger_entry_unknown`)."""
        digests = self.digests(size)
        held = self.connection.execute(sa.select(ledger.c.digest).where(ledger.c.id == entry)).scalar_one_or_none()
        if held is None or held not in digests:
            raise Missing("ledger_entry_unknown", entry=entry, size=size)
        place = digests.index(held)
        return place, held, path(Suite(), map(bytes.fromhex, digests), place)

    def consistency(self, former: int, size: int) -> tuple[str, ...]:
        """The proof that the first `size` entries begin with the first `former` ones. Raises Invalid (`ledger_size_beyond`)."""
        return consistency(self.digests(size), former)

    def at(self, size: int) -> TreeHead:
        """The head over the first `size` entries, of what stands there now. Raises ValueError where something there is no digest."""
        head = self.heads([size]).get(size)
        if head is None:
            raise ValueError("no digest")
        return head

    def before(self, moment: datetime) -> TreeHead | None:
        """The head as the last seal before a moment left it; None where there was none, or what is kept of the tree lacks.

        Seals are numbered in the order of their moments, so it is looked for by halves.
        """
        low, high = 0, self.connection.execute(sa.select(sa.func.coalesce(sa.func.max(seal.c.number), 0))).scalar_one()
        while low < high:
            middle = (low + high + 1) // 2
            at = self.connection.execute(sa.select(seal.c.at).where(seal.c.number == middle)).scalar_one_or_none()
            low, high = (middle, high) if at is not None and at < moment else (low, middle - 1)
        row = self.connection.execute(sa.select(seal.c.size, seal.c.root).where(seal.c.number == low)).one_or_none()
        return TreeHead(size=row.size, root=row.root) if row is not None and row.root is not None else None

    def heads(self, sizes: Collection[int]) -> dict[int, TreeHead]:
        """The heads over so many of the first entries each, of what stands there now, in one reading.

        Of a size at which something stands there that is no digest, or behind it, there is none; of one beyond the end, that of all.
        """
        grown, told = Frontier(), dict[int, TreeHead]()
        if not sizes:
            return told
        with self.connection.execute(_SEALED.limit(max(sizes)), execution_options={"yield_per": _MOST}) as rows:
            digests = iter(rows.scalars())
            for size in sorted(set(sizes)):
                try:
                    grown = grown.grown(islice(digests, size - grown.size))
                except ValueError:
                    break
                told[size] = grown.head
        return told

    def digests(self, size: int) -> list[str]:
        """The digests of the first `size` sealed entries, in the order of the tree."""
        return list(self.connection.execute(_SEALED.limit(size)).scalars())

    def _held(self) -> tuple[int, Frontier]:
        row = self.row(sa.select(ledger_tree))
        return (row["seal"], Frontier(size=row["size"], peaks=tuple(row["peaks"].split()))) if row else (0, Frontier())

    def _digests(self, number: int) -> list[str]:
        asked = sa.select(ledger.c.digest).where(ledger.c.seal == number).order_by(ledger.c.id)
        return list(self.connection.execute(asked).scalars())
