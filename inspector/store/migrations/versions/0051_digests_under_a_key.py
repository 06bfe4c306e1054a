"""Digests of messages and the ledger's salts may be sealed; what is owed to the public is found by what is owed, and owed anew"""

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


_OWED = sa.text("rule IN ('publication.owe', 'disclosure.owe', 'province.owe') AND salt <> ''")
_ANEW = sa.text("state IN ('TO_REMOVE', 'REMOVED') AND (anew IS NULL OR anew)")


def upgrade() -> None:
    """Wider columns (SQLite asks no length), a new one, two indexes; no row is rewritten. Nothing is sealed here: that wants a key.

    The new column is filled in by the next daily look at what was taken back.
    """
    if op.get_bind().dialect.name == "postgresql":
        for table, column in _WIDENED:
            op.alter_column(table, column, type_=sa.String(length=200), existing_nullable=False)
    op.add_column("publication_duty", sa.Column("anew", sa.Boolean(), nullable=True))
    for name, table, columns, which in (
        ("ix_publication_duty_anew", "publication_duty", ["state"], _ANEW),
        ("ix_ledger_owed", "ledger", ["rule", "about"], _OWED),
    ):
        op.create_index(name, table, columns, sqlite_where=which, postgresql_where=which)
