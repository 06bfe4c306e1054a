"""Stretches of time in which a term does not run, and days on which nobody may go: what a counted date lists beside days off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The clock of a term stood still from `since` to `until` (aware), for a listed `reason` (its code) by a `row` of the pack.

    `first` to `last` are the days it did not run on when business stopped (Civil Code art. 203: a day ends then); where it stood for
    an hour within one day there are none, and `last` lies before `first`.
    """

    reason: str
    row: str
    since: datetime
    until: datetime
    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether the day is not counted for it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True, kw_only=True)
class Shut:
    """Days, from `first` to `last`, on which a `row` of a pack closes the premises of a kind of subject to a kind of visit."""

    row: str
    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """A last day that was moved before closed days: `nominal` is where the term would have ended, `shut` what lay in between.

    `met`: whether there was an open working day before them at all. Without one the date stays what it was, and a person decides.
    """

    nominal: date
    shut: tuple[Shut, ...]
    met: bool


def moved_on(nominal: date, after: date, stops: tuple[Stop, ...]) -> date:
    """A last day of days, months or years with every day of a stop before it put behind it."""
    for one in stops:
        if one.first <= nominal and one.last > after:
            nominal += timedelta(days=max((one.last - max(one.first, after + timedelta(days=1))).days + 1, 0))
    return nominal


def past(at: datetime, start: datetime, stops: tuple[Stop, ...]) -> datetime:
    """A moment with what each stop before it took put behind it."""
    for one in stops:
        if one.since < at:
            at += max(one.until - max(one.since, start), timedelta(0))
    return at
