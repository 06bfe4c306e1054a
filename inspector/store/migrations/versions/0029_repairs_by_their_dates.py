"""Repairs by their dates"""

from __future__ import annotations

import json
from datetime import datetime

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None

_OPEN = ("STANDING", "LAPSED")


def upgrade() -> None:
    """Two columns beside what the body says; those of repairs that are open now are filled in from it."""
    moment = inspector.store.tables.Moment(timezone=True)
    for name in ("repair_due_at", "repair_asked_at"):
        op.add_column("credit_record", sa.Column(name, moment, nullable=True))
        op.create_index(op.f(f"ix_credit_record_{name}"), "credit_record", [name])
    held = sa.table(
        "credit_record",
        *(sa.column(name, sa.String) for name in ("entry", "state", "body")),
        *(sa.column(name, moment) for name in ("repair_due_at", "repair_asked_at")),
    )
    asked = sa.select(held.c.entry, held.c.body).where(held.c.state.in_(_OPEN), held.c.body.like('%"repair":{%'))
    for entry, body in op.get_bind().execute(asked).all():
        told = json.loads(body)["repair"]
        dates = {name: told.get(name.removeprefix("repair_")) for name in ("repair_due_at", "repair_asked_at")}
        at = {name: datetime.fromisoformat(text) if text else None for name, text in dates.items()}
        op.execute(sa.update(held).where(held.c.entry == entry).values(**at))
