"""When a door was open by which others reach us"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table; nothing that is there changes. Of the time before nobody knows when we were away, and nothing is put off for it."""
    moment = inspector.store.tables.Moment(timezone=True)
    op.create_table(
        "doorway",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.Column("until", moment, nullable=False),
        sa.PrimaryKeyConstraint("name", "since", name=op.f("pk_doorway")),
    )
