"""The table of inquiries: who was asked what about whom. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import SubjectCode
from inspector.store.tables import Code, Moment, metadata

inquiry = sa.Table(
    "inquiry",
    metadata,
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("case_id", Code, nullable=False, index=True),
    sa.Column("port", sa.String(10), nullable=False),
    sa.Column("connector", Code, nullable=False),
    sa.Column("owner", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("code", SubjectCode(), nullable=False),
    sa.Column("fact", Code, nullable=False),
    sa.Column("basis", sa.String(200), nullable=False),
    sa.Column("outcome", sa.String(40), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Index("ix_inquiry_subject", "code", "kind", "at"),
)
