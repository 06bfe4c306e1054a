"""Until when nothing is to leave the house: an operator's maintenance"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from inspector.store.tables import Moment

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new column, empty: no maintenance lasts."""
    op.add_column("office", sa.Column("rests_until", Moment(timezone=True)))
