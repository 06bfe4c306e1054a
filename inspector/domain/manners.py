"""How often and when a connector may be asked: spaced calls, so many a day, and hours. Pure: limits, what was asked, and now go in.

The spacing goes by machine time, for the other side counts seconds. Hours and days go by office time, as everything with a date does.
Whatever a clock does, nobody is asked more often than is allowed: where it was set back, the wait begins anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

_AHEAD, _APART = 64, timedelta(seconds=10)
"""A further request of a call takes its turn before it has come, and so do those of other calls; and two daemons look at their clocks one
after the other. A turn further ahead than so many, and than this, tells that a clock was set back."""
_WINDOW = re.compile(r"(\d\d:\d\d)\s*[-–]\s*(\d\d:\d\d)")
_SEARCHED = 40
"""Days within which the next hours are looked for: no run of days off is as long."""


class Held(StrEnum):
    """Why a connector may not be asked now, by our own rules."""

    HOURS = "hours"
    QUOTA = "quota"
    RATE = "rate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Hours of the office's wall clock; `ends` at or before `begins`: on the next day."""

    begins: time
    ends: time

    @staticmethod
    def of(told: str) -> Window | None:
        """The hours that settings write as `HH:MM-HH:MM`; None for what is none."""
        found = _WINDOW.fullmatch(told.strip())
        if found is None or found[1] == found[2]:
            return None
        try:
            begins, ends = (time.fromisoformat("00:00" if one == "24:00" else one) for one in found.groups())
        except ValueError:
            return None
        return Window(begins=begins, ends=ends)

    def on(self, day: date, now: datetime) -> tuple[datetime, datetime]:
        """From when until before when it lasts, where it begins on this day; in the zone of `now`."""
        ends = day if self.ends > self.begins else day + timedelta(days=1)
        return datetime.combine(day, self.begins, now.tzinfo), datetime.combine(ends, self.ends, now.tzinfo)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What was agreed with whoever is asked. None: no such limit; no `hours`: at any time.

    `per_day` is counted from `day_begins` on. `working_days`: only hours that begin on a working day count.
    """

    per_second: int | None = None
    per_minute: int | None = None
    per_day: int | None = None
    day_begins: time = time(0)
    hours: tuple[Window, ...] = ()
    working_days: bool = False

    @property
    def rates(self) -> tuple[tuple[int, float], ...]:
        """(calls, seconds) of each limit of a rate."""
        told = ((self.per_second, 1.0), (self.per_minute, 60.0))
        return tuple((calls, seconds) for calls, seconds in told if calls is not None)

    @property
    def together(self) -> int:
        """How many may go out at once: a tenth of a second's, so that a high rate costs few journeys to the database."""
        return max(1, int(min((calls / seconds for calls, seconds in self.rates), default=1) / 10))

    @property
    def spacing(self) -> timedelta:
        """The time each call takes of the line.

        The next turn comes when all of the last one have had theirs, so of N in a span no more than N - `together` begin before the
        last turn in it: no span of that length, wherever it begins, holds more than N.
        """
        spans = (seconds / (calls - min(self.together, calls) + 1) for calls, seconds in self.rates)
        return timedelta(seconds=max(spans, default=0.0))

    def day(self, now: datetime) -> date:
        """The day that a call counts for."""
        since = timedelta(hours=self.day_begins.hour, minutes=self.day_begins.minute, seconds=self.day_begins.second)
        return (now - since).date()

    def open(self, now: datetime, works: Callable[[date], bool]) -> bool:
        """Whether this moment of the office lies within the hours. `works` tells working days."""
        return not self._timed or any(begins <= now < ends for begins, ends in self._windows(now, works))

    def opens(self, now: datetime, works: Callable[[date], bool]) -> datetime:
        """The next moment within the hours: `now` where that is one."""
        if self.open(now, works):
            return now
        coming = (begins for begins, _ in self._windows(now, works) if begins > now)
        return min(coming, default=now + timedelta(days=_SEARCHED))

    @property
    def _timed(self) -> bool:
        return bool(self.hours) or self.working_days

    def _windows(self, now: datetime, works: Callable[[date], bool]) -> Iterator[tuple[datetime, datetime]]:
        for ahead in range(-1, _SEARCHED):
            day = now.date() + timedelta(days=ahead)
            if not self.working_days or works(day):
                yield from (window.on(day, now) for window in self.hours or (Window(begins=time(0), ends=time(0)),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What has been asked: when the next turn is (machine time), and how many were asked on which day."""

    next_at: datetime
    day: date | None = None
    used: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """How many may be asked now. With none: why, and until when (office time; of a `RATE` machine time)."""

    most: int
    held: Held | None = None
    until: datetime | None = None


def turn(manners: Manners, pace: Pace, machine_now: datetime, now: datetime, works: Callable[[date], bool]) -> Turn:
    """Whether and how many may be asked. `pace` is one that `current` gave."""
    at, why = manners.opens(now, works), Held.HOURS
    left = None if manners.per_day is None else manners.per_day - pace.used
    if left is not None and left <= 0 and manners.day(at) == manners.day(now):
        reset = datetime.combine(manners.day(now) + timedelta(days=1), manners.day_begins, now.tzinfo)
        at, why = manners.opens(reset, works), Held.QUOTA
    if at > now:
        return Turn(most=0, held=why, until=at)
    if pace.next_at > machine_now:
        return Turn(most=0, held=Held.RATE, until=pace.next_at)
    together = manners.together if manners.rates else left if left is not None else 1 << 16
    return Turn(most=together if left is None else min(together, left))


def current(manners: Manners, pace: Pace, machine_now: datetime, now: datetime) -> Pace:
    """The pace as it counts now: a new day has used nothing, and where a clock was set back nothing is forgotten and no wait is endless."""
    if pace.next_at > machine_now + max(_AHEAD * manners.spacing, _APART):
        pace = replace(pace, next_at=machine_now + manners.together * manners.spacing)
    today = manners.day(now)
    if pace.day is None or pace.day < today:
        return replace(pace, day=today, used=0)
    if pace.day == today + timedelta(days=1):  # at midnight another daemon was there first: the new day is not counted anew
        return pace
    return replace(pace, day=today)


def asked(manners: Manners, pace: Pace, calls: int, machine_now: datetime) -> Pace:
    """The pace behind so many calls that go out at their turn."""
    return replace(pace, next_at=max(pace.next_at, machine_now) + calls * manners.spacing, used=pace.used + calls)
