"""What a daemon's pings to the dead-man's switch came to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Beside each replica when it was last heard and last not, and why. Nothing is known of the rows that are there.

    While 0001 was still rewritten it brought these columns for some hours: a database of those hours has them, and keeps them.
    """
    told = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("replica")}
    for column in (
        sa.Column("pulse_heard_at", inspector.store.tables.Moment(timezone=True), nullable=True),
        sa.Column("pulse_failed_at", inspector.store.tables.Moment(timezone=True), nullable=True),
        sa.Column("pulse_error", sa.String(length=200), nullable=True),
    ):
        if column.name not in told:
            op.add_column("replica", column)
