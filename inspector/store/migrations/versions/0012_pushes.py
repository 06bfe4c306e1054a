"""Pushes and what became of them, ways that are off; the time to accept begins when a push is handed over"""

from __future__ import annotations

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New tables, empty; and clocks of seats whose push no channel has taken yet, which now tell a person instead of passing the seat on.

    Their pushes are tried until the visit is due: what an outage keeps back lapses no more.
    """
    moment = inspector.store.tables.Moment(timezone=True)
    op.create_table(
        "push",
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("seat", sa.String(length=300), nullable=False),
        sa.Column("word", sa.String(length=20), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("inspector", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("mark", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("handed_at", moment, nullable=False),
        sa.Column("delivered_at", moment, nullable=True),
        sa.Column("read_at", moment, nullable=True),
        sa.Column("failed_at", moment, nullable=True),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_push")),
    )
    op.create_index(op.f("ix_push_seat"), "push", ["seat"])
    op.create_index(op.f("ix_push_handed_at"), "push", ["handed_at"])
    op.create_index("ix_push_reference", "push", ["channel", "reference"])
    op.create_table(
        "channel_off",
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("inspector", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("mark", sa.String(length=200), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("since", moment, nullable=False),
        sa.PrimaryKeyConstraint("agency", "inspector", "channel", name=op.f("pk_channel_off")),
    )
    _clocks()


def _clocks() -> None:
    """Of every seat that waits for its push."""
    seat = sa.table("seat", *(sa.column(name) for name in ("visit", "place", "turn", "state")))
    visit = sa.table("visit", sa.column("id"), sa.column("body"))
    work = sa.table(
        "work",
        *(sa.column(name) for name in ("key", "kind", "state")),
        sa.column("expires_at", inspector.store.tables.Moment),
    )
    connection = op.get_bind()
    waits = sa.select(seat.c.visit, seat.c.place, seat.c.turn, visit.c.body).join(visit, visit.c.id == seat.c.visit)
    for name, place, turn, body in connection.execute(waits.where(seat.c.state == "ORDERED")).all():
        of, still = f"{name}:{place}:{turn}", work.c.state.in_(("waiting", "ready"))
        due = datetime.fromisoformat(json.loads(body)["due_at"])
        clock = sa.update(work).where(work.c.key == f"accept.due:{of}", still)
        connection.execute(clock.values(key=f"push.due:{of}", kind="push.due"))
        connection.execute(sa.update(work).where(work.c.key == f"push:{of}", still).values(expires_at=due))
