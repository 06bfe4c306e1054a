"""Whether everything that can come up has somebody to see to it, over an office's real set-up: facts in, holes out.

For each item, credit level, town and month: a live source or agency for each method of the strategy row, and where a visit can fall, on
whatever working day it is given, a day within its term outside quiet windows on which a legal team of eligible officers is there. Proven by
classes and not by going through all combinations: whether a team can be sent depends on items and levels by the windows alone, and what is
asked of whom on no town (tests hold it to the slow way).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import get_close_matches

from inspector.domain.case import Method
from inspector.domain.lack import Lack
from inspector.domain.policy import Item, Policy
from inspector.domain.quiet import QuietRow
from inspector.domain.staffing import Crew, Found, Given, Month, Officer, Opened, Short, Spot, Squad, Visits
from inspector.domain.strategy import steps


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a plan's draws owe: these items at these levels (`levels` by item; "" is daily supervision), by these `visits`.

    `spots` are the objects' classes, `crews` the agencies that go, each with a team of its own.
    """

    agency: str
    plan: str
    levels: Mapping[str, tuple[str, ...]]
    visits: Visits
    spots: tuple[Spot, ...]
    crews: tuple[Crew, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """An agency that takes cases: the versions of its pack in force by month, and the days of a month that have none.

    `drawn`: whether a plan frames its cases; `pooled`: whether one draws its daily supervision. `reached`: whom a request that stays
    unanswered can be brought before, by the agency asked: True where the common superior of both has a live connector.
    """

    agency: str
    pack: str
    versions: tuple[tuple[Policy, ...], ...]
    bare: tuple[bool, ...]
    drawn: bool
    pooled: bool
    reached: Callable[[str], bool] = lambda _agency: True


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """The office as it is. `sources` and `agencies` tell why one of a name is not live, None where it is."""

    months: tuple[Month, ...]
    desks: tuple[Desk, ...]
    duties: tuple[Duty, ...]
    sources: Callable[[str], Lack | None]
    agencies: Callable[[str], Lack | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hole:
    """One hole: `items` at `levels` (none: whatever comes up), in a town ("": all of them), from month `since` to `until`.

    `name` is the connector, pack or plan, `staff` whose officers lack, `facts` the item's facts that are asked for. `needed` and `able`
    count officers, `renew` are those who would be able with a certificate that lasts, `away` those on leave; `near` is the town of
    theirs whose name is most like. `days` are the first and last of each span of working days on which a visit that is given cannot be
    made; none: whatever the day. `windows` are the quiet rows that have a part in it, `wait` the working days until an open one.
    """

    lack: Lack
    agency: str
    since: str
    until: str
    items: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    town: str = ""
    name: str = ""
    staff: str = ""
    qualifications: tuple[str, ...] = ()
    objects: int = 0
    needed: int = 0
    able: int = 0
    near: str = ""
    barred: tuple[str, ...] = ()
    renew: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    days: tuple[tuple[str, str], ...] = ()
    windows: tuple[str, ...] = ()
    wait: int = 0

    @property
    def about(self) -> str:
        """What the hole is about, whenever it is, and naming nobody: by this it is known again."""
        lead = ",".join(self.qualifications) if self.lack is Lack.LEAD else ""
        return ":".join((self.lack.value, self.agency, self.name, self.staff, self.town, lead, f"{len(self.barred)}"))


def holes(told: SetUp) -> tuple[Hole, ...]:
    """Every hole of the office, those that begin first in front."""
    found = [*_asked(told), *_staffed(told)]
    return tuple(sorted(found, key=lambda one: (one.since, one.agency, one.lack, one.town, one.name, one.items)))


def visited(policy: Policy) -> dict[str, tuple[str, ...]]:
    """The levels at which a visit can fall, by item: owed on site, or by the stratum of a draw. An exempt item has no case to visit."""
    told = {item.code: tuple(code for code, _ in ways(policy, item)) for item in policy.items.values()}
    return {item: levels for item, levels in told.items() if levels}


def ways(policy: Policy, item: Item) -> Iterable[tuple[str, tuple[bool, bool]]]:
    """By level whether a visit can fall because a draw picks the case, and because the case needs it; levels with neither left out."""
    for level in () if item.exempt else policy.levels:
        row = policy.strategy(item, level.code)
        owed = any(step.method is Method.ON_SITE for fact in item.facts for step in steps(policy, item, fact, row))
        if row.stratum is not None or owed:
            yield level.code, (row.stratum is not None, owed)


def asked(policy: Policy) -> dict[tuple[Method, str], dict[str, tuple[tuple[str, ...], tuple[str, ...]]]]:
    """Whom the strategy rows ask, with (levels, facts) by item: the sources and agencies that must be there."""
    told: dict[tuple[Method, str], dict[str, tuple[dict[str, None], dict[str, None]]]] = {}
    for item in policy.items.values():
        for level in () if item.exempt else policy.levels:
            row = policy.strategy(item, level.code)
            for fact in item.facts:
                for step in (one for one in steps(policy, item, fact, row) if one.via):
                    levels, facts = told.setdefault((step.method, step.via), {}).setdefault(item.code, ({}, {}))
                    levels[level.code] = facts[fact.code] = None
    return {key: {item: (tuple(one), tuple(two)) for item, (one, two) in items.items()} for key, items in told.items()}


def grouped(levels: Mapping[str, tuple[str, ...]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """Items by the levels that they have: what is alike is told once."""
    told: dict[tuple[str, ...], list[str]] = {}
    for item, found in levels.items():
        told.setdefault(found, []).append(item)
    return {found: tuple(items) for found, items in told.items()}


# Who is asked, and whether a plan draws


def _asked(told: SetUp) -> Iterable[Hole]:
    runs = _Runs(told.months)
    for desk in told.desks:
        bare = Hole(lack=Lack.PACK, agency=desk.agency, name=desk.pack, since="", until="")
        for month, lacks in enumerate(desk.bare):
            if lacks:
                runs.add(bare, month)
        versions = {policy.label: policy for held in desk.versions for policy in held}
        for policy in versions.values():
            months = [at for at, held in enumerate(desk.versions) if any(one is policy for one in held)]
            for one in _of_pack(told, desk, policy):
                for month in months:
                    runs.add(one, month)
    return runs.holes()


def _of_pack(told: SetUp, desk: Desk, policy: Policy) -> Iterable[Hole]:
    """What a version of the pack names and nobody answers for; the months are the version's."""
    hole = Hole(lack=Lack.PLAN, agency=desk.agency, since="", until="")
    for (method, via), items in asked(policy).items():
        lack = told.agencies(via) if method is Method.ASSISTANCE else told.sources(via)
        if lack is None and method is Method.ASSISTANCE and not desk.reached(via):
            lack = Lack.SUPERIOR
        if lack is None:
            continue
        for levels, codes in grouped({item: levels for item, (levels, _) in items.items()}).items():
            facts = tuple(dict.fromkeys(fact for code in codes for fact in items[code][1]))
            yield replace(hole, lack=lack, name=via, items=codes, levels=levels, facts=facts)
    for levels, codes in grouped(visited(policy)).items():
        if not desk.drawn:
            yield replace(hole, items=codes, levels=levels)
    if not desk.pooled:
        yield replace(hole, lack=Lack.POOL)


# Who goes


def _staffed(told: SetUp) -> Iterable[Hole]:
    runs = _Runs(told.months)
    for duty in told.duties:
        _closed(duty, runs)
        for crew in duty.crews:
            _crewed(duty, crew, runs)
    return runs.holes()


def _closed(duty: Duty, runs: _Runs) -> None:
    """Visits whose whole term is closed by windows, whoever there is: once for all towns, and for a town what its own windows add."""
    visits, everywhere = duty.visits, tuple(row for row in duty.visits.quiets if not row.pools)
    known = _shut(duty, "", everywhere, frozenset(), runs)
    for town in sorted({spot.town for spot in duty.spots}) if len(everywhere) < len(visits.quiets) else ():
        _shut(duty, town, visits.windows(town), known, runs)


def _shut(duty: Duty, town: str, rows: tuple[QuietRow, ...], known: Collection[date], runs: _Runs) -> frozenset[date]:
    """The days on which a visit there is given in vain, but for those that are known."""
    opened, told = Opened(duty.visits.days, rows), set[date]()
    hole = Hole(lack=Lack.QUIET, agency=duty.agency, since="", until="", town=town, name=duty.plan)
    for at, given in duty.visits.given.items():
        shut = [one for one in given if one.day not in known and not opened.any(one.first, one.after)]
        if shut:
            found = Found(days=frozenset(one.day for one in shut), wait=max(map(opened.wait, shut)))
            _add(runs, replace(hole, windows=tuple(row.row for row in rows)), duty, at, found)
            told |= found.days
    return frozenset(told)


def _crewed(duty: Duty, crew: Crew, runs: _Runs) -> None:
    """The holes of one plan's duty in one crew: each class of objects against each month, once for all items and levels."""
    towns: dict[str, list[Officer]] = {}
    for officer in crew.officers:
        for town in officer.towns:
            towns.setdefault(town, []).append(officer)
    places, opened = dict[str, list[Spot]](), dict[tuple[QuietRow, ...], Opened]()
    for spot in duty.spots:
        places.setdefault(spot.town, []).append(spot)
    for town, spots in places.items():
        listed, rows = towns.get(town, []), duty.visits.windows(town)
        near = "" if listed else "".join(get_close_matches(town, towns, n=1))
        if rows not in opened:
            opened[rows] = Opened(duty.visits.days, rows)
        for at, barred, lack, found in _short(listed, spots, crew.team, duty.visits, opened[rows]):
            hole = Hole(
                lack=lack,
                agency=duty.agency,
                since="",
                until="",
                town=town,
                name=duty.plan,
                staff=crew.agency,
                qualifications=tuple(sorted({spot.qualification for spot in found.spots} - {""})),
                objects=sum(spot.objects for spot in found.spots),
                needed=crew.team,
                near=near,
                barred=tuple(sorted(barred)),
            )
            _add(runs, hole, duty, at, found)


def _add(runs: _Runs, hole: Hole, duty: Duty, at: int, found: Found) -> None:
    for levels, items in grouped(duty.levels).items():
        runs.add(replace(hole, items=items, levels=levels), at, found)


def _barred(spots: Iterable[Spot], listed: Sequence[Officer]) -> dict[frozenset[str], list[Spot]]:
    """The classes of a town by who of its officers must not go there, where anybody must not."""
    staff = frozenset(one.record.id for one in listed)
    told: dict[frozenset[str], list[Spot]] = {}
    for spot in spots:
        if barred := spot.barred & staff:
            told.setdefault(barred, []).append(spot)
    return told


def _short(
    listed: Sequence[Officer], spots: Sequence[Spot], team: int, visits: Visits, opened: Opened
) -> Iterable[tuple[int, frozenset[str], Lack, Found]]:
    """What lacks in a town by month; of those whom a conflict bars only what lacks for it, and would not without."""

    def squad(barred: frozenset[str]) -> Squad:
        return Squad(listed=listed, barred=barred, team=team, visits=visits, opened=opened)

    plain, classes = squad(frozenset()), [(squad(barred), held) for barred, held in _barred(spots, listed).items()]
    for at in visits.given:
        known = plain.short(spots, at)
        for one, held in ((plain, spots), *classes):
            for lack, found in _told(one, known if one is plain else one.short(held, at), {} if one is plain else known):
                yield at, one.barred, lack, found


def _told(squad: Squad, short: Short, known: Short) -> Iterable[tuple[Lack, Found]]:
    """What is short and not known: classes of which the same visits cannot be made together."""
    for lack, spots in short.items():
        alike: dict[tuple[Given, ...], list[Spot]] = {}
        for spot, visits in spots.items():
            told = {*known.get(lack, {}).get(spot, ())}
            alike.setdefault(tuple(one for one in visits if one not in told), []).append(spot)
        yield from ((lack, squad.found(held, visits)) for visits, held in alike.items() if visits)


# Months that follow each other


@dataclass(slots=True)
class _Runs:
    """Holes by what they are about, with the months they are open in: what goes on is one hole."""

    months: Sequence[Month]
    found: dict[Hole, dict[int, Found]] = field(default_factory=dict)

    def add(self, hole: Hole, month: int, found: Found | None = None) -> None:
        """A hole is open in a month."""
        held, found = self.found.setdefault(hole, {}), found or Found()
        held[month] = held[month].merged(found) if month in held else found

    def holes(self) -> Iterable[Hole]:
        """Each hole from its first to its last month."""
        for hole, held in self.found.items():
            for run in _runs(sorted(held)):
                parts = [held[at] for at in run]
                yield replace(
                    hole,
                    since=self.months[run[0]].name,
                    until=self.months[run[-1]].name,
                    able=min(part.able for part in parts),
                    renew=tuple(sorted(frozenset().union(*(part.renew for part in parts)))),
                    away=tuple(sorted(frozenset().union(*(part.away for part in parts)))),
                    days=self._spans(run, frozenset().union(*(part.days for part in parts))),
                    windows=hole.windows or tuple(sorted(frozenset().union(*(part.closed for part in parts)))),
                    wait=max(part.wait for part in parts),
                )

    def _spans(self, run: Sequence[int], days: frozenset[date]) -> tuple[tuple[str, str], ...]:
        """Days that follow each other as spans; none where they are all working days of these months, or no day is told."""
        worked = [day for at in run for day in self.months[at].days]
        places = [place for place, day in enumerate(worked) if day in days]
        spans = _runs(places) if len(places) < len(worked) else []
        return tuple((worked[span[0]].isoformat(), worked[span[-1]].isoformat()) for span in spans)


def _runs(places: Sequence[int]) -> list[list[int]]:
    told: list[list[int]] = []
    for at in places:
        if told and told[-1][-1] == at - 1:
            told[-1].append(at)
        else:
            told.append([at])
    return told
