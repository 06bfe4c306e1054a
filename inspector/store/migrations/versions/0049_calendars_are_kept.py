"""Every calendar that dates were counted by is kept whole: of a former one there was a digest, and no decision could be computed again"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """An empty table: what a former release counted by, the next start says as far as today's calendar does (`yearbook.former`)."""
    op.create_table(
        "calendar_kept",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("seen_at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_calendar_kept")),
    )
