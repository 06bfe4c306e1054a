"""Who has an entry: the first platform that takes entries, and further receivers with copies; and what each is told of it later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain.calendar import due
from inspector.domain.creditrecord import Amend, Record
from inspector.domain.decision import Order, OrderKind
from inspector.domain.policy import Policy
from inspector.domain.timer import Timer
from inspector.flows import stopped
from inspector.flows.office import Office
from inspector.flows.recall import under_way_of
from inspector.store.tx import Tx

_AXES = (frozenset({Amend.MARKED, Amend.UNMARKED}), frozenset({Amend.LAPSED, Amend.REPAIRED}))
"""Of those of one line only the newest need be told."""


def ordered(tx: Tx, office: Office, order: Order, now: datetime) -> list[Order]:
    """The orders of an entry's copies: one for each further receiver, under a key of its own, with the same words."""
    further = [lane for lane in office.copies if lane != order.lane]
    for lane in further if order.lane else ():
        tx.books.copied(order.key, lane, now)
    return [
        replace(
            order,
            key=f"{order.key}@{lane}",
            lane=lane,
            payload={**order.payload, "entry": order.key, "copy": lane},
        )
        for lane in (further if order.lane else ())
    ]


def amend(tx: Tx, office: Office, held: Record, kind: Amend, policy: Policy, now: datetime) -> None:
    """Order that each receiver be told what became of an entry; what it was still to be told before that is not told any more.

    What may be on its way is waited for, so that the newest arrives last. Of an entry that waits for a platform nobody is told.
    """
    by = due(now, policy.term(Timer.CREDIT_RETRACT).term, office.calendar).at
    lines = {one.value for axis in _AXES if kind in axis for one in axis}
    orders = []
    for booked in (tx.books.get(held.entry), *tx.books.copies(held.entry)):
        if booked is None or not booked.lane or not booked.state.stands:
            continue
        ended = stopped.end(tx, tx.books.amending(held.entry, booked.lane, lines), now)
        payload = {
            "entry": held.entry,
            "kind": kind.value,
            "basis": held.basis,
            "at": now.isoformat(),
            "after": under_way_of(tx, ended),
            **({"copy": booked.lane} if booked.copy else {}),
        }
        orders.append(
            Order(
                kind=OrderKind.CREDIT_AMEND,
                key=f"{OrderKind.CREDIT_AMEND.value}:{held.entry}:{held.step}:{kind.value}:{booked.lane}",
                due_at=now,
                urgent_by=now,
                expires_at=by,
                lane=booked.lane,
                case_id=held.case_id,
                payload=payload,
            )
        )
    tx.work.order(orders, now)
