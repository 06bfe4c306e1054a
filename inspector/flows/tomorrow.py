"""What another system has not taken by its date goes on the next working day: a mark that must not stand anywhere is never let go."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.decision import Order, OrderKind
from inspector.store.work import Work


def tomorrow(work: Work, key: str, calendar: WorkingCalendar, now: datetime) -> Order:
    """The same work on the next working day, for as long as the office is open; `key` goes before that day in its key."""
    day = calendar.add_working_days(calendar.local_date(now), 1)
    return Order(
        kind=OrderKind(work.kind),
        key=f"{key}{day.isoformat()}",
        due_at=calendar.opening(day),
        urgent_by=now,
        expires_at=calendar.closing(day),
        lane=work.lane,
        case_id=work.case_id,
        payload=work.payload,
    )
