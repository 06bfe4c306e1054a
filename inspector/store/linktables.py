"""Links of agencies that were called back; one that was not has no row."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Moment, metadata

reply_link = sa.Table(
    "reply_link",
    metadata,
    sa.Column("purpose", sa.String(20), primary_key=True),
    sa.Column("about", sa.String(200), primary_key=True),
    sa.Column("edition", sa.Integer, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
)
