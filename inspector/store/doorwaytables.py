"""The table of doorways: when a door was open by which others reach us. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Code, Moment, metadata

doorway = sa.Table(
    "doorway",
    metadata,
    sa.Column("name", Code, primary_key=True),
    sa.Column("since", Moment, primary_key=True),
    sa.Column("until", Moment, nullable=False),
)
"""Spans of office time: one goes on while somebody looks, and the next begins where nobody did for a while. What came in is not told."""
