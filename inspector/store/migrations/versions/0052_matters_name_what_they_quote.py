"""What the words of a matter are about stands beside it where its key does not name that: they go by it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new column, empty. Bodies may be sealed, and want a key: the next night fills it in from them.

    What was taken back may be owed anew for more reasons: the next daily look reads once whether it is.
    """
    op.add_column("attention", sa.Column("names", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.execute(sa.text("UPDATE publication_duty SET anew = NULL WHERE state IN ('TO_REMOVE', 'REMOVED')"))
