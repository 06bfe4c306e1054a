"""What comes from the spot: notes, photos, and choices between versions. Nothing of it is ever written over."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from typing import TypeVar

import sqlalchemy as sa

from inspector.domain.fieldnote import FieldNote, Photo
from inspector.domain.version import Choice
from inspector.store.codec import dump, load
from inspector.store.fieldnotetables import field_choice, field_note, field_photo
from inspector.store.room import Room

T = TypeVar("T")


class FieldNoteRoom(Room):
    """The tables of field notes."""

    def add(self, note: FieldNote) -> None:
        """Write a new note."""
        self.insert_one(field_note, {"id": note.id, **_row(note, note.times.received_at, note.id)}, ("id",))

    def notes(self, visit: str, agency: str) -> list[FieldNote]:
        """The notes of a visit by an agency's team, in the order in which they came in."""
        return self._all(FieldNote, field_note, visit, agency, field_note.c.id)

    def noted(self, agency: str) -> set[str]:
        """The visits of which an agency's team has entered anything."""
        asked = sa.select(field_note.c.visit).where(field_note.c.agency == agency).distinct()
        return set(self.connection.execute(asked).scalars())

    def choose(self, choice: Choice) -> None:
        """Write the lead's choice."""
        self.insert_one(field_choice, {"id": choice.id, **_row(choice, choice.at, choice.id)}, ("id",))

    def choices(self, visit: str, agency: str) -> list[Choice]:
        """The choices of a visit's lead, oldest first."""
        return self._all(Choice, field_choice, visit, agency, field_choice.c.id)

    def keep(self, photo: Photo, *, again: bool) -> None:
        """Write a photo that has come in; `again`: its seat has taken the same one about another fact."""
        digest = photo.key(again=again)
        row = {"seat": photo.seat, "digest": digest, **_row(photo, photo.times.received_at, photo.seat, digest)}
        self.insert_one(field_photo, row, ("seat", "digest"))

    def photos(self, visit: str, agency: str) -> list[Photo]:
        """The photos of a visit by an agency's team, in the order in which they came in."""
        return self._all(Photo, field_photo, visit, agency, field_photo.c.at, field_photo.c.seat, field_photo.c.digest)

    def _all(self, kind: type[T], table: sa.Table, visit: str, agency: str, *order: sa.Column[str]) -> list[T]:
        asked = self.connection.execute(_asked(table, order), {"at": visit, "by": agency})
        return [load(kind, text) for text in asked.scalars()]


@cache
def _asked(table: sa.Table, order: tuple[sa.Column[str], ...]) -> sa.Select[str]:
    """What a visit's team has entered in a table, built once."""
    mine = table.c.visit == sa.bindparam("at"), table.c.agency == sa.bindparam("by")
    return sa.select(table.c.body).where(*mine).order_by(*order)


def _row(held: FieldNote | Photo | Choice, at: datetime, *key: str) -> dict[str, object]:
    return {"visit": held.visit, "agency": held.agency, "at": at, "body": dump(held, *key)}
