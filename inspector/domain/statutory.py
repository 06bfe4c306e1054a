"""The days that are off each year whatever a notice says: Regulations on Public Holidays (全国年节及纪念日放假办法), art. 2.

Only those that stand on a fixed day. Spring Festival, Qingming, the Dragon Boat and Mid-Autumn festivals go by the moon and the sun, and
which weekends are worked for any of them stands in the year's notice alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

_FIXED: tuple[tuple[int, int, str, int], ...] = (
    (1, 1, "元旦", 0),
    (5, 1, "劳动节", 0),
    (5, 2, "劳动节", 2025),
    (10, 1, "国庆节", 0),
    (10, 2, "国庆节", 0),
    (10, 3, "国庆节", 0),
)
"""Month, day, holiday, and since which year."""


_AHEAD = 100
"""Years after the last one that has a notice; no term is longer."""


def to_come(known: Iterable[int]) -> Mapping[date, str]:
    """The fixed days, with their holiday, of the years after those that have a notice; none where no year has one."""
    last = max(known, default=None)
    years = range(last + 1, last + 1 + _AHEAD) if last is not None else ()
    return {day: name for year in years for day, name in fixed(year).items()}


def fixed(year: int) -> Mapping[date, str]:
    """The fixed days of a year with their holiday."""
    return {date(year, month, day): name for month, day, name, since in _FIXED if year >= since}
