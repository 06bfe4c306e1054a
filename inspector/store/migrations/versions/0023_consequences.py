"""Consequences of a review: proposals to named officers, and what became of each"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0023"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table; nothing that is there changes. What was proposed before stays told, and is proposed to nobody again."""
    op.create_table(
        "consequence",
        sa.Column("id", sa.String(length=60), nullable=False),
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("proposal", sa.String(length=30), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("due_at", inspector.store.tables.Moment(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consequence")),
    )
    op.create_index(op.f("ix_consequence_case_id"), "consequence", ["case_id"])
    op.create_index("ix_consequence_due_at", "consequence", ["due_at", "id"], postgresql_where=sa.text("due_at IS NOT NULL"))
