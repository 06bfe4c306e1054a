"""Seats that were pushed before pushes were numbered know of that push"""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Who waits for an answer and has tried no way was pushed by the code before 0012: one push, by a way that nobody wrote down.

    Its row has the key of the first push, so that without this the next one would be taken for it and never leave.
    """
    seat = sa.table("seat", *(sa.column(name) for name in ("visit", "place", "turn", "state", "body")))
    connection = op.get_bind()
    waits = sa.select(seat).where(seat.c.state.in_(("ORDERED", "HANDED_OVER", "DELIVERED", "READ")))
    for row in connection.execute(waits).all():
        body = json.loads(row.body)
        if not body.get("tried"):
            of = (seat.c.visit == row.visit, seat.c.place == row.place, seat.c.turn == row.turn)
            told = json.dumps({**body, "tried": [""]}, ensure_ascii=False, separators=(",", ":"))
            connection.execute(sa.update(seat).where(*of).values(body=told))
