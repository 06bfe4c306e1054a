"""The table of whole calendars, each under the digest of its text. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Moment, metadata

calendar_kept = sa.Table(
    "calendar_kept",
    metadata,
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
