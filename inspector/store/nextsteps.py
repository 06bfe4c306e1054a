"""By when the next step about each consequence is due; of a decision that took effect and has not come to its subject, to bring it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from inspector.domain.consequence import ConsequenceState
from inspector.domain.proposal import Proposal
from inspector.domain.serving import NoticeKind, NoticeState
from inspector.store.consequencetables import consequence
from inspector.store.servingtables import subject_notice
from inspector.store.tables import attention

_PART = ":decision"
_WAITS = [one.value for one in NoticeState if one not in (NoticeState.SERVED, NoticeState.CANCELLED)]
_LATE = ("notice_unserved", "notice_unreached")
_BROUGHT = ("notice_to_serve",)


def steps(agencies: Collection[str] | None = None, one: str = "") -> sa.Subquery:
    """(id, due_at) of every consequence about which somebody has to do something, in these agencies (None: in all), or of `one` alone.

    A decision is to be brought by the time of its notice's way, a row of the pack; once a way has missed its time it is late since then,
    however often the next one begins. Interim measures are looked at again by their own date, served or not.
    """
    held, told = consequence.c, subject_notice.c
    by = sa.func.coalesce(_since(_LATE), told.due_at, held.due_at, _since(_BROUGHT))
    looked_at = sa.and_(held.proposal == Proposal.SUSPEND.value, held.due_at < by)
    coming = (
        sa.select(held.id, sa.case((looked_at, held.due_at), else_=by).label("by"))
        .select_from(subject_notice)
        .join(consequence, held.id == sa.func.replace(told.id, _PART, ""))
        .where(told.kind == NoticeKind.DECISION.value, told.state.in_(_WAITS), told.id.endswith(_PART))
        .where(held.state == ConsequenceState.IMPOSED.value, *([told.id == one + _PART] if one else []))
    ).subquery("coming")
    mine: list[sa.ColumnElement[bool]] = [held.agency.in_(list(agencies))] if agencies is not None else []
    mine += [held.id == one] if one else []
    dated = sa.select(held.id, sa.func.coalesce(coming.c.by, held.due_at).label("due_at")).join_from(
        consequence, coming, coming.c.id == held.id, isouter=True
    )
    undated = sa.select(held.id, coming.c.by.label("due_at")).join_from(coming, consequence, coming.c.id == held.id)
    both = sa.union_all(
        dated.where(held.due_at.is_not(None), *mine), undated.where(held.due_at.is_(None), coming.c.by.is_not(None), *mine)
    )
    return both.subquery("steps")


def _since(kinds: Collection[str]) -> sa.ScalarSelect[object]:
    """Since when a matter of these kinds is open about the notice."""
    held = attention.c
    asked = sa.select(sa.func.min(held.opened_at)).where(held.about == subject_notice.c.id, held.kind.in_(kinds))
    return asked.where(held.closed_at.is_(None)).correlate(subject_notice).scalar_subquery()
