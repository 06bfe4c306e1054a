"""What people look at rather than read: the way of the cases, the calendar of draws, and how agencies answer, as figures to be drawn.

Each is a list or a table to a screen reader, and the bars beside its figures are hidden from it: nothing is said by a colour alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import CaseState
from inspector.domain.plan import Draw, DrawState
from inspector.trigger import following, parse

WEEKS = 12
"""So many weeks of the calendar are drawn, of which `_BEFORE` lie before the present one."""
_BEFORE = 2
MOST = 12
"""So many agencies are drawn, those first that have left most unanswered; the list below has all."""
STATIONS = (CaseState.RATING, CaseState.VERIFYING, CaseState.REVIEW, CaseState.CLOSED, CaseState.POOLED)
"""The way of a case; what has left the house is on none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    """Where cases are on their way, how many, and what those wait for: (name of a label, count)."""

    state: CaseState
    count: int
    waits: tuple[tuple[str, int], ...] = ()


def flow(cases: Mapping[CaseState, int], verifying: Mapping[str, int], after: Mapping[str, int]) -> tuple[Station, ...]:
    """The stations with their counts; `verifying`: what verifications wait for, `after`: what concluded cases do. Zeros are left out."""
    beside = {CaseState.VERIFYING: verifying, CaseState.CLOSED: after}
    return tuple(
        Station(
            state=state,
            count=cases.get(state, 0),
            waits=tuple((name, count) for name, count in beside.get(state, {}).items() if count),
        )
        for state in STATIONS
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the calendar: whether it is a working day, the present one, and what is on it: (mark, plan) in the order of `MARKS`.

    `whole`: it is shown with its month, as the first of all and of each month are.
    """

    day: date
    works: bool
    today: bool
    whole: bool
    marks: tuple[tuple[str, str], ...]


MARKS = ("planned", "prepared", "announced", "seed", "drawn", "void")
"""What a day may have of a draw; `planned` is a slot to come, `seed` the day on which the seed of an announced one comes to be."""


def weeks(
    slots: Iterable[tuple[str, str, datetime]], draws: Iterable[Draw], now: datetime, calendar: WorkingCalendar
) -> tuple[tuple[Day, ...], ...]:
    """The weeks around now, Monday first. `slots`: (plan, trigger, next slot) of each plan; of draws outside nothing is marked."""
    today = calendar.local_date(now)
    first = today - timedelta(days=today.weekday(), weeks=_BEFORE)
    last = first + timedelta(weeks=WEEKS)
    marks: dict[date, set[tuple[int, str]]] = {}

    def mark(at: datetime, name: str, plan: str) -> None:
        marks.setdefault(calendar.local_date(at), set()).add((MARKS.index(name), plan))

    for plan, trigger, next_at in slots:
        for at in _slots(trigger, calendar.local(next_at), last, calendar):
            mark(at, "planned", plan)
    for draw in draws:
        for at, name in _told(draw):
            mark(at, name, draw.plan)

    def day(one: date) -> Day:
        told = tuple((MARKS[index], plan) for index, plan in sorted(marks.get(one, ())))
        whole = one == first or one.day == 1
        return Day(day=one, works=calendar.is_working_day(one), today=one == today, whole=whole, marks=told)

    return tuple(tuple(day(first + timedelta(weeks=week, days=at)) for at in range(7)) for week in range(WEEKS))


def _slots(trigger: str, next_at: datetime, last: date, calendar: WorkingCalendar) -> Iterable[datetime]:
    """A plan's slots to come, one a day at most: a plan of a demo may have hundreds."""
    zone = next_at.tzinfo
    assert zone is not None, "the office's time has a zone"
    held = parse(trigger, zone, next_at)
    at: datetime | None = next_at
    while at is not None and calendar.local_date(at) < last:
        yield at
        at = following(held, None, calendar.midnight(calendar.local_date(at) + timedelta(days=1)))


def _told(draw: Draw) -> Iterable[tuple[datetime, str]]:
    match draw.state:
        case DrawState.DRAWN:
            yield draw.drawn_at or draw.made_at, "drawn"
        case DrawState.VOID:
            yield draw.announced_at or draw.made_at, "void"
        case DrawState.PREPARING:
            yield draw.made_at, "prepared"
        case DrawState.ANNOUNCED | DrawState.SEEDING:
            yield draw.announced_at or draw.made_at, "announced"
            if draw.seed_at is not None:
                yield draw.seed_at, "seed"


PARTS = ("punctual", "answered", "otherwise", "unanswered", "open")
"""The parts of a bar, from left to right: answered by the date, answered else, ended by another word, never answered, still open.

An answer that is not `punctual` is no late one: of some nobody knows when they were asked for.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How an agency has answered: the requests, and how many of them are of each part; the parts add up to them."""

    agency: str
    asked: int
    parts: Mapping[str, int]

    @property
    def drawn(self) -> Sequence[tuple[str, float, float]]:
        """(part, where it begins, how wide it is) of those that are not empty, in hundredths of the bar."""
        spans, at = [], 0.0
        for name in PARTS:
            wide = 100 * self.parts[name] / self.asked
            if wide:
                spans.append((name, round(at, 2), round(wide, 2)))
            at += wide
        return spans


def bars(counted: Iterable[tuple[str, str, str, int]], names: Mapping[str, str]) -> tuple[Bar, ...]:
    """A bar for each agency of (agency, fact, mark, count), those first that have left most unanswered."""
    held: dict[str, Counter[str]] = {}
    for agency, _, mark, count in counted:
        held.setdefault(agency, Counter())[mark] += count
    made = []
    for agency, marks in held.items():
        known = {
            "punctual": marks["punctual"],
            "answered": marks["answered"] - marks["punctual"],
            "unanswered": marks["unanswered"],
            "open": marks["open"],
        }
        parts = {**known, "otherwise": marks["asked"] - sum(known.values())}
        made.append(Bar(agency=names.get(agency, agency), asked=marks["asked"], parts=parts))
    made.sort(key=lambda one: (-one.parts["unanswered"], -one.asked, one.agency))
    return tuple(made[:MOST])
