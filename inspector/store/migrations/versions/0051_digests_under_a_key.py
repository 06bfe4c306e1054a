"""Digests of messages and the ledger's salts are sealed where there is a key, and are longer then; SQLite asks no length"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_WIDENED = (
    ("case_file", "digest"),
    ("inbox", "digest"),
    ("outside_finding", "digest"),
    ("assistance_notice", "digest"),
    ("ledger", "salt"),
)


def upgrade() -> None:
    """Wider columns; no row is rewritten. Nothing is sealed here: that wants a key, and is `key rotate`."""
    if op.get_bind().dialect.name == "postgresql":
        for table, column in _WIDENED:
            op.alter_column(table, column, type_=sa.String(length=200), existing_nullable=False)
