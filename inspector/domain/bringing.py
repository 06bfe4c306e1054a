"""How a notice to a subject is brought where a channel serves it, or lets its subject know that paper is to come (domain.serving)."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.decision import Order, OrderKind
from inspector.domain.serving import SubjectNotice
from inspector.domain.wayto import Reach, ServiceWay


def informing(notice: SubjectNotice, reach: Reach) -> ServiceWay | None:
    """The electronic way by which somebody hears of a notice that another way is to serve; None where there is none, or it serves."""
    if notice.way.pushed:
        return None
    return next((way for way in ServiceWay if way.pushed and way in reach.ways), None)


def push(notice: SubjectNotice, way: ServiceWay, lane: str, now: datetime, urgent_by: datetime) -> Order:
    """The order to bring the link by a channel; whom to is looked up when it leaves, so that no order holds a telephone number."""
    return Order(
        kind=OrderKind.NOTICE_PUSH,
        key=f"{OrderKind.NOTICE_PUSH.value}:{notice.id}:{notice.turn}",
        due_at=now,
        urgent_by=urgent_by,
        lane=lane,
        case_id=notice.case_id,
        expires_at=urgent_by,
        payload={"notice": notice.id, "way": way.value, "turn": notice.turn},
    )
