"""Who of the house was shown what of whom"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table; nothing that is there changes. Of what was looked at before nothing is known but what the ledger says."""
    code = sa.String(length=200)
    sealed = sa.String(length=200 if op.get_bind().dialect.name == "sqlite" else 400)
    op.create_table(
        "viewing",
        sa.Column("case_id", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", code, nullable=False),
        sa.Column("shown", sa.String(length=20), nullable=False),
        sa.Column("door", sa.String(length=10), nullable=False),
        sa.Column("at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("agency", code, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("code", sealed, nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "day", "by", "shown", "door", name=op.f("pk_viewing")),
    )
    for name in ("at", "code"):
        op.create_index(op.f(f"ix_viewing_{name}"), "viewing", [name])
