"""Whether everything that can come up has somebody to see to it, over an office's real set-up: facts in, holes out.

For each item, credit level, town and month: a live source or agency for each method of the strategy row, and a legal team of eligible
officers where a visit can fall. Proven by classes and not by going through all combinations: whether a team can be sent depends on no
item and no level, and what is asked of whom on no town (tests hold it to the slow way).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from inspector.domain.case import Method
from inspector.domain.lack import Lack
from inspector.domain.policy import Policy, steps
from inspector.domain.staffing import Crew, Found, Month, Officer, Spot, lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """What a plan's draws owe: these items at these levels (`levels` by item; "" is daily supervision), in these months.

    `spots` are the objects' classes, `crews` the agencies that go, each with a team of its own.
    """

    agency: str
    plan: str
    levels: Mapping[str, tuple[str, ...]]
    months: tuple[int, ...]
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
    theirs whose name is most like.
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
    told: dict[str, tuple[str, ...]] = {}
    for item in policy.items.values():
        rows = [] if item.exempt else [(level.code, policy.strategy(item, level.code)) for level in policy.levels]
        levels = tuple(
            code
            for code, row in rows
            if row.stratum is not None
            or any(step.method is Method.ON_SITE for fact in item.facts for step in steps(policy, item, fact, row))
        )
        if levels:
            told[item.code] = levels
    return told


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
        lack = told.sources(via) if method is Method.ONLINE_QUERY else told.agencies(via)
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
        for crew in duty.crews:
            _crewed(told.months, duty, crew, runs)
    return runs.holes()


def _crewed(months: Sequence[Month], duty: Duty, crew: Crew, runs: _Runs) -> None:
    """The holes of one plan's duty in one crew: each class of objects against each month, once for all items and levels."""
    towns: dict[str, list[Officer]] = {}
    for officer in crew.officers:
        for town in officer.towns:
            towns.setdefault(town, []).append(officer)
    groups, places = grouped(duty.levels), dict[str, list[Spot]]()
    for spot in duty.spots:
        places.setdefault(spot.town, []).append(spot)
    for town, spots in places.items():
        listed = towns.get(town, [])
        near = "" if listed else "".join(get_close_matches(town, towns, n=1))
        classes = _barred(spots, listed)
        for at in duty.months:
            for barred, lack, found in _short(listed, spots, classes, crew.team, months[at]):
                one = Hole(
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
                for levels, items in groups.items():
                    runs.add(replace(one, items=items, levels=levels), at, found)


def _barred(spots: Iterable[Spot], listed: Sequence[Officer]) -> dict[frozenset[str], list[Spot]]:
    """The classes of a town by who of its officers must not go there, where anybody must not."""
    staff = frozenset(one.record.id for one in listed)
    told: dict[frozenset[str], list[Spot]] = {}
    for spot in spots:
        if barred := spot.barred & staff:
            told.setdefault(barred, []).append(spot)
    return told


def _short(
    listed: Sequence[Officer], spots: Sequence[Spot], classes: Mapping[frozenset[str], list[Spot]], team: int, month: Month
) -> Iterable[tuple[frozenset[str], Lack, Found]]:
    """What lacks in a town in a month; of those whom a conflict bars only what lacks for it, and would not without."""
    plain = lacking(listed, frozenset(), spots, team, month)
    yield from ((frozenset(), lack, found) for lack, found in plain.items())
    for barred, held in classes.items():
        for lack, found in lacking(listed, barred, held, team, month).items():
            known = plain[lack].spots if lack in plain else ()
            if more := tuple(spot for spot in found.spots if spot not in known):
                yield barred, lack, replace(found, spots=more)


# Months that follow each other


@dataclass(slots=True)
class _Runs:
    """Holes by what they are about, with the months they are open in: what goes on is one hole."""

    months: Sequence[Month]
    found: dict[Hole, dict[int, Found]] = field(default_factory=dict)

    def add(self, hole: Hole, month: int, found: Found | None = None) -> None:
        """A hole is open in a month."""
        self.found.setdefault(hole, {})[month] = found or Found(spots=())

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
                )


def _runs(places: Sequence[int]) -> list[list[int]]:
    told: list[list[int]] = []
    for at in places:
        if told and told[-1][-1] == at - 1:
            told[-1].append(at)
        else:
            told.append([at])
    return told
