"""Readings of visit codes by firms' phones"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table; nothing that is there changes."""
    op.create_table(
        "entry_scan",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("visit", sa.String(length=200), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("code", "phone", name=op.f("pk_entry_scan")),
    )
    op.create_index(op.f("ix_entry_scan_visit"), "entry_scan", ["visit"])
