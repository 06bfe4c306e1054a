"""The tables of what comes from the spot: each inspector's notes and photos, and the lead's choices between versions."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Sealed
from inspector.store.tables import Code, Moment, metadata


def _table(name: str, *own: sa.Column[str]) -> sa.Table:
    return sa.Table(
        name,
        metadata,
        *own,
        sa.Column("visit", sa.String(200), nullable=False, index=True),
        sa.Column("agency", Code, nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("body", Sealed(f"{name}.body", *(one.name for one in own)), nullable=False),
    )


field_note = _table("field_note", sa.Column("id", sa.String(40), primary_key=True))
field_choice = _table("field_choice", sa.Column("id", sa.String(40), primary_key=True))
field_photo = _table(
    "field_photo", sa.Column("seat", sa.String(300), primary_key=True), sa.Column("digest", sa.String(64), primary_key=True)
)
"""`digest` is `Photo.key`: the SHA-256 of the bytes as they were taken, and of the same bytes beside another fact that of both. What is
kept of the bytes lies in `material`, once."""
