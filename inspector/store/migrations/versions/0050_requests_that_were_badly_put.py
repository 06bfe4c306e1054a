"""Whether a request for assistance was badly put, beside its body: what the requester did badly is counted as what the agency did is"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_PAGE = 500
_SEALED = "~s1."
_ASSISTANCE = sa.table("assistance", *(sa.column(name) for name in ("id", "state", "body", "badly_put")))


def upgrade() -> None:
    """A new column, filled in from each request. Where a body is sealed it stays empty until the request is written again."""
    op.add_column("assistance", sa.Column("badly_put", sa.Boolean(), nullable=True))
    connection, held, after = op.get_bind(), _ASSISTANCE.c, ""
    asked = sa.select(held.id, held.state, held.body).order_by(held.id).limit(_PAGE)
    while rows := connection.execute(asked.where(held.id > after)).all():
        for name, state, body in rows:
            if not body.startswith(_SEALED):
                badly = _badly(state, json.loads(body))
                connection.execute(sa.update(_ASSISTANCE).where(held.id == name).values(badly_put=badly))
        after = rows[-1][0]


def _badly(state: str, body: dict[str, Any]) -> bool:
    """As the scoreboard counts it: the wrong addressee, an unclear question, an urgency that was none."""
    told = body.get("dispute") or {}
    spared = told.get("helps") is False and told.get("about") != "REFUSAL" and state == "DECLINED"
    unclear = (body.get("reply") or {}).get("inability") == "UNCLEAR"
    began, at = datetime.fromisoformat(body["opened_at"]), datetime.fromisoformat
    calmed = any(one["rule"] == "assistance.calm" and at(one["at"]) >= began for one in body.get("history", ()))
    return state == "FORWARDED" or spared or unclear or calmed
