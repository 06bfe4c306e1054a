"""Which days can be meant here. Beyond them a calendar's arithmetic ends (UTC has no day before the first and none after the last).

A registry's oldest entries and an old person's birth lie after 1800; what holds for good has no last day, and is left out rather than
written as the last day of 9999.
"""

from __future__ import annotations

from datetime import date, datetime

from inspector.domain.errors import Invalid

FIRST, LAST = date(1800, 1, 1), date(2999, 12, 31)


def meant(day: date) -> bool:
    """Whether a day or a moment, by its own offset, is one that can be meant."""
    return FIRST <= (day.date() if isinstance(day, datetime) else day) <= LAST


def refuse_beyond(day: date, field: str) -> None:
    """Raise Invalid (`day_beyond`) for a day or a moment that cannot be meant; `field` is where it was written."""
    if not meant(day):
        raise Invalid("day_beyond", field=field, value=day.isoformat(), first=FIRST.isoformat(), last=LAST.isoformat())
