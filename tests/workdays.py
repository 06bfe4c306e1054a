"""Counting working days between two dates: what the tests ask the calendar, which itself only counts on."""

from __future__ import annotations

from datetime import date, timedelta

from inspector.domain.calendar import WorkingCalendar


def between(calendar: WorkingCalendar, start: date, end: date) -> int:
    """How many working days to count from start to reach end, start not counted; negative when end is earlier."""
    one = timedelta(days=1 if end >= start else 0)
    return calendar.ordinal(end + one) - calendar.ordinal(start + one)
