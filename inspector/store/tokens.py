"""API tokens: opaque, stored hashed, scoped by agency and role, expiring, revocable."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.person import LONGEST_NAME, nameable
from inspector.store.room import Room, Row
from inspector.store.tables import token

_SYSTEM = "system"
_HOLDER = (
    sa.select(token.c.agency)
    .where(token.c.name == sa.bindparam("of"), token.c.role == _SYSTEM)
    .order_by(token.c.made_at.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """Who calls: `name` is the person or system, `agency` the root of what it may see, `role` what it may do."""

    id: str
    name: str
    agency: str
    role: str
    expires_at: datetime


class TokenRoom(Room):
    """The token table."""

    def issue(self, name: str, agency: str, role: str, made_at: datetime, expires_at: datetime, *, text: str = "") -> str:
        """Make a token and return its text: the only time it is seen. `text` is for the demo's fixed ones.

        A system is known by its name, wherever it calls from: its references, message ids and callbacks are kept under it. So a name
        belongs to one agency as long as a `system` token of it is valid; a second token there (to renew) is fine.
        What its holder signs is told by its name alone, so it must name somebody. Raises Invalid (`token_name_unfit`) where it
        does not, and Refusal (`token_name_taken`) for a `system` token whose name is another agency's.
        """
        if not nameable(name):
            raise Invalid("token_name_unfit", field="name", most=LONGEST_NAME)
        if role == _SYSTEM and (holder := self._holder(name, agency, made_at)) is not None:
            raise Refusal("token_name_taken", name=name, agency=agency, holder=holder)
        text = text or f"ins_{secrets.token_urlsafe(32)}"
        row = {
            "id": secrets.token_hex(6),
            "digest": _digest(text),
            "name": name,
            "agency": agency,
            "role": role,
            "made_at": made_at,
            "expires_at": expires_at,
        }
        self.insert_one(token, row, ("digest",))
        return text

    def _holder(self, name: str, agency: str, now: datetime) -> str | None:
        """The other agency whose system has this name, if any."""
        others = sa.select(token.c.agency).where(
            token.c.name == name,
            token.c.role == _SYSTEM,
            token.c.agency != agency,
            token.c.expires_at > now,
            token.c.revoked_at.is_(None),
        )
        return self.connection.execute(others.limit(1)).scalar_one_or_none()

    def find(self, text: str, now: datetime) -> Token | None:
        """The valid token behind a text, or None. The look-up is by digest, so that time tells nothing about the text."""
        return self._valid(token.c.digest == _digest(text), now)

    def get(self, token_id: str, now: datetime) -> Token | None:
        """The token of an id while it is valid, or None."""
        return self._valid(token.c.id == token_id, now)

    def systems(self, now: datetime) -> list[tuple[str, str]]:
        """(agency, name) of every system with a valid token."""
        valid = (token.c.role == _SYSTEM, token.c.expires_at > now, token.c.revoked_at.is_(None))
        asked = sa.select(token.c.agency, token.c.name).where(*valid).distinct().order_by(token.c.agency, token.c.name)
        return [(row.agency, row.name) for row in self.connection.execute(asked)]

    def holder(self, name: str) -> str | None:
        """The agency to which a system's name belongs: that of its token issued last, run out or not; None: nobody ever had it."""
        return self.connection.execute(_HOLDER, {"of": name}).scalar_one_or_none()

    def names(self, role: str = "") -> set[str]:
        """Whoever has, or had, a token of a role, or of any."""
        asked = sa.select(token.c.name).distinct()
        return set(self.connection.execute(asked.where(token.c.role == role) if role else asked).scalars())

    def revoke(self, token_id: str, now: datetime) -> None:
        """End a token. Raises Missing, and Refusal (`token_revoked`) for one that has ended so before."""
        held = sa.update(token).where(token.c.id == token_id, token.c.revoked_at.is_(None))
        if self.connection.execute(held.values(revoked_at=now)).rowcount != 1:
            before = self.connection.execute(sa.select(token.c.revoked_at).where(token.c.id == token_id)).scalar_one_or_none()
            if before is None:
                raise Missing("token_unknown", id=token_id)
            raise Refusal("token_revoked", id=token_id, at=before.isoformat(timespec="seconds"))

    def _valid(self, which: sa.ColumnElement[bool], now: datetime) -> Token | None:
        asked = sa.select(token.c.id, token.c.name, token.c.agency, token.c.role, token.c.expires_at)
        row = self.connection.execute(asked.where(which, token.c.expires_at > now, token.c.revoked_at.is_(None))).one_or_none()
        return Token(**row._asdict()) if row else None

    def all(self) -> list[Row]:
        """Every token without its secret."""
        shown = (
            token.c.id,
            token.c.name,
            token.c.agency,
            token.c.role,
            token.c.made_at,
            token.c.expires_at,
            token.c.revoked_at,
        )
        return self.rows(sa.select(*shown).order_by(token.c.made_at))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
