"""Days and moments as others write them: the year first, and nothing that can be read in two ways."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from enum import StrEnum

from inspector.domain.calendar import SHANGHAI
from inspector.domain.signs import composed

_CLOCK = (
    r"(?P<hour>[0-9]{2}|[0-9](?=:))(?P<colon>:?)(?P<minute>[0-9]{2})(?:(?P=colon)(?P<second>[0-9]{2})(?:[.,](?P<part>[0-9]+))?)?"
    r"(?:\s*(?P<zone>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?))?"
)
_BEHIND = r"[Tt]|\s+(?=[0-9]{1,2}:)"
"""What parts a day from its time: digits without colons stand behind a T, or right behind digits."""
_FORMS = (
    re.compile(
        r"(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
        rf"(?:(?:{_BEHIND}){_CLOCK}|(?P<days_zone>[Zz]|[+-][0-9]{{2}}:[0-9]{{2}}))?"
    ),
    re.compile(
        r"(?P<year>[0-9]{4})\s*年\s*(?P<month>[0-9]{1,2})\s*月\s*(?P<day>[0-9]{1,2})\s*[日号]"
        rf"(?:\s*(?=[0-9]{{1,2}}:){_CLOCK})?"
    ),
    re.compile(
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
        rf"(?:(?:{_BEHIND}|(?=[0-9]{{6}}(?![0-9]))){_CLOCK})?"
    ),
)
"""`2024-05-01`, `2024/5/1`, `2024.5.1`, `2024年5月1日`, `20240501`; behind each a time, with an offset or without, down to 14 digits.

Only xsd:date puts an offset behind a day without a time. `05/06/2024`, `24-05-06`, weeks and days of the year are none of them, nor are
digits of another count: 1764123112345 are milliseconds, and no day of 1764.
"""
_MONTH = re.compile(r"(?P<year>[0-9]{4})(?:[-/](?P<month>[0-9]{1,2})|\s*年\s*(?P<named>[0-9]{1,2})\s*月)")
_SUMMER, _LAST_SUMMER = timezone(timedelta(hours=9)), 1991
"""China's summer time, and the last year that had one."""


class Since(StrEnum):
    """In what a moment is counted that is told as a number, since 1970 (UTC)."""

    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


_DIGITS = {Since.SECONDS: 10, Since.MILLISECONDS: 13}
"""Of all moments from 2001 to 2286: one unit cannot pass for the other."""


def day(text: str) -> date:
    """The day that a text is: of a moment China's, and without an offset the one that is written. Raises ValueError.

    A day with another offset whose beginning is another day in China is none: which of the two is meant nobody knows. Neither is the last
    hour of a day in the years in which China's clocks were ahead in summer: born on the first of July 1990 is 15:00 UTC the day before.
    """
    on, at, zone = _read(text)
    if zone is None:
        return on
    try:
        here, ahead = (datetime.combine(on, at or time(), zone).astimezone(one).date() for one in (SHANGHAI, _SUMMER))
    except OverflowError:
        raise ValueError("out of the calendar") from None
    if (at is None and here != on) or (ahead != here and here.year <= _LAST_SUMMER):
        raise ValueError("one of two days")
    return here


def moment(text: str) -> datetime:
    """The moment that a text is; without an offset Beijing time, a day its midnight. Raises ValueError."""
    on, at, zone = _read(text)
    return datetime.combine(on, at or time(), zone or SHANGHAI)


def counted(text: str, since: Since) -> datetime:
    """The moment that a whole number of seconds or milliseconds is. Raises ValueError, also for one of another unit's length."""
    told = text.strip()
    if not (told.isascii() and told.isdigit() and len(told) == _DIGITS[since]):
        raise ValueError(f"no {since}")
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(**{since.value: int(told)})


def month(text: str) -> date:
    """The first of the month that a text is: `2024-05`, `2024/5`, `2024年5月`. Raises ValueError."""
    found = _MONTH.fullmatch(composed(text).strip())
    if found is None:
        raise ValueError(f"no month: {text}")
    return date(int(found["year"]), int(found["month"] or found["named"]), 1)


def _read(text: str) -> tuple[date, time | None, tzinfo | None]:
    """Day, time and offset as they are written. Raises ValueError."""
    told = composed(text).strip()
    found = next(filter(None, (form.fullmatch(told) for form in _FORMS)), None)
    if found is None:
        raise ValueError(f"no day: {text}")
    held = found.groupdict()
    on = date(int(held["year"]), int(held["month"]), int(held["day"]))
    zone = _zone(held["zone"] or held.get("days_zone") or "")
    if held["hour"] is None:
        return on, None, zone
    if held["zone"] and held["zone"][0] == "-" and held["second"] is None:
        raise ValueError(f"hours from and to, or an offset: {text}")
    part = (held["part"] or "")[:6].ljust(6, "0")
    return on, time(int(held["hour"]), int(held["minute"]), int(held["second"] or 0), int(part)), zone


def _zone(told: str) -> tzinfo | None:
    if not told:
        return None
    if told in "Zz":
        return UTC
    digits = told[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-ahead if told[0] == "-" else ahead)
