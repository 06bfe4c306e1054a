"""Who may sign in by an identity that an identity provider or a gateway vouches for: as whom, with which role, until when."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.errors import Invalid, Missing, Refusal
from inspector.domain.person import LONGEST_NAME, nameable
from inspector.store.room import Room, Row
from inspector.store.signintables import admission

INSPECTOR = "inspector"
"""The role of whoever sees his or her own assignments, by the staff code of the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """One person's: others say who it is (`issuer`, `subject`), the house says what he or she may. `inspector`: the staff code, or None."""

    id: str
    via: str
    issuer: str
    subject: str
    name: str
    agency: str
    role: str
    inspector: str | None
    expires_at: datetime


_HELD = tuple(admission.c[name] for name in Admission.__dataclass_fields__)


class AdmissionRoom(Room):
    """The table of admissions."""

    def admit(self, given: Admission, made_at: datetime) -> str:
        """Let somebody in; the id. `given.id` does not matter.

        Raises Invalid (`token_name_unfit`, `signin_subject_unfit`, `signin_inspector_needed`) and Refusal (`signin_admitted`) for an
        identity that is let in already: it would be two persons in one.
        """
        if not nameable(given.name):
            raise Invalid("token_name_unfit", field="name", most=LONGEST_NAME)
        if not (0 < len(given.subject) <= 255 and given.subject.isprintable() and given.subject == given.subject.strip()):
            raise Invalid("signin_subject_unfit", field="subject")
        if given.role == INSPECTOR and not given.inspector:
            raise Invalid("signin_inspector_needed", field="inspector")
        if (held := self.find(given.issuer, given.subject, made_at)) is not None:
            raise Refusal("signin_admitted", id=held.id, name=held.name, role=held.role)
        made = {name: getattr(given, name) for name in Admission.__dataclass_fields__}
        made |= {"id": secrets.token_hex(6), "made_at": made_at}
        self.connection.execute(sa.insert(admission).values(**made))
        return str(made["id"])

    def find(self, issuer: str, subject: str, now: datetime) -> Admission | None:
        """Who an identity is here, letter by letter (OpenID Connect Core 5.7: issuer and subject together), or None."""
        return self._valid(now, admission.c.issuer == issuer, admission.c.subject == subject)

    def get(self, admission_id: str, now: datetime) -> Admission | None:
        """An admission while it is valid, or None."""
        return self._valid(now, admission.c.id == admission_id)

    def _valid(self, now: datetime, *which: sa.ColumnElement[bool]) -> Admission | None:
        asked = sa.select(*_HELD).where(*which, admission.c.expires_at > now, admission.c.ended_at.is_(None))
        row = self.connection.execute(asked.order_by(admission.c.made_at.desc()).limit(1)).one_or_none()
        return Admission(**row._asdict()) if row else None

    def names(self, role: str = "") -> set[str]:
        """Whoever is, or was, admitted in a role, or in any."""
        asked = sa.select(admission.c.name).distinct()
        return set(self.connection.execute(asked.where(admission.c.role == role) if role else asked).scalars())

    def dismiss(self, admission_id: str, now: datetime) -> None:
        """End one. Raises Missing where there is none in force."""
        held = sa.update(admission).where(admission.c.id == admission_id, admission.c.ended_at.is_(None))
        if self.connection.execute(held.values(ended_at=now)).rowcount != 1:
            raise Missing("signin_admission_unknown", id=admission_id)

    def all(self) -> list[Row]:
        """Every one, the oldest first."""
        return self.rows(sa.select(*_HELD, admission.c.made_at, admission.c.ended_at).order_by(admission.c.made_at))
