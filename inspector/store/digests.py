"""Letters that wait for the daily digest of the agency they are for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.letter import LetterKind
from inspector.store.linktables import digest_entry
from inspector.store.room import Room


class DigestRoom(Room):
    """The table of what waits."""

    def add(self, via: str, request_id: str, kind: str, slot: datetime) -> None:
        """Let a letter wait; twice is once."""
        self.insert_one(digest_entry, {"via": via, "request": request_id, "kind": kind, "slot": slot}, ("via", "request", "kind"))

    def waiting(self, via: str, slot: datetime) -> list[tuple[str, str]]:
        """(request, kind) of what the digest of a slot carries; what one before it carries is still on its way with that one."""
        held = digest_entry.c
        asked = sa.select(held.request, held.kind).where(held.via == via, held.slot == slot).order_by(held.request, held.kind)
        return [(row.request, row.kind) for row in self.connection.execute(asked)]

    def carries(self, via: str, request_id: str) -> bool:
        """Whether the letter that asks still waits for a digest, or is on its way with one."""
        held = digest_entry.c
        asked = sa.select(held.slot).where(held.via == via, held.request == request_id, held.kind == LetterKind.REQUEST.value)
        return self.connection.execute(asked).first() is not None

    def carried(self, via: str, entries: Sequence[tuple[str, str]]) -> None:
        """They wait no more."""
        held = sa.tuple_(digest_entry.c.request, digest_entry.c.kind)
        self.connection.execute(sa.delete(digest_entry).where(digest_entry.c.via == via, held.in_(list(entries))))
