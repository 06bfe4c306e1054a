"""Matters that an officer answers by a date: the date stands in the matter, and in no table of its own. Few wait at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.docket import DocketKind, DocketRow
from inspector.domain.striking import TO_STRIKE
from inspector.domain.withdrawal import WITHDRAWAL
from inspector.store.tables import attention

_KINDS = {WITHDRAWAL: DocketKind.WITHDRAWAL, TO_STRIKE: DocketKind.STRIKING}


def dated(connection: sa.Connection, agencies: Sequence[str] | None = None) -> list[DocketRow]:
    """Those that are open, in these agencies (None: in all). A withdrawal goes by its matter's id, a striking by its entry.

    Their bodies are read here, since the database cannot look into a sealed one. One of before there were dates has that of its day.
    """
    held = attention.c
    asked = sa.select(held.kind, held.id, held.about, held.body, held.opened_at).where(
        held.kind.in_(_KINDS), held.closed_at.is_(None)
    )
    if agencies is not None:
        asked = asked.where(held.agency.in_(list(agencies)))
    return [
        DocketRow(
            kind=_KINDS[one.kind],
            id=one.about if one.kind == TO_STRIKE else one.id,
            case_id=told["case"],
            due_at=datetime.fromisoformat(told["due_at"]) if "due_at" in told else one.opened_at,
        )
        for one in connection.execute(asked)
        for told in (json.loads(one.body),)
    ]
