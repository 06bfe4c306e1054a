"""The tables of duties to publish results, and of commitment letters that are public. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import Sealed
from inspector.store.tables import Code, Moment, metadata

publication_duty = sa.Table(
    "publication_duty",
    metadata,
    sa.Column("id", sa.String(400), primary_key=True),
    sa.Column("agency", Code, nullable=False),
    sa.Column("visit", sa.String(200), nullable=False, index=True),  # of a penalty: its consequence; of a check for cause: that
    sa.Column("draw", Code, nullable=False, index=True),  # of these: empty
    sa.Column("state", sa.String(12), nullable=False, index=True),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("body", Sealed("publication_duty.body", "id"), nullable=False),
)

pledge_shown = sa.Table(
    "pledge_shown",
    metadata,
    sa.Column("case_id", sa.String(40), primary_key=True),
    sa.Column("until", sa.Date, nullable=False, index=True),
    sa.Column("posted_at", Moment, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
