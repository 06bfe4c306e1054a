"""Links of agencies that were called back, and letters that wait for an agency's daily digest"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two new tables; a link without a row is the first of its kind."""
    op.create_table(
        "reply_link",
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("changed_at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "about", name=op.f("pk_reply_link")),
    )
    op.create_table(
        "digest_entry",
        sa.Column("via", sa.String(length=200), nullable=False),
        sa.Column("request", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("slot", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("via", "request", "kind", name=op.f("pk_digest_entry")),
    )
