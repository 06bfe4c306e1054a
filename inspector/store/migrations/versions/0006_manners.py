"""How each connector may be asked, how often its owner's calls were tried again, and what its answers look like"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables, empty: nobody has been asked by them yet."""
    op.create_table(
        "pace",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("next_at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_pace")),
    )
    op.create_table(
        "retry_budget",
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("left", sa.Float(), nullable=False),
        sa.Column("at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_retry_budget")),
    )
    op.create_table(
        "drift",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("fact", sa.String(length=200), nullable=False),
        sa.Column("alarm", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "fact", name=op.f("pk_drift")),
    )
