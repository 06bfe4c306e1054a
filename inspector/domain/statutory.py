"""The days that are off each year whatever a notice says: Regulations on Public Holidays (2025), art. 2.

Only those that stand on a fixed day: New Year, Labour Day, National Day. Spring Festival, Qingming, the Dragon Boat and Mid-Autumn
festivals go by the moon and the sun, and which weekends are worked for any of them stands in the year's notice alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

_FIXED = ((1, 1, 0), (5, 1, 0), (5, 2, 2025), (10, 1, 0), (10, 2, 0), (10, 3, 0))
"""Month, day, and since which year."""
_AHEAD = 100
"""Years after the last one that has a notice; no term is longer."""


def fixed(year: int) -> tuple[date, ...]:
    """The fixed days of a year."""
    return tuple(date(year, month, day) for month, day, since in _FIXED if year >= since)


def to_come(known: Collection[int], named: Mapping[date, str]) -> Mapping[date, str]:
    """The fixed days of the years after those that have a notice (none where no year has one), each by the name it has in these.

    Of several names the shortest: in some years another holiday falls on it, too.
    """
    last = max(known, default=None)
    if last is None:
        return {}
    names: dict[tuple[int, int], str] = {}
    for day, name in named.items():
        held = names.get((day.month, day.day))
        names[day.month, day.day] = name if held is None or 0 < len(name) < len(held) else held
    days = (day for year in range(last + 1, last + 1 + _AHEAD) for day in fixed(year))
    return {day: names.get((day.month, day.day)) or f"{day:%m-%d}" for day in days}
