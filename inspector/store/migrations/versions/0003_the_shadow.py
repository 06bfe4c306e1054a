"""Whether a database is one of shadow running"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Until now every database was one in earnest."""
    op.add_column("office", sa.Column("shadow", sa.Boolean(), nullable=False, server_default=sa.false()))
