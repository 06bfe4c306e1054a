"""What people complain of, and by when each complaint is to be answered (handbook T.3): what an overseer looks at, and nobody's names.

`OBJECTION`: a subject objects to a credit record or to a decision about it (handbook 1.7.6: three or seven working days). `TIP_OFF`: what
somebody has told of a subject, until an officer has seen to it. `LEAD_CHECK`: a check opened from one, until its result. `RECUSAL`: a visit
for which it was applied that inspectors be recused; the head decides before the visit, and there is no date of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from enum import StrEnum

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.day import LAST
from inspector.domain.docket import Nearness, Place, nearness
from inspector.domain.objection import Objection, ObjectionState

_NO_DATE = datetime.combine(LAST, time(), UTC)
"""Where what has no date of its own stands: behind every date that can be meant."""


class ComplaintKind(StrEnum):
    """The kinds of complaints."""

    OBJECTION = "OBJECTION"
    TIP_OFF = "TIP_OFF"
    LEAD_CHECK = "LEAD_CHECK"
    RECUSAL = "RECUSAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One that is open: since when and by when. `id` is ours, and names nobody.

    `due_at` None: no date of its own. `working_days`: as many are left until its date, 0 on the day itself; below 0, it
    has been late for so many. `near`: the same in a word.
    """

    kind: ComplaintKind
    id: str
    agency: str
    since: datetime
    due_at: datetime | None = None
    working_days: int | None = None
    near: Nearness | None = None

    @property
    def overdue(self) -> bool:
        """Whether its date has passed."""
        return self.near is Nearness.OVERDUE

    @property
    def place(self) -> Place:
        """Where it stands in the list."""
        return Place(due_at=self.due_at if self.due_at is not None else _NO_DATE, id=self.id)

    def timed(self, due_at: datetime, now: datetime, calendar: WorkingCalendar) -> Complaint:
        """The same with its date, and how far that is."""
        days = calendar.ordinal(calendar.local_date(due_at)) - calendar.ordinal(calendar.local_date(now))
        return replace(self, due_at=due_at, working_days=days, near=nearness(due_at, now, calendar))


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """How many objections of a span were decided by their dates, and how many after them."""

    in_time: int
    late: int


def ordered(complaints: Iterable[Complaint]) -> tuple[Complaint, ...]:
    """By their dates, the nearest first; those without one behind them."""

    def place(one: Complaint) -> tuple[datetime, str]:
        return one.place.due_at, one.place.id

    return tuple(sorted(complaints, key=place))


def behind(complaints: Iterable[Complaint], place: Place) -> tuple[Complaint, ...]:
    """Those of an ordered list that stand behind a place, whether what stood there is still open or not."""
    return tuple(one for one in complaints if (one.place.due_at, one.place.id) > (place.due_at, place.id))


def handled(objections: Iterable[Objection], since: datetime) -> Handled:
    """Of those that were decided since a moment. One that ended with what it was about was answered by nobody, and is not counted."""
    decided = (ObjectionState.UPHELD, ObjectionState.REJECTED)
    dates = [
        one.decided_at <= one.due_at
        for one in objections
        if one.state in decided and one.decided_at is not None and one.due_at is not None and one.decided_at >= since
    ]
    return Handled(in_time=sum(dates), late=len(dates) - sum(dates))
