"""Sessions of browsers: opaque, stored hashed like tokens, bound to a person and a role, ended by time or by hand."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from inspector.domain.errors import Refusal
from inspector.store.room import Room, Row
from inspector.store.signintables import browser_session as held

KEPT = timedelta(days=184)
"""So long after its end a session is still listed, and what began it begins no other one: six months at least, whatever the packs say.

Who had entered is a log of the network (Cybersecurity Law art. 21 (3); handbook 1.6.12); no six months are longer.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session: of whom (`name`, `agency`, `role`, `inspector`), by which way, on which grounds (a token, an admission, a seat)."""

    id: str = ""
    way: str
    grounds: str
    name: str
    agency: str
    role: str
    inspector: str | None = None
    begun_at: datetime
    seen_at: datetime
    expires_at: datetime


_COLUMNS = tuple(held.c[name] for name in Opened.__dataclass_fields__)


class SessionRoom(Room):
    """The table of sessions."""

    def begin(self, given: Opened, once: str = "") -> str:
        """Begin one; the text of its cookie, which is seen only now. `once`: the text of what may begin one session and no more.

        Raises Refusal (`signin_used`) where it has begun one before.
        """
        text = secrets.token_urlsafe(32)
        row = {name: getattr(given, name) for name in Opened.__dataclass_fields__}
        row |= {"id": secrets.token_hex(6), "digest": _digest(text), "once": _digest(once) if once else None}
        if not self.insert_one(held, row, ("once",)):
            raise Refusal("signin_used")
        return text

    def find(self, text: str, now: datetime, idle: timedelta) -> Opened | None:
        """The session of a cookie while it goes on, or None. By digest, so that time tells nothing about the text."""
        asked = sa.select(*_COLUMNS).where(held.c.digest == _digest(text), *_open(now), held.c.seen_at > now - idle)
        row = self.connection.execute(asked).one_or_none()
        return Opened(**row._asdict()) if row else None

    def seen(self, session_id: str, now: datetime) -> None:
        """It is used."""
        self.connection.execute(sa.update(held).where(held.c.id == session_id).values(seen_at=now))

    def end(self, by: str, now: datetime, *which: sa.ColumnElement[bool]) -> int:
        """End those that go on; how many."""
        ends = sa.update(held).where(*which, held.c.ended_at.is_(None)).values(ended_at=now, ended_by=by)
        return self.connection.execute(ends).rowcount

    def end_one(self, session_id: str, by: str, now: datetime) -> int:
        """End one by its id."""
        return self.end(by, now, held.c.id == session_id)

    def end_text(self, text: str, by: str, now: datetime) -> int:
        """End that of a cookie."""
        return self.end(by, now, held.c.digest == _digest(text))

    def end_on(self, grounds: str, by: str, now: datetime) -> int:
        """End those that stand on a token or an admission."""
        return self.end(by, now, held.c.grounds == grounds)

    def open(self, now: datetime, idle: timedelta, agencies: Sequence[str] | None = None) -> list[Row]:
        """Those that go on, of some agencies or of all, the newest first; nothing that would let anybody in."""
        of = () if agencies is None else (held.c.agency.in_(agencies),)
        asked = sa.select(*_COLUMNS).where(*of, *_open(now), held.c.seen_at > now - idle)
        return self.rows(asked.order_by(held.c.begun_at.desc()).limit(500))

    def forget(self, before: datetime) -> int:
        """Drop what has been over for long."""
        return self.connection.execute(sa.delete(held).where(held.c.expires_at < before)).rowcount


def _open(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return held.c.expires_at > now, held.c.ended_at.is_(None)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
