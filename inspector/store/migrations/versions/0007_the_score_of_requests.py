"""What the score of requests for assistance is counted by, and the written notices of their refusal"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

import inspector.store.tables

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New columns, filled in from each request, and a new table."""
    moment = inspector.store.tables.Moment(timezone=True)
    with op.batch_alter_table("assistance") as batch:
        batch.add_column(sa.Column("opened_at", moment, nullable=True))
        batch.add_column(sa.Column("heard_in_time", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("punctual", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("above", sa.Boolean(), nullable=True))
        batch.add_column(sa.Column("echo", sa.String(length=20), nullable=True))
        batch.create_index("ix_assistance_opened_at", ["opened_at"], unique=False)
    op.create_table(
        "assistance_notice",
        sa.Column("request", sa.String(length=200), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("request", "number", name=op.f("pk_assistance_notice")),
    )
    held = sa.table(
        "assistance",
        *(sa.column(name) for name in ("id", "body", "heard_in_time", "punctual", "above", "echo")),
        sa.column("opened_at", inspector.store.tables.Moment),
    )
    connection = op.get_bind()
    after = ""
    asked = sa.select(held.c.id, held.c.body).order_by(held.c.id).limit(500)
    while rows := connection.execute(asked.where(held.c.id > after)).all():
        for request_id, body in rows:
            connection.execute(sa.update(held).where(held.c.id == request_id).values(**_marks(json.loads(body))))
        after = rows[-1][0]


def _marks(body: dict[str, Any]) -> dict[str, object]:
    """What a request of before says: it knew no acknowledging, so that it was heard of in time where it was answered by its date."""
    opened, due = (datetime.fromisoformat(body[name]) for name in ("opened_at", "due_at"))
    replied = body["state"] in ("ANSWERED", "DECLINED") and body.get("ended_at")
    in_time = datetime.fromisoformat(body["ended_at"]) <= due if replied else None
    return {
        "opened_at": opened,
        "heard_in_time": in_time,
        "punctual": in_time if body["state"] == "ANSWERED" else None,
        "above": body.get("escalated_to") is not None,
        "echo": None,
    }
