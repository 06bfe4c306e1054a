"""The tables of self-proofs: each question to a subject, and the files that were shown."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Code, Moment, metadata

self_proof = sa.Table(
    "self_proof",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("state", sa.String(20), nullable=False, index=True),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)

self_proof_material = sa.Table(
    "self_proof_material",
    metadata,
    sa.Column("self_proof", sa.String(200), primary_key=True),
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("size", sa.Integer, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=True),
)
"""A file as it is kept. `digest` is the SHA-256 of the content, which goes some time after its case has ended: then it is NULL."""
