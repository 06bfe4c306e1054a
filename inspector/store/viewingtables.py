"""The table of viewings: who was shown what of whom. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import SubjectCode
from inspector.store.tables import Code, Moment, metadata

viewing = sa.Table(
    "viewing",
    metadata,
    sa.Column("case_id", sa.String(40), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("by", Code, primary_key=True),
    sa.Column("shown", sa.String(20), primary_key=True),
    sa.Column("door", sa.String(10), primary_key=True),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("agency", Code, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("code", SubjectCode(), nullable=False, index=True),
    sa.Column("purpose", sa.String(20), nullable=False),
    sa.Column("basis", sa.String(40), nullable=False),
)
"""One row for who saw what of a case on a day by which door; it outlasts the case, and holds nothing that was shown."""
