"""Matters that an officer answers by a date: the date stands in the matter, and in no table of its own. Few wait at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from inspector.domain.docket import (
    AMEND_BY_HAND,
    AMEND_STUCK,
    BAR_CONTESTED,
    DISCLOSURE,
    HELD_ENTRY,
    LETTER_SCOPE,
    RECUSAL_ASKED,
    SPOKE,
    STOOD_IN,
    VISIT_MATTERS,
    DocketKind,
    DocketRow,
)
from inspector.domain.falling import REGRADE, SHAKEN
from inspector.domain.missent import SEND_BACK_ASKED
from inspector.domain.statement import STUCK
from inspector.domain.striking import TO_STRIKE
from inspector.domain.withdrawal import CONCLUDED_BEFORE, WITHDRAWAL
from inspector.store.consequencetables import consequence
from inspector.store.tables import attention

_KINDS = {
    WITHDRAWAL: DocketKind.WITHDRAWAL,
    TO_STRIKE: DocketKind.STRIKING,
    SHAKEN: DocketKind.SHAKEN,
    REGRADE: DocketKind.REGRADE,
    SEND_BACK_ASKED: DocketKind.SEND_BACK,
    SPOKE: DocketKind.SPOKEN,
    STUCK: DocketKind.RETRACTION,
    AMEND_BY_HAND: DocketKind.AMENDMENT,
    AMEND_STUCK: DocketKind.UNTAKEN,
    HELD_ENTRY: DocketKind.HELD,
    BAR_CONTESTED: DocketKind.BAR,
    STOOD_IN: DocketKind.STOOD_IN,
    RECUSAL_ASKED: DocketKind.RECUSAL,
    **dict.fromkeys(VISIT_MATTERS, DocketKind.VISIT),
    CONCLUDED_BEFORE: DocketKind.OVERTAKEN,
    DISCLOSURE: DocketKind.DISCLOSURE,
    LETTER_SCOPE: DocketKind.LETTER,
}
KINDS = tuple(kind for kind in dict.fromkeys(_KINDS.values()) if kind is not DocketKind.VISIT)
"""Those with a date of the law; a metric counts them."""
_CASELESS = frozenset({BAR_CONTESTED, STOOD_IN, RECUSAL_ASKED, *VISIT_MATTERS})
"""Of a subject or of a visit, and of a case only where they say so."""


def dated(connection: sa.Connection, agencies: Sequence[str] | None = None) -> list[DocketRow]:
    """Those that are open, in these agencies (None: in all).

    A withdrawal, and what is of a visit, goes by its matter's id, any other by what it is about. Their bodies are read here,
    since the database cannot look into a sealed one. One of before there were dates has that of its day.
    A consequence whose next step has a date of its own is on the list by that.
    """
    held = attention.c
    stepping = sa.select(consequence.c.id).where(consequence.c.id == held.about, consequence.c.due_at.is_not(None)).exists()
    asked = sa.select(held.kind, held.id, held.about, held.body, held.opened_at).where(
        held.kind.in_(_KINDS), held.closed_at.is_(None), sa.not_(sa.and_(held.kind.in_((SHAKEN, REGRADE)), stepping))
    )
    if agencies is not None:
        asked = asked.where(held.agency.in_(list(agencies)))
    return [
        DocketRow(
            kind=_KINDS[one.kind],
            id=one.id if one.kind in (WITHDRAWAL, *VISIT_MATTERS) else one.about,
            case_id=told.get(
                "case", "" if one.kind in _CASELESS else one.about
            ),  # one of before there were dates is about its case
            due_at=datetime.fromisoformat(told["due_at"]) if "due_at" in told else one.opened_at,
        )
        for one in connection.execute(asked)
        for told in (json.loads(one.body),)
    ]
