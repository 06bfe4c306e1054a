"""Duties to publish results"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table; nothing that is there changes."""
    op.create_table(
        "publication_duty",
        sa.Column("id", sa.String(length=400), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("visit", sa.String(length=200), nullable=False),
        sa.Column("draw", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("due_at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication_duty")),
    )
    for name in ("visit", "draw", "state"):
        op.create_index(op.f(f"ix_publication_duty_{name}"), "publication_duty", [name])
