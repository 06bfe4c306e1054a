"""The calendars that a house has counted by, each whole: so that a date of years ago can be counted by the same one again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from inspector.domain.calendar import WorkingCalendar


class Seen(NamedTuple):
    """Which version of a year the house has noted last, and when a daemon first started with it."""

    version: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A calendar that is kept, and since when dates were counted by it."""

    since: datetime
    calendar: WorkingCalendar


@dataclass(frozen=True, slots=True, kw_only=True)
class Yearbook:
    """Every calendar that is kept, in the order in which they came. What was counted before `lost` may rest on one that is not."""

    known: tuple[Known, ...]
    lost: datetime | None = None

    def named(self, digest: str) -> WorkingCalendar | None:
        """The one of a name (`WorkingCalendar.digest`)."""
        return next((one.calendar for one in self.known if one.calendar.digest == digest), None)

    def likely(self, at: datetime) -> Iterator[WorkingCalendar]:
        """All of them: first the one that was the newest at a moment and those before it, then those that came later."""
        before = [one.calendar for one in self.known if one.since <= at]
        yield from reversed(before)
        yield from (one.calendar for one in self.known[len(before) :])

    def whole(self, at: datetime) -> bool:
        """Whether whatever was counted at a moment was counted by one of them."""
        return self.lost is None or at >= self.lost

    def beside(self, calendar: WorkingCalendar, since: datetime) -> Yearbook:
        """With one more, where it is not among them."""
        if self.named(calendar.digest) is not None:
            return self
        return replace(self, known=tuple(sorted((*self.known, Known(since=since, calendar=calendar)), key=lambda one: one.since)))


def former(calendar: WorkingCalendar, seen: Mapping[int, Seen], now: datetime) -> Yearbook:
    """The calendars of a house that kept none, as far as today's says what they were: a year that came later is left out of those before.

    What a version has replaced nobody knows any more: what was counted before it came may rest on that.
    """
    tables, first = {table.year: table for table in calendar.tables}, min((one.at for one in seen.values()), default=now)
    same = {year for year, one in seen.items() if year in tables and tables[year].version == one.version}
    replaced = [one.at for one in seen.values() if one.version > 1 and one.at > first]
    lost = now if len(same) < len(seen) else max(replaced, default=None)
    moments: Sequence[datetime] = sorted({one.at for one in seen.values() if lost is None or one.at >= lost})
    known = [
        Known(since=at, calendar=replace(calendar, tables=tuple(tables[year] for year in sorted(seen) if seen[year].at <= at)))
        for at in moments
    ]
    return Yearbook(known=tuple(known), lost=lost)
