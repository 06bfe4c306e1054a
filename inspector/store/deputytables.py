"""The table of deputies: who decides in whose stead, and when. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Code, Moment, metadata

deputy = sa.Table(
    "deputy",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("agency", Code, nullable=False, index=True),
    sa.Column("officer", Code, nullable=False),
    sa.Column("deputy", Code, nullable=False),
    sa.Column("since", sa.Date, nullable=False),
    sa.Column("until", sa.Date, nullable=False),
    sa.Column("named_by", Code, nullable=False),
    sa.Column("named_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("ended_by", Code, nullable=False),
)
"""Days and names, and not why somebody is away."""
