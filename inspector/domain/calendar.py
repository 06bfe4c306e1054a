"""When a period ends: the official working calendar, terms such as ``20wd``, and due dates that show their counting.

Sources: Civil Code art. 201 (the day of the event is not counted; hours run at once), art. 202 (months and years end on the
same-numbered day, or the month's last), art. 203 (a last day off moves to the next working day; the period ends when business
stops); Licensing Law art. 82 and Penalties Law art. 85 (working days). Weekends that are worked and weekdays off come from the
State Council's yearly notice. A year to come without one is counted by weekends and the days that are off by law each year, and says so.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from calendar import monthrange
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from itertools import accumulate
from typing import TypedDict

from inspector.domain.almanac import NamedDay, YearTable, read, written
from inspector.domain.errors import Invalid
from inspector.domain.start import StartEvent
from inspector.domain.statutory import to_come
from inspector.domain.stop import Pulled, Stop, moved_on, past

# A fixed offset, so that the domain reads no zone file: China has kept UTC+8 without summer time since 1992.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

# A notice may reach back into the year before: that for 2019 made Saturday 29 December 2018 a working day.
_OPEN_TO_NEXT_NOTICE = (12, 29)

_KEPT = 1_000
"""So many counted terms a calendar remembers."""

_AHEAD = timedelta(days=60)
"""Terms counted today reach about so far; the calendar should too."""


class Unit(StrEnum):
    """What a term is counted in; the value is its suffix in policy files. MINUTE is for the demo and tests only."""

    WORKING_DAY = "wd"
    DAY = "d"
    MONTH = "mo"
    YEAR = "y"
    HOUR = "h"
    MINUTE = "min"


_LONGEST = {Unit.YEAR: 100, Unit.MONTH: 1_200}
_LONGEST_OTHERWISE = 10_000
_TERM = re.compile(r"([0-9]{1,5})(" + "|".join(Unit) + ")")


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A length of time as a policy states it: ``20wd``, ``3d``, ``2mo``, ``1y``, ``24h``, ``30min``; at least 1.

    Raises Invalid (`term_out_of_range`) beyond a century or so: such a term is a slip of the pen.
    """

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        most = _LONGEST.get(self.unit, _LONGEST_OTHERWISE)
        if not 1 <= self.amount <= most:
            raise Invalid("term_out_of_range", term=str(self), least=1, most=most)

    @classmethod
    def parse(cls, text: str) -> Term:
        """Read a term from a policy file; no spaces, no signs, no fractions. Raises Invalid (`term_unreadable`)."""
        found = _TERM.fullmatch(text)
        if found is None:
            raise Invalid("term_unreadable", text=text, units=", ".join(Unit), example="20wd")
        return cls(amount=int(found[1]), unit=Unit(found[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingCalendar:
    """The working days and the office hours of one place. Every question costs a binary search at most.

    Raises Invalid when two tables speak of one year or one day, or when the office closes before it opens.
    """

    tables: tuple[YearTable, ...] = ()
    opens: time = time(8, 30)
    closes: time = time(17, 30)
    zone: timezone = SHANGHAI
    _off: Mapping[date, str] = field(init=False, repr=False, compare=False)
    _worked: Mapping[date, str] = field(init=False, repr=False, compare=False)
    _by_year: Mapping[int, YearTable] = field(init=False, repr=False, compare=False)
    _named: Mapping[date, int] = field(init=False, repr=False, compare=False)
    _turns: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _shifts: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _counted: dict[tuple[date, Term, int], Counting] = field(init=False, repr=False, compare=False, default_factory=dict)
    """Terms counted before, by their begin: of what comes in on one day most is counted alike."""
    _digest: list[str] = field(init=False, repr=False, compare=False, default_factory=list)

    def __post_init__(self) -> None:
        if not self.opens < self.closes:
            raise Invalid("office_hours_reversed", opens=self.opens.isoformat(), closes=self.closes.isoformat())
        _refuse_repeated("calendar_year_twice", [table.year for table in self.tables])
        _refuse_repeated("calendar_day_twice", [n.day for t in self.tables for n in (*t.days_off, *t.days_worked)])
        noted = {named.day: named.name for table in self.tables for named in table.days_off}
        off = {**to_come([table.year for table in self.tables], noted), **noted}
        worked = {named.day: named.name for table in self.tables for named in table.days_worked}
        changes = [(day, -1) for day in off if _is_weekday(day)] + [(day, 1) for day in worked if not _is_weekday(day)]
        changes.sort()
        for name, value in (
            ("_off", off),
            ("_worked", worked),
            ("_by_year", {table.year: table for table in self.tables}),
            ("_named", {named.day: table.year for table in self.tables for named in (*table.days_off, *table.days_worked)}),
            ("_turns", tuple(day.toordinal() for day, _ in changes)),
            ("_shifts", tuple(accumulate((change for _, change in changes), initial=0))),
        ):
            object.__setattr__(self, name, value)

    @classmethod
    def of(cls, text: str) -> WorkingCalendar:
        """The calendar that says `text` of itself. Raises ValueError, KeyError or TypeError for what is none."""
        tables, opens, closes = read(text)
        return cls(tables=tables, opens=opens, closes=closes)

    @property
    def text(self) -> str:
        """All that dates are counted by: by it the calendar is kept, and made again."""
        return written(self.tables, self.opens, self.closes)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of its text: the name by which it is kept, and by which a decision names what it was counted by."""
        if not self._digest:
            self._digest.append(hashlib.sha256(self.text.encode()).hexdigest())
        return self._digest[0]

    @property
    def years(self) -> frozenset[int]:
        """The years that have an official table."""
        return frozenset(self._by_year)

    @property
    def horizon(self) -> date | None:
        """The last day that no notice still to come is expected to change: 28 December of the last known year."""
        return date(max(self._by_year), *_OPEN_TO_NEXT_NOTICE) - timedelta(days=1) if self._by_year else None

    def ends_soon(self, today: date) -> bool:
        """Whether terms counted today may reach days that a notice to come can change: people should look for it."""
        return self.horizon is None or self.horizon < today + _AHEAD

    def awaited(self, day: date) -> int | None:
        """The year whose notice must arrive before this day is certain, or nothing when it is certain now."""
        if day.year not in self._by_year:
            return day.year
        open_to_next = (day.month, day.day) >= _OPEN_TO_NEXT_NOTICE and day.year + 1 not in self._by_year
        return day.year + 1 if open_to_next else None

    def is_working_day(self, day: date) -> bool:
        """Whether the office works on this day; outside the known years Monday to Friday, but for what is off by law each year."""
        return day in self._worked or (_is_weekday(day) and day not in self._off)

    def name(self, day: date) -> str:
        """The holiday for which this day is off or worked; empty for ordinary days and weekends."""
        return self._off.get(day) or self._worked.get(day, "")

    def cited(self, days: Iterable[date]) -> tuple[YearTable, ...]:
        """The tables that say how these days are: that of each one's year, and the one that names a day of the year before."""
        years = {year for day in days for year in (day.year, self._named.get(day, day.year))}
        return tuple(self._by_year[year] for year in sorted(years) if year in self._by_year)

    def ordinal(self, day: date) -> int:
        """How many working days lie before this day since 1 January of the year 1; only differences mean anything."""
        return self._before(day.toordinal())

    def nth(self, ordinal: int) -> date:
        """The working day with this ordinal: the inverse of `ordinal` on working days."""
        by_weeks = 1 + 7 * (ordinal // 5) + ordinal % 5
        reach = 2 * len(self._turns) + 14  # each exception moves the answer by less than two days, weekends included
        days = range(by_weeks - reach, by_weeks + reach)
        return date.fromordinal(days[bisect_left(days, ordinal + 1, key=lambda day: self._before(day + 1))])

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after this day (before it, when negative); the day itself is not counted."""
        if count == 0:
            return day
        first = self.ordinal(day + timedelta(days=1)) - 1 if count > 0 else self.ordinal(day)
        return self.nth(first + count)

    def local_date(self, moment: datetime) -> date:
        """The calendar day of a moment where the office stands. Raises ValueError for a naive time."""
        return self.local(moment).date()

    def local(self, moment: datetime) -> datetime:
        """The moment on the office's wall clock. Raises ValueError for a naive time."""
        if moment.tzinfo is None:
            raise ValueError(f"naive time {moment.isoformat()}: give it a zone")
        return moment.astimezone(self.zone)

    def midnight(self, day: date) -> datetime:
        """The moment at which a day begins. The first and the last day that can be written stand for their neighbours: UTC has no more."""
        return datetime.combine(min(max(day, _FIRST), _LAST), time(), self.zone)

    def span(self, since: date, until: date) -> tuple[datetime, datetime]:
        """From when `since` begins until before when `until`, counted in, is over."""
        return self.midnight(since), self.midnight(min(until, _LAST) + timedelta(days=1))

    def opening(self, day: date) -> datetime:
        """The moment business starts on this day, were it a working day."""
        return datetime.combine(day, self.opens, self.zone)

    def closing(self, day: date) -> datetime:
        """The moment business stops on this day (Civil Code art. 203), were it a working day."""
        return datetime.combine(day, self.closes, self.zone)

    def _before(self, day: int) -> int:
        weeks, rest = divmod(day - 1, 7)
        return 5 * weeks + min(rest, 5) + self._shifts[bisect_left(self._turns, day)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Counting:
    """How a due date was reached, so that a person can count after it.

    `nominal` is the last day before it moved off a holiday; `skipped` days were not counted or moved over; `made_up`
    weekends were counted as working days; `notices` are the numbers of the documents that say so, `unknown` year and source of those
    whose number nobody knows; `awaited` names the years whose notice can still change the result. `event` is what began
    the term, `since` when; `versions` are the states of the years it was counted by, `kept_by` those by which it would be earlier
    now: it had been told to somebody, so it stands. `stops` are suspensions, whose days were not counted; `extended` is what the term
    was lengthened by, in its own unit; `bounded` is the last day that the term alone would have, where it ends earlier with what it is
    for; `pulled` says that the last day was moved before days on which nobody may go.
    """

    term: Term
    after: date
    nominal: date
    last: date
    skipped: tuple[NamedDay, ...] = ()
    made_up: tuple[NamedDay, ...] = ()
    notices: tuple[str, ...] = ()
    awaited: tuple[int, ...] = ()
    event: StartEvent | None = None
    since: datetime | None = None
    versions: tuple[str, ...] = ()
    kept_by: tuple[str, ...] = ()
    stops: tuple[Stop, ...] = ()
    extended: tuple[Term, ...] = ()
    bounded: date | None = None
    pulled: Pulled | None = None
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The moment a period ends (aware, office zone) and how it was counted."""

    at: datetime
    counted: Counting

    @property
    def provisional(self) -> bool:
        """Whether a notice still to come can move the date; then it must be recomputed when that notice is loaded."""
        return bool(self.counted.awaited)


def due(
    start: datetime,
    term: Term,
    calendar: WorkingCalendar,
    event: StartEvent | None = None,
    stops: tuple[Stop, ...] = (),
    extended: tuple[Term, ...] = (),
) -> Due:
    """When a term ends that began with an event at `start`. Raises ValueError for a naive time or another unit only.

    It stood still during the `stops` (in order, none within another) and was `extended` by terms of its own unit.
    """
    if any(more.unit is not term.unit for more in extended):
        raise ValueError(f"a term of {term.unit} is extended in its own unit")
    after = calendar.local_date(start)
    began: _Began = {"event": event, "since": calendar.local(start), "stops": stops, "extended": extended}
    amount = term.amount + sum(more.amount for more in extended)
    if term.unit in (Unit.HOUR, Unit.MINUTE):
        length = timedelta(hours=amount) if term.unit is Unit.HOUR else timedelta(minutes=amount)
        at = calendar.local(past(start.astimezone(UTC) + length, start, stops))
        return Due(at=at, counted=Counting(term=term, after=after, nominal=at.date(), last=at.date(), **began))
    counted = _count_days(after, term, amount, calendar, began)
    return Due(at=calendar.closing(counted.last), counted=counted)


def last_day(start: date, term: Term, calendar: WorkingCalendar) -> date:
    """The last day of a term in days that begins on one, for whoever asks about many and tells nobody how they were counted."""
    return _count_days(start, term, term.amount, calendar, None).last


def reminder(at: datetime, before: int, calendar: WorkingCalendar) -> datetime:
    """The opening of the office `before` working days ahead of a due moment. Raises Invalid for less than 1."""
    if before < 1:
        raise Invalid("reminder_too_late", before=before)
    return calendar.opening(calendar.add_working_days(calendar.local_date(at), -before))


def again(told: Counting, calendar: WorkingCalendar) -> Due | None:
    """The same term counted anew, by another state of the calendar. None for what no calendar changes, or where its begin is unknown."""
    if told.since is None or told.term.unit in (Unit.HOUR, Unit.MINUTE):
        return None
    return due(told.since, told.term, calendar, told.event, told.stops, told.extended)


class _Began(TypedDict):
    event: StartEvent | None
    since: datetime
    stops: tuple[Stop, ...]
    extended: tuple[Term, ...]


def _count_days(after: date, term: Term, amount: int, calendar: WorkingCalendar, began: _Began | None) -> Counting:
    if began and began["stops"]:
        return replace(_counted(after, term, amount, calendar, began["stops"]), **began)
    known, key = calendar._counted, (after, term, amount)  # noqa: SLF001 - how its own days are counted
    if (counted := known.get(key)) is None:
        if len(known) >= _KEPT:
            known.clear()
        counted = known[key] = _counted(after, term, amount, calendar)
    return replace(counted, **began) if began else counted


def _counted(after: date, term: Term, amount: int, calendar: WorkingCalendar, stops: tuple[Stop, ...] = ()) -> Counting:
    if term.unit is Unit.WORKING_DAY:
        nominal = last = _nth_working_day(after, amount, stops, calendar)
        looked_at = tuple(_days(after + timedelta(days=1), last))
    else:
        nominal = moved_on(nominal_last_day(after, term, amount), after, stops)
        last = calendar.add_working_days(nominal - timedelta(days=1), 1)
        for one in stops:  # the clock may stop between a last day off and the working day that it moves to
            last = calendar.add_working_days(one.last, 1) if one.holds(last) else last
        looked_at = tuple(_days(nominal, last))
    ran = [day for day in looked_at if not any(one.holds(day) for one in stops)]
    noted = [(NamedDay(day=day, name=calendar.name(day)), calendar.is_working_day(day)) for day in ran]
    tables = calendar.cited(looked_at)
    papers = [(table.year, one) for table in tables for one in (table.notice, *table.amendments)]
    return Counting(
        term=term,
        after=after,
        nominal=nominal,
        last=last,
        skipped=tuple(named for named, worked in noted if not worked),
        made_up=tuple(named for named, worked in noted if worked and not _is_weekday(named.day)),
        notices=tuple(one.number for _, one in papers if one.number),
        unknown=tuple(f"{year}: {one.source}" for year, one in papers if not one.number),
        awaited=tuple(sorted({year for day in looked_at if (year := calendar.awaited(day)) is not None})),
        versions=tuple(table.label for table in tables),
    )


def _nth_working_day(after: date, count: int, stops: tuple[Stop, ...], calendar: WorkingCalendar) -> date:
    """The count-th working day after a day, those of the stops not counted: what is left when the clock stops is left when it goes on."""
    for one in stops:
        ran = calendar.ordinal(max(one.first, after + timedelta(days=1))) - calendar.ordinal(after + timedelta(days=1))
        if count <= ran or one.last < one.first:
            continue
        count, after = count - ran, max(one.last, after)
    return calendar.add_working_days(after, count)


def nominal_last_day(after: date, term: Term, amount: int | None = None) -> date:
    """The last day of a term of days, months or years (`amount` of them where it was extended), before any rolling over days off.

    Civil Code art. 202.
    """
    amount = term.amount if amount is None else amount
    if term.unit is Unit.DAY:
        return after + timedelta(days=amount)
    months = amount * (12 if term.unit is Unit.YEAR else 1)
    years, month = divmod(after.month - 1 + months, 12)
    year = after.year + years
    return date(year, month + 1, min(after.day, monthrange(year, month + 1)[1]))


def _refuse_repeated(code: str, values: list[int] | list[date]) -> None:
    for value in (value for value, times in Counter[int | date](values).items() if times > 1):
        raise Invalid(code, value=str(value))


def _is_weekday(day: date) -> bool:
    return day.weekday() < 5


def _days(first: date, last: date) -> Iterator[date]:
    return (date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))


_FIRST, _LAST = date(1, 1, 2), date(9999, 12, 30)
