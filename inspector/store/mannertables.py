"""The tables of how connectors are asked and of what their answers look like. One metadata with `tables`."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.tables import Code, Moment, metadata

pace = sa.Table(
    "pace",
    metadata,
    sa.Column("name", Code, primary_key=True),
    sa.Column("next_at", Moment, nullable=False),
    sa.Column("day", sa.Date),
    sa.Column("used", sa.Integer, nullable=False),
)

retry_budget = sa.Table(
    "retry_budget",
    metadata,
    sa.Column("owner", Code, primary_key=True),
    sa.Column("left", sa.Float, nullable=False),
    sa.Column("at", Moment, nullable=False),
)

drift = sa.Table(
    "drift",
    metadata,
    sa.Column("source", Code, primary_key=True),
    sa.Column("fact", Code, primary_key=True),
    sa.Column("alarm", sa.Boolean, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)
