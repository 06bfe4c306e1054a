"""A decision to somebody's discredit takes effect by its service (送达): before it nobody else holds anything of it against its subject.

An entry is a record of ours from the decision on. Once a proof says that the decision has come, whoever receives entries hears of it, it
bars, and its subject is told from when on it may be repaired. The days of its publicity stay those of the document (handbook 1.7.1).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from inspector.domain import creditrecord as domain
from inspector.domain.case import Case
from inspector.domain.consequence import Consequence
from inspector.domain.creditrecord import Record, RecordState
from inspector.domain.decision import Order, OrderKind
from inspector.flows import annulling, creditbook, creditrecords
from inspector.flows.holding import PERHAPS
from inspector.flows.office import Office
from inspector.flows.settle import dated, hand_over
from inspector.store.tx import Tx


def entered(office: Office, tx: Tx, case: Case, held: Consequence, order: Order, now: datetime) -> None:
    """An officer has decided an entry: its record is made, and waits for the service of the decision.

    Where the pack's row names an article by which it takes effect with the decision (`at_once`), nothing waits.
    """
    notice = awaits(office, held)
    clocks = creditbook.book(tx, office, case, order, now, awaits=notice)
    tx.work.order([*clocks, *([] if notice else _told(office, tx, case, order, now))], now)


def awaits(office: Office, held: Consequence) -> str:
    """The notice that has to come before an entry counts towards others; empty where it counts with its decision."""
    row = office.book.get(held.pack).consequences.get(held.proposal)
    return f"{held.id}:decision" if row is None or not row.at_once else ""


def begun(office: Office, tx: Tx, held: Consequence, on: date, now: datetime) -> None:
    """The decision that ordered an entry has come, on this day: it counts from now on. Not what fell before, nor twice.

    The lighter entry whose place it takes has counted until now, and gives way.
    """
    mine = tx.records.find(held.entry, lock=True) if held.entry else None
    if mine is None or mine.awaits != f"{held.id}:decision" or not mine.stands_somewhere:
        return
    case = tx.cases.get(mine.case_id, lock=True)
    if case.entry != mine.entry:
        case = annulling.give_way(office, tx, case, held, held.verdict.signed.by if held.verdict else "rule", now)
        case = tx.cases.put(replace(case, entry=mine.entry))
    state = creditrecords.write(tx, office, case, domain.effective(mine, on), now)
    orders = creditbook.clocks(office, state)
    if state.state is RecordState.STANDING and case.entry == state.entry:
        orders += _told(office, tx, case, _order(case, state, now), now)
    tx.work.order(orders, now)


def _told(office: Office, tx: Tx, case: Case, order: Order, now: datetime) -> list[Order]:
    """The orders by which each receiver hears of an entry; each says from the first that nobody has called for it yet."""
    order = dated(office, case, order, office.book.get(case.pack), now)
    orders = [order, *hand_over(tx, office, case, order, now)]
    return [replace(one, payload={**one.payload, PERHAPS: False}) for one in orders]


def _order(case: Case, mine: Record, now: datetime) -> Order:
    """The order of an entry, by its record: it says what the decision said, of that day."""
    by = case.strategy.due_at if case.strategy else now
    payload = creditbook.said(mine)
    return Order(kind=OrderKind.CREDIT, key=mine.entry, due_at=now, urgent_by=by, case_id=case.id, payload=payload)
