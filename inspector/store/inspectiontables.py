"""The table of past inspections, as agencies have imported them."""

from __future__ import annotations

import sqlalchemy as sa

from inspector.store.sealed import SubjectCode
from inspector.store.tables import Code, Moment, metadata

inspection = sa.Table(
    "inspection",
    metadata,
    sa.Column("agency", Code, primary_key=True),
    sa.Column("kind", sa.String(10), primary_key=True),
    sa.Column("code", SubjectCode(), primary_key=True, index=True),
    sa.Column("held_on", sa.Date, primary_key=True),
    sa.Column("check_type", sa.String(20), primary_key=True),
    sa.Column("authority", sa.String(10), primary_key=True),
    sa.Column("number", Code, primary_key=True),
    sa.Column("items", sa.Text, nullable=False),
    sa.Column("inspectors", sa.Text, nullable=False),
    sa.Column("completed", sa.Boolean, nullable=False),
    sa.Column("imported_at", Moment),
    sa.Column("organisation", SubjectCode(), nullable=True, index=True),
)
"""`organisation`: which one a firm's code stands for: what was done about a firm is found by it, by whatever code (decision 170)."""
