"""Who decides in whose stead"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0039"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table; nothing that is there changes."""
    code, moment = sa.String(length=200), inspector.store.tables.Moment(timezone=True)
    op.create_table(
        "deputy",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("agency", code, nullable=False),
        sa.Column("officer", code, nullable=False),
        sa.Column("deputy", code, nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("named_by", code, nullable=False),
        sa.Column("named_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True),
        sa.Column("ended_by", code, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    op.create_index(op.f("ix_deputy_agency"), "deputy", ["agency"])
