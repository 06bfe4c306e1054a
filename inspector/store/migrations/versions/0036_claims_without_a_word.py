"""How often a row was claimed without any word of it since"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Of the claims until now nobody knows whether a word came: none of them counts."""
    op.add_column("work", sa.Column("unheard", sa.Integer(), nullable=False, server_default=sa.text("0")))
