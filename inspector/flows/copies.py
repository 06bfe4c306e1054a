"""Who has an entry: the first platform that takes entries, and further receivers with copies; and what each is told of it later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time

from inspector.domain.calendar import due
from inspector.domain.creditrecord import Amend, Record
from inspector.domain.decision import Order, OrderKind
from inspector.domain.docket import AMEND_BY_HAND, AMEND_STUCK
from inspector.domain.policy import Policy
from inspector.domain.statement import BookState, owed
from inspector.domain.timer import Timer
from inspector.flows import stopped, touched
from inspector.flows.holding import lacks
from inspector.flows.office import Office
from inspector.flows.recall import under_way_of
from inspector.store.books import Booked
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

    What may be on its way is waited for, so that the newest arrives last. Of an entry that waits for a platform nobody is told, nor is a
    receiver that surely has not heard of it yet: it hears with the entry how that stands then.
    """
    lines = {one.value for axis in _AXES if kind in axis for one in axis}
    orders = []
    for booked in (tx.books.get(held.entry), *tx.books.copies(held.entry)):
        if booked is None or not booked.lane or not booked.state.stands or lacks(tx, booked):
            continue
        ended = stopped.end(tx, tx.books.amending(held.entry, booked.lane, lines), now)
        for line in sorted(lines):
            for matter in (AMEND_STUCK, AMEND_BY_HAND):
                tx.attention.close(f"{matter}:{about(held.entry, booked.lane, line)}", now)
        told = telling(office, booked, held, kind, policy, now, now)
        orders.append(replace(told, payload={**told.payload, "after": under_way_of(tx, ended)}))
    tx.work.order(orders, now)


def about(entry: str, lane: str, kind: str) -> str:
    """What a matter is about by which a person hears that a receiver is still to be told something of an entry."""
    return f"{entry}@{lane}:{kind}"


def telling(
    office: Office, booked: Booked, held: Record, kind: Amend, policy: Policy, since: datetime, now: datetime, mark: str = ""
) -> Order:
    """The order that one receiver be told what an entry became `since` when.

    `mark` is behind its key where it was told before: a receiver that heeds keys must not take it for what it had already.
    """
    return Order(
        kind=OrderKind.CREDIT_AMEND,
        key=f"{OrderKind.CREDIT_AMEND.value}:{held.entry}:{held.step}:{kind.value}:{booked.lane}{mark}",
        due_at=now,
        urgent_by=now,
        expires_at=due(now, policy.term(Timer.CREDIT_RETRACT).term, office.calendar).at,
        lane=booked.lane,
        case_id=held.case_id,
        payload={
            "entry": held.entry,
            "kind": kind.value,
            "basis": held.basis,
            "at": since.isoformat(),
            "after": [],
            **({"copy": booked.lane} if booked.copy else {}),
        },
    )


def tell_again(tx: Tx, office: Office, booked: Booked, theirs: str, policy: Policy, now: datetime) -> bool:
    """Order that a receiver which says that an entry is `theirs` be told what it is; False where nothing is owed, or it is under way.

    What lies in quarantine is under way nowhere: it goes round again.

    It is told since when it is so, by the record and the objection to it, and not since when it was told again.
    """
    held = tx.records.find(booked.entry, lock=True)
    kinds = owed(held, theirs) if held is not None and booked.state is BookState.ENTERED else ()
    if held is None or not kinds:
        return False
    if lying := tx.books.amending(held.entry, booked.lane, [kind.value for kind in kinds], "quarantined"):
        for row in filter(None, map(tx.work.keyed, lying)):
            stopped.retry(tx, row["id"], now)
        return True
    if tx.books.amending(held.entry, booked.lane, [kind.value for kind in Amend]):
        return False
    days = {Amend.LAPSED: held.lapsed_on, Amend.REPAIRED: held.ended_on}
    objected = max((one.opened_at for one in touched.touching(tx, held)), default=now)
    for kind in kinds:
        day = days.get(kind)
        marked = objected if kind is Amend.MARKED else now
        since = datetime.combine(day, time(), office.calendar.zone) if day is not None else marked
        tx.work.order([telling(office, booked, held, kind, policy, since, now, f"~again-{now.isoformat()}")], now)
    return True
