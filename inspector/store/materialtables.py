"""The table of materials: files as they are kept, of whatever somebody shows or photographs (decision 68)."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import SealedFile
from inspector.store.tables import Moment, metadata

material = sa.Table(
    "material",
    metadata,
    sa.Column("about", sa.String(200), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=True, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("content", SealedFile("material.content", "about", "digest"), nullable=True),
)
"""`about` is the self-proof, with its case, or the visit, with none. `digest` is the SHA-256 of the content, which goes some time after
that has ended: then it is NULL."""
