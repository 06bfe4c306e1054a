"""Which keys are in use. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Moment, metadata

CODES = "code"
"""The purpose of the key by which codes are sealed."""

key_use = sa.Table(
    "key_use",
    metadata,
    sa.Column("purpose", sa.String(10), primary_key=True),
    sa.Column("key", sa.String(8), nullable=False),
    sa.Column("since", Moment, nullable=False),
)
"""By which secret codes are sealed in every table (`code`); no row: by none."""
