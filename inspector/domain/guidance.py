"""Guidance (行政指导) before a day by which somebody has promised something runs out: so many working days ahead, as the pack says. Pure.

A promise of a day to come is verified from that day on; who is told in time what was promised can still keep it (the plan, item 9).
"""

from __future__ import annotations

from datetime import date, datetime

from inspector.domain.calendar import WorkingCalendar, reminder
from inspector.domain.case import GONE, Case, CaseState, Claim, Route
from inspector.domain.decision import Order, OrderKind
from inspector.domain.duty import Follow
from inspector.domain.policy import Policy
from inspector.domain.serving import OF_THE_MATTER, NoticeKind

JUDGED = GONE | {CaseState.CLOSED}
"""Cases of whose promise nothing is to be said any more; one that only enrolled its subject is none of them."""
OF_THE_PROMISE = frozenset({NoticeKind.GUIDANCE})
"""What nobody need be told any more once the promise was judged, or its day is over."""
_NEEDLESS = dict.fromkeys(GONE, OF_THE_MATTER) | {CaseState.CLOSED: OF_THE_PROMISE}


def ahead(case: Case, policy: Policy, now: datetime, calendar: WorkingCalendar) -> tuple[Order, ...]:
    """An order for each promised day to come; none by a pack that asks for no guidance, and none for what is judged or no promise."""
    row = policy.follows.get(Follow.GUIDANCE)
    if row is None or case.route is not Route.COMMITMENT or case.state in JUDGED:
        return ()
    today = calendar.local_date(now)
    return tuple(
        _order(case, day, max(now, reminder(calendar.closing(day), row.term.amount, calendar)), calendar.closing(day))
        for day in sorted({held.claim.on for held in case.claims if held.claim.on > today})
    )


def promised(case: Case, day: date) -> tuple[Claim, ...]:
    """What a case promises of a day, while somebody can still be guided about it."""
    return () if case.state in JUDGED else tuple(held.claim for held in case.claims if held.claim.on == day)


def needless(state: CaseState) -> frozenset[NoticeKind]:
    """Notices that nobody need be brought any more of a case that stands so."""
    return _NEEDLESS.get(state, frozenset())


def _order(case: Case, day: date, at: datetime, until: datetime) -> Order:
    kind, payload = OrderKind.GUIDANCE_DUE, {"on": day.isoformat()}
    key = f"{kind.value}:{case.id}:{case.version}:{day.isoformat()}"
    return Order(kind=kind, key=key, due_at=at, urgent_by=until, expires_at=until, case_id=case.id, payload=payload)
