"""By when a visit is to be filed on which no visit code was read, found at once: of what was made before nothing is asked afterwards"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

_WAITS = sa.text("file_by IS NOT NULL")


def upgrade() -> None:
    """A new column, empty: the duty begins with the next visit whose pack asks for it."""
    op.add_column("visit", sa.Column("file_by", inspector.store.tables.Moment(timezone=True), nullable=True))
    op.create_index("ix_visit_file_by", "visit", ["file_by", "id"], sqlite_where=_WAITS, postgresql_where=_WAITS)
