"""Links of agencies that were called back, and how often: the next one is another"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table; a link without a row is the first of its kind."""
    op.create_table(
        "reply_link",
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("changed_at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("purpose", "about", name=op.f("pk_reply_link")),
    )
