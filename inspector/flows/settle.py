"""How a decision is written down: state, ledger entry, events, orders and what lost its purpose, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from inspector.domain import assistance, visit
from inspector.domain.calendar import due
from inspector.domain.case import Case, CaseState
from inspector.domain.decision import Decision, Order, OrderKind
from inspector.domain.policy import Policy, Timer
from inspector.domain.verification import asked_others
from inspector.flows.after import log_after
from inspector.flows.office import Office
from inspector.ports import PortError
from inspector.store.tx import Tx, new_id

S = TypeVar("S")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What a flow leaves to be written, in the same transaction that marks its work done.

    `call` and `attempts` are for the metrics: how the call to the outside ended, and in how many tries.
    """

    write: Callable[[Tx, datetime], None]
    outcome: str = "done"
    call: str = "answered"
    attempts: int = 1

    def after(self, error: PortError) -> Settlement:
        """The same, when it was a failed call that led here."""
        return replace(self, call=error.family, attempts=error.attempts)


def nothing(outcome: str, *, attempts: int = 1) -> Settlement:
    """Marked done, nothing else: the work has lost its purpose, or what it did leaves nothing to be written."""
    return Settlement(write=lambda _tx, _now: None, outcome=outcome, attempts=attempts)


def settle_case(
    tx: Tx, office: Office, decision: Decision[Case], policy: Policy, now: datetime, *, digest: str | None = None
) -> Case:
    """Write a case decision. Orders to ask another agency become assistance requests in the same breath."""
    case = tx.cases.put(decision.state, digest=digest)
    record(tx, case.id, decision, now, {"state": case.state.value})
    orders: list[Order] = []
    for order in decision.orders:
        if order.kind is OrderKind.ASSIST_SEND:
            orders += open_request(tx, office, case, order, policy, now)
        else:
            orders.append(dated(office, case, order, policy, now))
    orders += tell(tx, office, case, decision, policy, now)
    if decision.ends:
        tx.work.end(case.id, [kind.value for kind in decision.ends], now)
        if case.state.ended:
            orders += call_off(tx, case, now)
    tx.work.order(orders, now)
    return case


def open_request(tx: Tx, office: Office, case: Case, order: Order, policy: Policy, now: datetime) -> tuple[Order, ...]:
    """Open the assistance request an order asks for."""
    opened = assistance.open_request(case.id, case.agency, order, policy, now, office.calendar)
    tx.assistance.add(opened.state)
    record(tx, case.id, opened, now, {"request": opened.state.id})
    return opened.orders


def settle_request(tx: Tx, decision: Decision[assistance.Request], now: datetime) -> None:
    """Write a request decision."""
    request = decision.state
    tx.assistance.put(request)
    record(tx, request.case_id, decision, now, {"request": request.id, "request_state": request.state.value})
    if decision.ends:
        tx.work.end_keys([f"{kind.value}:{request.id}" for kind in decision.ends], now)
    tx.work.order(decision.orders, now)


def call_off(tx: Tx, case: Case, now: datetime) -> list[Order]:
    """The case is over: open requests are cancelled and told so; a withdrawn case leaves its visits."""
    orders: list[Order] = []
    for request in tx.assistance.of_case(case.id, lock=True) if asked_others(case) else ():
        if request.state.open:
            cancelled = assistance.cancel(request, now, case.pack)
            tx.assistance.put(cancelled.state)
            tx.work.end_keys([f"{kind.value}:{request.id}" for kind in cancelled.ends], now)
            record(tx, case.id, cancelled, now, {"request": request.id})
            orders += cancelled.orders
    for held in tx.visits.of_case(case.id, lock=True) if case.state is CaseState.WITHDRAWN else ():
        if held.state.open:
            leave_visit(tx, held, case, now)
    return orders


def leave_visit(tx: Tx, held: visit.Visit, case: Case, now: datetime) -> None:
    """Take a withdrawn case's questions off a visit; the last one frees the seats."""
    doubts = tuple(doubt for doubt in held.doubts if doubt.case_id != case.id)
    changed = replace(held, doubts=doubts)
    if doubts or held.pooled:  # nobody escapes a draw from the pool by withdrawing a case (ruling 11)
        tx.visits.put(changed)
        return
    called_off = visit.cancel(changed, "withdrawn", case.pack)
    tx.visits.put(called_off.state)
    record(tx, held.id, called_off, now, {})
    log_after(tx, held.draw, "withdrawn", held.object_id)
    for seat in tx.visits.team(held.id):
        if seat.state.open:
            tx.visits.put_seat(replace(seat, state=visit.SeatState.CANCELLED))
            name = f"{held.id}:{seat.place}:{seat.turn}"
            tx.work.end_keys([f"push:{name}", f"accept.due:{name}"], now)


def tell(tx: Tx, office: Office, case: Case, decision: Decision[Case], policy: Policy, now: datetime) -> list[Order]:
    """Write what others hear as events, and order the callback where the sender has one."""
    orders: list[Order] = []
    lane = office.lane_of(OrderKind.TELL, case.sender)
    for told in decision.told:
        event_id = new_id()
        tx.events.add(event_id, case.agency, case.id, told.type, now, {**told.data, "state": case.state.value})
        if lane:
            by = due(now, policy.term(Timer.CALLBACK).term, office.calendar).at
            orders.append(
                Order(
                    kind=OrderKind.TELL,
                    key=f"tell:{event_id}",
                    due_at=now,
                    urgent_by=by,
                    lane=lane,
                    case_id=case.id,
                    payload={"event": event_id},
                )
            )
    return orders


def dated(office: Office, case: Case, order: Order, policy: Policy, now: datetime) -> Order:
    """Fill in what follows from pack and configuration: the lane of credit orders, the patience with on-line sources."""
    if order.kind is OrderKind.CREDIT:
        by = due(now, policy.term(Timer.CREDIT).term, office.calendar).at
        return replace(order, lane=office.lane_of(order.kind, case.sender), urgent_by=by)
    if order.kind in (OrderKind.ASK, OrderKind.RATE):
        return replace(order, expires_at=due(now, policy.term(Timer.ONLINE).term, office.calendar).at)
    return order


def record(tx: Tx, about: str, decision: Decision[Any], now: datetime, extra: Mapping[str, object]) -> None:
    """Append the decision's because to the ledger."""
    tx.ledger.append(new_id(), about, decision.because, extra, now)
