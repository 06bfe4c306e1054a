"""The day on which a visit was made, apart from that of its entry; the phone that a seat's link is bound to"""

from __future__ import annotations

import json
from datetime import date

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0035"
down_revision = "0033"
branch_labels = None
depends_on = None

_AT_ONCE = 1000


def upgrade() -> None:
    """A new table; a column that looks back on a visit: of those that were made the day stands in what their teams have entered."""
    op.create_table(
        "seat_phone",
        sa.Column("seat", sa.String(length=200), nullable=False),
        sa.Column("edition", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", inspector.store.tables.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("seat", "edition", name=op.f("pk_seat_phone")),
    )
    op.add_column("visit", sa.Column("made_on", sa.Date(), nullable=True))
    visit = sa.table("visit", sa.column("id"), sa.column("state"), sa.column("made_on", sa.Date()), sa.column("body"))
    connection, after = op.get_bind(), ""
    while True:
        done = sa.select(visit.c.id, visit.c.body).where(visit.c.state == "DONE", visit.c.id > after)
        rows = connection.execute(done.order_by(visit.c.id).limit(_AT_ONCE)).all()
        for row in rows:
            if days := _days(row.body):
                connection.execute(sa.update(visit).where(visit.c.id == row.id).values(made_on=max(days)))
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].id


def _days(body: str) -> list[date]:
    """The days that the parts of a visit tell; none of a body that nobody can read: that is told at each look back."""
    try:
        return [date.fromisoformat(part["on"]) for part in json.loads(body)["parts"] if part["on"]]
    except (ValueError, KeyError, TypeError):
        return []
