"""Which packs a decision was made by, beside those that cases and draws were made under"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A new table, and in it each known pack that the ledger names for anything but having been announced."""
    made = op.create_table(
        "pack_use",
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("label", name=op.f("pk_pack_use")),
    )
    ledger = sa.table("ledger", sa.column("rule"), sa.column("body"), sa.column("at", inspector.store.tables.Moment))
    connection = op.get_bind()
    pack = sa.table("pack", sa.column("label", sa.String))
    for label in connection.execute(sa.select(pack.c.label)).scalars().all():
        named = ledger.c.body.contains(f'"pack": "{label}"', autoescape=True) & (ledger.c.rule != "pack.announced")
        at = connection.execute(sa.select(ledger.c.at).where(named).limit(1)).scalar_one_or_none()
        if at is not None:
            connection.execute(sa.insert(made).values(label=label, at=at))
