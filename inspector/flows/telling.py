"""What others hear of a decision: an event of the feed, and the callback of an approving system that has one."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.calendar import due
from inspector.domain.case import Case
from inspector.domain.decision import Decision, Order, OrderKind
from inspector.domain.policy import Policy
from inspector.domain.timer import Timer
from inspector.flows.office import Office
from inspector.store.tx import Tx, new_id


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
                    expires_at=by,
                    lane=lane,
                    case_id=case.id,
                    payload={"event": event_id},
                )
            )
    return orders
