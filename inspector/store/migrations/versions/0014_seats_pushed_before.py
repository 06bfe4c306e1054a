"""Seats that were pushed before pushes and their clocks were numbered know of that push, and of that clock"""

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

    Its row has the key of the first push, so that without this the next one would be taken for it and never leave. Whose push came to
    nobody has a clock under the key of the first one, in the same way.
    """
    seat = sa.table("seat", *(sa.column(name) for name in ("visit", "place", "turn", "state", "body")))
    work = sa.table("work", sa.column("key"))
    connection = op.get_bind()
    clocks = set(connection.execute(sa.select(work.c.key).where(work.c.key.startswith("accept.due:"))).scalars())
    waits = sa.select(seat).where(seat.c.state.in_(("ORDERED", "HANDED_OVER", "DELIVERED", "READ")))
    for row in connection.execute(waits).all():
        body = json.loads(row.body)
        more: dict[str, object] = {} if body.get("tried") else {"tried": [""]}
        if row.state == "ORDERED" and f"accept.due:{row.visit}:{row.place}:{row.turn}" in clocks:
            more["bounced"] = 1
        if more:
            of = (seat.c.visit == row.visit, seat.c.place == row.place, seat.c.turn == row.turn)
            told = json.dumps({**body, **more}, ensure_ascii=False, separators=(",", ":"))
            connection.execute(sa.update(seat).where(*of).values(body=told))
