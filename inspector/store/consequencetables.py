"""The table of consequences: each proposal to a named officer, and what became of it."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Sealed
from inspector.store.tables import Code, Moment, metadata

consequence = sa.Table(
    "consequence",
    metadata,
    sa.Column("id", sa.String(60), primary_key=True),
    sa.Column("case_id", sa.String(40), nullable=False, index=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("proposal", sa.String(30), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("due_at", Moment),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", Sealed("consequence.body", "id"), nullable=False),
)
_due = consequence.c.due_at.is_not(None)
sa.Index("ix_consequence_due_at", consequence.c.due_at, consequence.c.id, sqlite_where=_due, postgresql_where=_due)
