"""How often a link has been called back: its secret is made anew each time, and lies nowhere. And whose phone a seat's link is."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from inspector.store.linktables import reply_link, seat_phone
from inspector.store.room import Room

_EDITION = sa.select(reply_link.c.edition).where(
    reply_link.c.purpose == sa.bindparam("of"), reply_link.c.about == sa.bindparam("what")
)


class ReplyLinkRoom(Room):
    """The table of links that were called back."""

    def edition(self, purpose: str, about: str) -> int:
        """Which of its links counts: 0 the first."""
        known = self.batch.held.get(of_link(purpose, about))
        if isinstance(known, int):
            return known
        return self.connection.execute(_EDITION, {"of": purpose, "what": about}).scalar_one_or_none() or 0

    def called_back(self, purpose: str, about: str) -> datetime | None:
        """When it was last called back; None: never."""
        held = reply_link.c
        asked = sa.select(held.changed_at).where(held.purpose == purpose, held.about == about)
        return self.connection.execute(asked).scalar_one_or_none()

    def call_back(self, purpose: str, about: str, now: datetime) -> int:
        """From now on another one counts; which. The caller holds the lock of what it is about."""
        edition = self.edition(purpose, about) + 1
        if edition == 1:
            row = {"purpose": purpose, "about": about, "edition": edition, "changed_at": now}
            self.connection.execute(sa.insert(reply_link).values(**row))
        else:
            held = sa.update(reply_link).where(reply_link.c.purpose == purpose, reply_link.c.about == about)
            self.expect_one(held.values(edition=edition, changed_at=now), about)
        self.batch.held.pop(of_link(purpose, about), None)
        return edition

    def phone(self, seat: str, edition: int) -> str | None:
        """The digest of the phone that an edition of a seat's link is bound to."""
        held = seat_phone.c
        asked = sa.select(held.digest).where(held.seat == seat, held.edition == edition)
        return self.connection.execute(asked).scalar_one_or_none()

    def bind(self, seat: str, edition: int, digest: str, now: datetime) -> bool:
        """Bind it; False where it is bound, to whichever phone."""
        row = {"seat": seat, "edition": edition, "digest": digest, "at": now}
        return self.insert_one(seat_phone, row, ("seat", "edition"))


def of_link(purpose: str, about: str) -> str:
    """Under which name a reading holds which of the links of a thing counts."""
    return f"link:{purpose}:{about}"
