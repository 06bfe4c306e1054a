"""Whether the visits of a month can be made: within each one's term a day outside quiet windows on which a legal team is there.

A legal team is of officers of the town who are in post, certified until the term ends, and not all away on that day. Whoever goes must
be able to go on some working day after the one on which the visit is given, as `quiet.pull` counts it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from inspector.domain.lack import Lack
from inspector.domain.quiet import QuietRow
from inspector.domain.roster import InspectorRecord, StaffRole


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """A month that work can fall in, from today on; `days` are its working days."""

    first: date
    last: date
    days: tuple[date, ...]

    @property
    def name(self) -> str:
        """As `2026-03`."""
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Given:
    """A day on which a visit may be given; it is to be made by `until`, on one of the working days from place `first` to before `after`."""

    day: date
    until: date
    first: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """When visits are given, by the place of the month, the working `days` on which they can be made, and the windows that close some."""

    days: tuple[date, ...]
    given: Mapping[int, tuple[Given, ...]]
    quiets: tuple[QuietRow, ...] = ()

    def windows(self, town: str) -> tuple[QuietRow, ...]:
        """Those that hold in a town."""
        return tuple(row for row in self.quiets if row.covers(town))


def given(day: date, until: date, days: Sequence[date]) -> Given:
    """A visit given on a working day: made after it within its term, or on the day itself where the term has no other (hours)."""
    first, after = bisect_right(days, day), bisect_right(days, until)
    return Given(day, until, first, after) if first < after else Given(day, until, first - 1, first)


class Opened:
    """Which of the working days no window closes."""

    def __init__(self, days: Sequence[date], rows: Collection[QuietRow]) -> None:
        self._sums = [0]
        for day in days:
            self._sums.append(self._sums[-1] + (not any(row.shuts(day) for row in rows)))

    def any(self, first: int, after: int) -> bool:
        """Whether one of the days from a place to before another is open."""
        return self._sums[after] > self._sums[first]

    def wait(self, one: Given) -> int:
        """How many working days after the one on which it is given the next open day comes; at least all that are known."""
        return bisect_left(self._sums, self._sums[one.first] + 1) - one.first


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A class of objects that any team stands for alike: their town, what the first seat needs, and who must not go to them."""

    town: str
    qualification: str = ""
    barred: frozenset[str] = frozenset()
    objects: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """An officer in the words of the objects' register, as a joint check lists him: his towns, and what he may lead."""

    record: InspectorRecord
    towns: frozenset[str]
    leads: Callable[[str], bool]

    @property
    def standing(self) -> bool:
        """Whether he may be drawn at all, whatever the day."""
        held = self.record
        return held.role is StaffRole.OFFICER and held.in_post and bool(held.certificate) and held.cap > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Whose officers are dealt, and how many go."""

    agency: str
    team: int
    officers: tuple[Officer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a month says of some classes: the `days` on which a visit that is given cannot be made, and what would change it.

    `able` can go on the best day of the worst of these visits, `renew` would with a certificate that lasts, `away` are on leave on open
    days; `closed` are windows without which a team could go; `wait` is after how many working days the next open one comes.
    """

    spots: tuple[Spot, ...] = ()
    days: frozenset[date] = frozenset()
    able: int = 0
    renew: frozenset[str] = frozenset()
    away: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    wait: int = 0

    def merged(self, other: Found) -> Found:
        """Both together, of the same classes."""
        return Found(
            spots=self.spots,
            days=self.days | other.days,
            able=min(self.able, other.able),
            renew=self.renew | other.renew,
            away=self.away | other.away,
            closed=self.closed | other.closed,
            wait=max(self.wait, other.wait),
        )


Short = Mapping[Lack, Mapping[Spot, tuple[Given, ...]]]
"""Which visits to which classes cannot be made, by what lacks."""


@dataclass(slots=True, kw_only=True)
class Squad:
    """The officers of a town, without those `barred` from a class of its objects, and who of them is there when.

    `begins` are the places of the working days on which somebody goes on leave or comes back: between two of them the same are there.
    """

    listed: Sequence[Officer]
    barred: frozenset[str]
    team: int
    visits: Visits
    opened: Opened
    _free: list[Officer] = field(init=False)
    _begins: list[int] = field(init=False)
    _ends: list[int] = field(init=False)
    _told: dict[tuple[tuple[int, ...], int], tuple[int, frozenset[str]]] = field(init=False, default_factory=dict)
    _until: list[date] = field(init=False)
    _wanted: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        days = self.visits.days
        self._free = [one for one in self.listed if one.standing and one.record.id not in self.barred]
        turns = {bisect_left(days, day) for one in self._free for day in _turns(one.record)}
        self._begins = sorted({0, *(place for place in turns if place < len(days))})
        self._ends = [*self._begins[1:], len(days)]
        self._until = sorted({one.record.certificate_until for one in self._free})

    def short(self, spots: Sequence[Spot], at: int) -> Short:
        """What lacks in the month at a place: nothing for the classes to which a legal team can go in time, whenever the visit is given.

        Where every day of a term is closed nobody can go anywhere, which is told of the windows (`Lack.QUIET`), not of the officers.
        """
        held = [one for one in self.visits.given.get(at, ()) if self.opened.any(one.first, one.after)]
        if not any(officer.record.role is StaffRole.OFFICER for officer in self.listed):
            return {Lack.AREA: {spot: tuple(held) for spot in spots}} if held else {}
        wanted = frozenset(spot.qualification for spot in spots)
        if not wanted <= self._wanted:
            self._wanted |= wanted
            self._told.clear()
        team, lead = list[Given](), dict[str, list[Given]]()
        for one in held:
            able, led = self._can(self._open(one), one.until)
            if able < self.team:
                team.append(one)
            else:
                for needed in wanted - led:
                    lead.setdefault(needed, []).append(one)
        told: dict[Lack, dict[Spot, tuple[Given, ...]]] = {Lack.TEAM: dict.fromkeys(spots, tuple(team))} if team else {}
        if lead:
            told[Lack.LEAD] = {spot: tuple(lead[spot.qualification]) for spot in spots if spot.qualification in lead}
        return told

    def found(self, spots: Iterable[Spot], visits: Sequence[Given]) -> Found:
        """What would have these visits made."""
        spots, needed = tuple(spots), frozenset(spot.qualification for spot in spots)
        renew, away, able = set[str](), set[str](), self.team
        closed = False
        for one in visits:
            within, certified = self._open(one), [held for held in self._free if held.record.certificate_until >= one.until]
            able = min(able, self._can(within, one.until)[0])
            renew |= {held.record.id for held in self._free if held.record.certificate_until < one.until}
            days = [self.visits.days[max(self._begins[place], one.first)] for place in within]
            away |= {held.record.id for held in certified if any(map(held.record.on_leave, days))}
            closed = closed or self._legal(needed, tuple(self._stretches(one)), one.until)
        rows = frozenset(row.row for row in self._closing(visits)) if closed else frozenset[str]()
        days_given = frozenset(one.day for one in visits)
        return Found(spots=spots, days=days_given, able=able, renew=frozenset(renew), away=frozenset(away), closed=rows)

    def _closing(self, visits: Iterable[Given]) -> Iterator[QuietRow]:
        places = {place for one in visits for place in range(one.first, one.after)}
        for row in self.visits.quiets:
            if any(row.shuts(self.visits.days[place]) for place in places):
                yield row

    def _legal(self, needed: Collection[str], within: tuple[int, ...], until: date) -> bool:
        able, led = self._can(within, until)
        return able >= self.team and led >= frozenset(needed)

    def _stretches(self, one: Given) -> Iterator[int]:
        """The stretches that a visit's days lie in."""
        place = bisect_right(self._begins, one.first) - 1
        while place < len(self._begins) and self._begins[place] < one.after:
            yield place
            place += 1

    def _open(self, one: Given) -> tuple[int, ...]:
        """Those of them with a day that no window closes."""
        return tuple(
            place
            for place in self._stretches(one)
            if self.opened.any(max(self._begins[place], one.first), min(self._ends[place], one.after))
        )

    def _can(self, within: tuple[int, ...], until: date) -> tuple[int, frozenset[str]]:
        """(the most who are there together, what a team that is there can lead) in some stretches, certified until a day."""
        key = within, bisect_left(self._until, until)
        if key not in self._told:
            able, led = 0, set[str]()
            for place in within:
                day = self.visits.days[self._begins[place]]
                crew = [one for one in self._free if one.record.certificate_until >= until and not one.record.on_leave(day)]
                able = max(able, len(crew))
                if len(crew) >= self.team:
                    led |= {needed for needed in self._wanted if not needed or any(one.leads(needed) for one in crew)}
            self._told[key] = able, frozenset(led)
        return self._told[key]


def _turns(record: InspectorRecord) -> Iterator[date]:
    """The days on which an officer goes on leave, and is back."""
    if record.leave_from is not None:
        yield record.leave_from
    if record.leave_until is not None:
        yield record.leave_until + timedelta(days=1)
