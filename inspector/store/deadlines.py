"""How many dates of each kind fall due by a moment: of ours, and of the agencies that we have asked; and when work is due next."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from inspector.domain.assistance import AssistanceState
from inspector.domain.case import CaseState
from inspector.domain.decision import OrderKind
from inspector.domain.objection import ObjectionState
from inspector.domain.visit import VisitState
from inspector.store.assistancetables import assistance
from inspector.store.dated import KINDS, dated, doubted
from inspector.store.nextsteps import steps
from inspector.store.recordtables import credit_record, objection
from inspector.store.tables import case_file, visit, work
from inspector.store.tx import Tx

_VERIFYING = [state.value for state in CaseState if not state.ended and state is not CaseState.REVIEW]
_ASKED = [state.value for state in AssistanceState if state.open]
_VISITING = [state.value for state in VisitState if state.open]
_CLOCK = sa.literal(f"{OrderKind.VISIT_DUE.value}:") + visit.c.id
"""The key of a visit's clock, whose date is the visit's own: the date in its body may be sealed."""
_DAY = len(":2026-03-30")
"""What stands behind such a key in that of the clock of a day that was named when the first one had run (`appointing.clocks`)."""

_READY = sa.select(work.c.id).where(work.c.state == "ready").limit(1)
_NEXT = sa.select(sa.func.min(work.c.due_at)).where(work.c.state == "waiting")


def due_by(tx: Tx, moment: datetime) -> dict[str, int]:
    """What is open and due by a moment, each kind by its name.

    Verifications, reviews, steps about consequences, visits, objections, repairs, withdrawals, second words, what is in doubt; and the
    answers that others owe us.
    Legal dates end at closes of business. What nobody can see to any more (a case that has an outcome, a request that is over) is none.
    """
    own = work.alias().c
    ahead = sa.select(sa.func.substr(own.key, 1, sa.func.length(own.key) - _DAY)).where(
        own.state == "waiting", own.due_at > moment, own.kind == OrderKind.VISIT_DUE.value, own.key.like("%:____-__-__")
    )
    undecided = sa.select(case_file).where(case_file.c.outcome.is_(None), case_file.c.due_at <= moment).subquery()
    due = steps()
    open_ = {
        "verification": sa.select(undecided).where(undecided.c.state.in_(_VERIFYING)),
        "review": sa.select(undecided).where(undecided.c.state == CaseState.REVIEW.value),
        "consequence": sa.select(due).where(due.c.due_at <= moment, due.c.id.not_in(doubted())),
        "visit": sa.select(visit)
        .join(work, work.c.key == _CLOCK)
        .where(visit.c.state.in_(_VISITING), work.c.due_at <= moment, work.c.key.not_in(ahead)),
        "objection": sa.select(objection).where(objection.c.state == ObjectionState.OPEN.value, objection.c.due_at <= moment),
        "repair": sa.select(credit_record).where(credit_record.c.repair_due_at <= moment),
        "assistance": sa.select(assistance).where(assistance.c.state.in_(_ASKED), assistance.c.due_at <= moment),
    }
    counts = [asked.with_only_columns(sa.func.count(), maintain_column_froms=True).scalar_subquery() for asked in open_.values()]
    found = dict(zip(open_, tx.connection.execute(sa.select(*counts)).one(), strict=True))
    waiting = [one.kind for one in dated(tx.connection) if one.due_at <= moment]
    return found | {kind.value.lower(): waiting.count(kind) for kind in KINDS}


def next_due(tx: Tx, now: datetime) -> datetime | None:
    """When the next row of work comes due; None where nothing is open. What is ready, and waits for its lane, is due `now`."""
    if tx.connection.execute(_READY).first() is not None:
        return now
    found: datetime | None = tx.connection.execute(_NEXT).scalar_one()
    return found
