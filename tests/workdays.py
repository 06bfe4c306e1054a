"""Counting working days between two dates: what the tests ask the calendar, which itself only counts on."""

from __future__ import annotations

from datetime import date, timedelta

from inspector.domain.calendar import WorkingCalendar


def between(calendar: WorkingCalendar, start: date, end: date) -> int:
    """How many working days to count from start to reach end, start not counted; negative when end is earlier."""
    one = timedelta(days=1 if end >= start else 0)
    return calendar.ordinal(end + one) - calendar.ordinal(start + one)


def holidays(year: int) -> str:
    """The days that are off by law, as a file of a year lists them: without them it is refused. Those that move are invented."""
    days = ("01-01", "02-17", "02-18", "02-19", "04-05", "05-01", "05-02", "06-19", "09-15", "10-01", "10-02", "10-03")
    return ", ".join(f"{year}-{day}" for day in days)
