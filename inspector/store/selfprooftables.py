"""The table of self-proofs: each question to a subject."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Sealed
from inspector.store.tables import Code, Moment, metadata

self_proof = sa.Table(
    "self_proof",
    metadata,
    sa.Column("id", sa.String(200), primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", Sealed("self_proof.body", "id"), nullable=False),
)
sa.Index("ix_self_proof_state", self_proof.c.state, self_proof.c.agency)
