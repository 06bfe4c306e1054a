"""Who was asked what about whom: a record of its own, which outlasts the cases"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table, empty: what was asked before stands in the evidence of its cases."""
    op.create_table(
        "inquiry",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("case_id", sa.String(length=200), nullable=False),
        sa.Column("port", sa.String(length=10), nullable=False),
        sa.Column("connector", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=200), nullable=False),
        sa.Column("fact", sa.String(length=200), nullable=False),
        sa.Column("basis", sa.String(length=200), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_inquiry")),
    )
    op.create_index(op.f("ix_inquiry_at"), "inquiry", ["at"])
    op.create_index(op.f("ix_inquiry_case_id"), "inquiry", ["case_id"])
    op.create_index("ix_inquiry_subject", "inquiry", ["code", "kind", "at"])
