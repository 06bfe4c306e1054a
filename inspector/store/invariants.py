"""What must be of nothing that is stored: visits without a team, clocks without a next step, stopped work of which nobody hears.

Asked for by what is open alone, however much is over. Each answer names at most `MOST` of them: behind so many nobody counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from inspector.domain.assistance import TIMERS, AssistanceState
from inspector.domain.case import CaseState
from inspector.domain.decision import OrderKind
from inspector.domain.selfproof import WAITS, ProofState
from inspector.domain.visit import SeatState, VisitState
from inspector.store.assistancetables import assistance
from inspector.store.consequencetables import consequence
from inspector.store.selfprooftables import self_proof
from inspector.store.tables import attention, case_file, seat, visit, work
from inspector.store.tx import Tx

MOST = 1_000

_ONE: sa.ColumnElement[int] = sa.literal_column("1")
_HAS_STEP = work.c.state.in_(("ready", "waiting", "quarantined"))
"""What has stopped is a next step, too: a person has it (`unowned` says where nobody has)."""
_VERIFYING = (CaseState.RATING.value, CaseState.VERIFYING.value)
_ASKED = tuple(state.value for state in AssistanceState if state.open)
_SHOWN = tuple(state.value for state in ProofState if state.open)
_HELD = tuple(state.value for state in SeatState if state.open)
_PUSHED = tuple(state.value for state in SeatState if state.pushed)
_AWAITED = tuple(state.value for state in SeatState if state.awaited)
_VISITING = tuple(state.value for state in VisitState if state.open)


def teamless(tx: Tx) -> list[str]:
    """Visits to be made for which not both places are held: two officers go, or nobody does (Penalties Law art. 42)."""
    places = sa.select(sa.func.count(sa.distinct(seat.c.place)))
    held = places.where(seat.c.visit == visit.c.id, seat.c.state.in_(_HELD), seat.c.place.in_((0, 1))).scalar_subquery()
    return _names(tx, sa.select(visit.c.id).where(visit.c.state == VisitState.ASSIGNED.value, held < 2))


def unclocked(tx: Tx, now: datetime) -> list[str]:
    """What waits with no row that would go on with it one day, by what it is and its id; where a day was named, `undated` says more.

    A date that is over is in order once a person was told of it: an officer decides, and no clock.
    """
    case, asked, shown, due, filed = case_file.c, assistance.c, self_proof.c, consequence.c, visit.c
    over, closed = case.due_at.is_(None) | (case.due_at <= now), due.due_at <= now
    told = {
        "review": _matter("review_due", case.id) | (over & _matter("review_due", case.id, ever=True)),
        "consequence": _about(due.id) | (closed & _matter("consequence_due", due.id, ever=True)),
    }
    found = {
        "verification": sa.select(case.id).where(case.state.in_(_VERIFYING), ~_kept(case.id, OrderKind.VERIFY_DUE)),
        "review": sa.select(case.id).where(
            case.state == CaseState.REVIEW.value, ~_kept(case.id, OrderKind.REVIEW_DUE), ~told["review"]
        ),
        "assistance": sa.select(asked.id).where(asked.state.in_(_ASKED), ~_kept(asked.case_id, *TIMERS, of=asked.id)),
        "self-proof": sa.select(shown.id).where(
            shown.state.in_(_SHOWN), ~_kept(shown.case_id, *WAITS, of=shown.id), ~_about(shown.id)
        ),
        "consequence": sa.select(due.id).where(
            due.due_at.is_not(None), ~_kept(due.case_id, OrderKind.CONSEQUENCE_DUE, of=due.id), ~told["consequence"]
        ),
        "filing": sa.select(filed.id).where(
            filed.file_by.is_not(None), ~_keyed(OrderKind.VISIT_FILING_DUE, filed.id), ~_about(filed.id)
        ),
    }
    return [f"{what}:{name}" for what, one in found.items() for name in _names(tx, one)]


def undated(tx: Tx) -> list[str]:
    """Visits to be made whose own clock is gone and of which nobody was told: right for those alone for which a day was named."""
    own = ~_keyed(OrderKind.VISIT_DUE, visit.c.id)
    return _names(tx, sa.select(visit.c.id).where(visit.c.state == VisitState.ASSIGNED.value, own, ~_about(visit.c.id)))


def unanswering(tx: Tx) -> list[tuple[str, int, int]]:
    """Seats whose inspector has still to answer, with no clock or push of their first try: right for those alone that were tried again."""
    name = seat.c.visit + ":" + sa.cast(seat.c.place, sa.String) + ":" + sa.cast(seat.c.turn, sa.String)
    pushed = seat.c.state.in_(_PUSHED) & ~_keyed(OrderKind.ACCEPT_DUE, name)
    lost = sa.select(_ONE).where(attention.c.id == sa.literal(f"push_undelivered:{OrderKind.PUSH.value}:") + name)
    ordered = (seat.c.state == SeatState.ORDERED.value) & ~_keyed(OrderKind.PUSH, name) & ~sa.exists(lost).correlate(seat)
    visiting = sa.exists(sa.select(_ONE).where(visit.c.id == seat.c.visit, visit.c.state.in_(_VISITING))).correlate(seat)
    asked = sa.select(seat.c.visit, seat.c.place, seat.c.turn).where(seat.c.state.in_(_AWAITED), visiting, pushed | ordered)
    return [(row[0], row[1], row[2]) for row in tx.connection.execute(asked.limit(MOST))]


def going(tx: Tx, keys: Collection[str]) -> set[str]:
    """Of these keys those whose rows wait, are ready, or have stopped."""
    asked = sa.select(work.c.key).where(work.c.key.in_(list(keys)), _HAS_STEP)
    return set(tx.connection.execute(asked).scalars()) if keys else set()


def unowned(tx: Tx, stopped: str, own: Mapping[OrderKind, str]) -> list[str]:
    """Keys of work in quarantine of which no open matter tells a person.

    `stopped` is the kind of the matter about a kind of work and its agency, `own` those that some kinds of work open instead. What belongs
    to no case may be any agency's.
    """
    matter, agency = attention.c, case_file.c.agency
    about = work.c.kind + ":"
    plain = (matter.kind == stopped) & sa.case(
        (agency.is_(None), matter.about.like(about + "%")), else_=matter.about == about + agency
    )
    theirs = sa.case({kind.value: name for kind, name in own.items()}, value=work.c.kind, else_="")
    other = (matter.kind == theirs) & (agency.is_(None) | (matter.agency == agency))
    kinds = matter.kind.in_(sorted({stopped, *own.values()}))
    told = sa.exists(sa.select(_ONE).where(kinds, matter.closed_at.is_(None), plain | other)).correlate(work, case_file)
    asked = sa.select(work.c.key).select_from(work.outerjoin(case_file, case_file.c.id == work.c.case_id))
    return _names(tx, asked.where(sa.text("work.state = 'quarantined'"), ~told))


def _names(tx: Tx, asked: sa.Select[Any]) -> list[str]:
    return list(tx.connection.execute(asked.limit(MOST)).scalars())


def _kept(case_id: sa.Column[str], *kinds: OrderKind, of: sa.Column[str] | None = None) -> sa.ColumnElement[bool]:
    """Whether a case has an open row of these kinds, or one `of` a part of it."""
    own = [work.c.key.like(sa.literal("%:") + of + "%")] if of is not None else []
    asked = sa.select(_ONE).where(work.c.case_id == case_id, work.c.kind.in_(sorted(kinds)), _HAS_STEP, *own)
    return sa.exists(asked).correlate(case_id.table)


def _keyed(kind: OrderKind, name: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether the clock of a thing by its name is open."""
    asked = sa.select(_ONE).where(work.c.key == sa.literal(f"{kind.value}:") + name, _HAS_STEP)
    return sa.exists(asked).correlate(visit, seat)


def _matter(kind: str, name: sa.Column[str], *, ever: bool = False) -> sa.ColumnElement[bool]:
    """Whether a person has a matter of a kind about a thing, or has ever had."""
    held = [] if ever else [attention.c.closed_at.is_(None)]
    asked = sa.select(_ONE).where(attention.c.id == sa.literal(f"{kind}:") + name, *held)
    return sa.exists(asked).correlate(name.table)


def _about(name: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Whether a person has any matter about a thing."""
    asked = sa.select(_ONE).where(attention.c.about == name, attention.c.closed_at.is_(None))
    return sa.exists(asked).correlate(visit, seat, self_proof, consequence)
