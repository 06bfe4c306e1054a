"""A word that was handed in, or posted, before it could be typed in here: by which stamp, and since when it counts. Pure.

Whether it came in time goes by that day (Penalties Law art. 64), and no time of ours begins later by our typing (handbook 1.7.5).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.errors import Invalid
from inspector.domain.evidence import blank


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The day on which it was handed in or posted, and `by` what shows that: the mark of the counter, a postmark, a system's receipt."""

    on: date
    by: str


def stamped(on: date | None, by: str) -> Stamp | None:
    """What somebody has typed of it; None where nothing is said. Raises Invalid (`stamp_missing`) for a day that nothing shows."""
    if on is None:
        return None
    if blank(by):
        raise Invalid("stamp_missing", field="stamp")
    return Stamp(on=on, by=by)


def moment(stamp: Stamp | None, since: datetime, now: datetime, calendar: WorkingCalendar) -> datetime:
    """Since when a word counts: while the day's business lasted. Raises Invalid (`stamp_out_of_range`) outside of `since` and now."""
    if stamp is None:
        return now
    first, today = calendar.local_date(since), calendar.local_date(now)
    if not first <= stamp.on <= today:
        told = {"on": stamp.on.isoformat(), "since": first.isoformat(), "until": today.isoformat()}
        raise Invalid("stamp_out_of_range", field="said_on", **told)
    return min(calendar.closing(stamp.on), now)
