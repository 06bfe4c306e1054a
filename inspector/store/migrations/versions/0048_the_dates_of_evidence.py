"""Of when each piece of evidence is and which day its claim speaks of, beside its body: whether it was fresh is seen without its mark"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from alembic import op

import inspector.store.tables
from inspector.domain.calendar import SHANGHAI

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_PAGE = 500
_MOMENT = inspector.store.tables.Moment(timezone=True)
_NEW = ("of_at", "heard_at", "claim_from")
_EVIDENCE = sa.table(
    "evidence",
    *(sa.column(name) for name in ("id", "case_id", "claim", "carries", "body")),
    *(sa.column(name, _MOMENT) for name in _NEW),
)
_CASE = sa.table("case_file", sa.column("id"), sa.column("body"))
_SEALED = "~s1."


def upgrade() -> None:
    """New columns, filled in of what speaks against somebody. Where a body is sealed they stay empty: then its mark alone is gone by."""
    for name in _NEW:
        op.add_column("evidence", sa.Column(name, _MOMENT, nullable=True))
    connection, held, after = op.get_bind(), _EVIDENCE.c, ""
    asked = sa.select(held.id, held.claim, held.body, _CASE.c.body).join_from(_EVIDENCE, _CASE, _CASE.c.id == held.case_id)
    asked = asked.where(held.carries == "AGAINST").order_by(held.id).limit(_PAGE)
    while rows := connection.execute(asked.where(held.id > after)).all():
        for name, claim, piece, case in rows:
            if not any(text.startswith(_SEALED) for text in (piece, case)):
                told = dict(_dates(json.loads(piece), json.loads(case), claim))
                connection.execute(sa.update(_EVIDENCE).where(held.id == name).values(**told))
        after = rows[-1][0]


def _dates(piece: dict[str, Any], case: dict[str, Any], claim: str) -> Iterator[tuple[str, datetime]]:
    heard = datetime.fromisoformat(piece.get("came_at") or piece["asked_at"])
    yield "heard_at", heard
    yield "of_at", datetime.fromisoformat(piece["as_of"]) if piece.get("as_of") else heard
    claims = [one["claim"] for one in case["claims"]]
    claims += [one for former in case.get("corrected", ()) for one in former["claims"]]
    for one in claims:
        if one["key"] == claim:
            yield "claim_from", datetime.combine(date.fromisoformat(one["on"]), time.min, SHANGHAI)
            return
