"""The proof of coverage finds what going through every combination, every day and every team finds, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from itertools import permutations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspector.domain.case import Method, SubjectKind
from inspector.domain.coverage import Desk, Duty, Hole, SetUp, holes, visited
from inspector.domain.lack import Lack
from inspector.domain.policy import Policy
from inspector.domain.quiet import QuietRow
from inspector.domain.roster import InspectorRecord, StaffRole
from inspector.domain.staffing import Crew, Given, Month, Officer, Spot, Visits
from inspector.domain.staffing import given as given_on
from inspector.domain.strategy import steps
from inspector.policybook import Policybook
from tests.house import ROOT

pytestmark = pytest.mark.slow

unhurried = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow], deadline=None)
START, DAYS = date(2026, 3, 2), 125
TOWNS, QUALIFICATIONS, STAFF = ("east", "west"), ("", "boilers", "lifts"), ("a", "b", "c", "d")


def months() -> tuple[Month, ...]:
    """The days from the start on, by month; a day in four is no working day."""
    told: dict[str, list[date]] = {}
    for day in (START + timedelta(days=n) for n in range(DAYS)):
        told.setdefault(f"{day:%Y-%m}", []).append(day)
    return tuple(Month(first=held[0], last=held[-1], days=tuple(d for d in held if d.day % 4)) for held in told.values())


MONTHS = months()
WORKED = tuple(day for n in range(DAYS + 60) if (day := START + timedelta(days=n)).day % 4)
SOME_DAY = st.dates(START - timedelta(days=5), START + timedelta(days=DAYS + 5))
LEAVES = st.one_of(
    st.builds(lambda day, length: (day, day + timedelta(days=length)), SOME_DAY, st.integers(0, 60)),
    st.just((None, None)),
    st.tuples(SOME_DAY, st.none()),
    st.tuples(st.none(), SOME_DAY),
)


@cache
def packs() -> tuple[Policy, ...]:
    return Policybook.load(ROOT / "policies").packs


@st.composite
def officers(draw: st.DrawFn, staff: str) -> Officer:
    towns = draw(st.sampled_from([frozenset(TOWNS), frozenset(TOWNS), frozenset(TOWNS[:1]), frozenset(TOWNS[1:]), frozenset()]))
    held = draw(st.sets(st.sampled_from(QUALIFICATIONS[1:])))
    sound = draw(st.integers(0, 5)) > 0  # most are: what is wrong with everybody at once shows nothing
    leave = draw(LEAVES)
    record = InspectorRecord(
        agency="bureau",
        id=staff,
        name=staff,
        pools=tuple(towns),
        qualifications=tuple(held),
        cap=9 if sound else draw(st.sampled_from([0, 9])),
        role=StaffRole.OFFICER if sound else draw(st.sampled_from(StaffRole)),
        certificate="c" if sound else draw(st.sampled_from(["", "c"])),
        certificate_until=draw(st.one_of(st.just(date(2030, 1, 1)), st.just(date(2030, 1, 1)), SOME_DAY)),
        in_post=sound or draw(st.booleans()),
        leave_from=leave[0],
        leave_until=leave[1],
    )
    return Officer(record=record, towns=towns, leads=held.__contains__)


@st.composite
def visits(draw: st.DrawFn) -> Visits:
    """Given on some working days of some months, to be made within so many days; the shortest terms have no other working day."""
    term = draw(st.integers(0, 30))
    row = st.builds(
        QuietRow,
        row=st.just(""),
        days=st.integers(1, 31).flatmap(lambda first: st.integers(first, 31).map(lambda last: frozenset(range(first, last + 1)))),
        subjects=st.just(frozenset(SubjectKind)),
        excepted=st.just(frozenset()),
        pools=st.sampled_from([frozenset[str](), frozenset[str](), frozenset(TOWNS[:1])]),
        basis=st.just("X:1"),
    )
    rows = draw(st.one_of(st.just([]), st.lists(row, max_size=2)))
    after = draw(st.sampled_from([START, START, START + timedelta(days=9)]))
    return Visits(
        days=WORKED,
        given={
            at: tuple(given_on(day, day + timedelta(days=term), WORKED) for day in MONTHS[at].days if day >= after)
            for at in sorted(draw(st.sets(st.integers(0, len(MONTHS) - 1), min_size=1)))
        },
        quiets=tuple(replace(one, row=f"quiet-{n}") for n, one in enumerate(rows)),
    )


@st.composite
def duties(draw: st.DrawFn) -> Duty:
    spot = st.builds(
        Spot,
        town=st.sampled_from(TOWNS),
        qualification=st.sampled_from(QUALIFICATIONS),
        barred=st.sampled_from([frozenset[str](), frozenset(STAFF[:1]), frozenset(STAFF[1:3])]),
    )
    crew = st.builds(
        Crew, agency=st.just("bureau"), team=st.integers(1, 3), officers=st.tuples(*(officers(staff) for staff in STAFF))
    )
    levels = st.lists(st.sampled_from("AB"), unique=True, min_size=1).map(tuple)
    return Duty(
        agency="bureau",
        plan="licensing",
        levels=draw(st.dictionaries(st.sampled_from(["x", "y", ""]), levels, min_size=1, max_size=2)),
        visits=draw(visits()),
        spots=tuple(draw(st.lists(spot, unique=True, min_size=1, max_size=5))),
        crews=(draw(crew),),
    )


Told = tuple[Lack, str, str, str, date, tuple[str, ...], str]
"""(what lacks, item, level, town, the day on which the visit is given, barred, the qualification that is asked for)."""


def term(one: Given) -> list[date]:
    """The working days on which a visit can be made, whatever the windows."""
    return [day for day in WORKED if one.day < day <= one.until] or [one.day]


def open_days(visits: Visits, town: str, one: Given) -> list[date]:
    """Those of them that no window closes."""
    rows = [row for row in visits.quiets if not row.pools or town in row.pools]
    return [day for day in term(one) if not any(day.day in row.days for row in rows)]


def can_go(spot: Spot, crew: Crew, days: list[date], until: date) -> bool:
    """Whether any officers in any order may sit on a visit's seats on one of these days."""
    able = [one for one in crew.officers if one.record.cap > 0 and spot.town in one.towns and one.record.id not in spot.barred]
    return any(
        all(one.record.status(until) in ("1", "leave") and one.record.status(day) == "1" for one in seated)
        and (not spot.qualification or seated[0].leads(spot.qualification))
        for day in days
        for seated in permutations(able, crew.team)
    )


def lack(spot: Spot, crew: Crew, days: list[date], until: date) -> Lack | None:
    """What lacks for one class of objects to which a visit may be made on these days."""
    if not days or can_go(spot, crew, days, until):
        return None
    if can_go(replace(spot, qualification=""), crew, days, until):
        return Lack.LEAD
    listed = [one for one in crew.officers if spot.town in one.towns and one.record.role is StaffRole.OFFICER]
    return Lack.TEAM if listed else Lack.AREA


def barred(spot: Spot, crew: Crew) -> tuple[str, ...]:
    """Who of the town's officers must not go."""
    return tuple(sorted(one.record.id for one in crew.officers if spot.town in one.towns and one.record.id in spot.barred))


def slowly(duty: Duty) -> Iterator[Told]:
    """Every combination by itself, on every day on which a visit may be given; of a conflict only what lacks for it."""
    (crew,), visits = duty.crews, duty.visits
    wanted = [(item, level) for item, levels in duty.levels.items() for level in levels]
    for spot in duty.spots:
        for one in (one for held in visits.given.values() for one in held):
            days = open_days(visits, spot.town, one)
            plain, found = lack(replace(spot, barred=frozenset()), crew, days, one.until), lack(spot, crew, days, one.until)
            for item, level in wanted:
                if not days:
                    town = spot.town if open_days(visits, "", one) else ""
                    yield Lack.QUIET, item, level, town, one.day, (), ""
                if plain is not None:
                    yield plain, item, level, spot.town, one.day, (), spot.qualification
                if found not in (None, plain):
                    assert found is not None
                    yield found, item, level, spot.town, one.day, barred(spot, crew), spot.qualification


def spread(found: tuple[Hole, ...], duty: Duty) -> Iterator[Told]:
    """Holes as single combinations."""
    (crew,) = duty.crews
    for hole in found:
        held = [one for at, days in duty.visits.given.items() if hole.since <= MONTHS[at].name <= hole.until for one in days]
        spans = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in hole.days]
        days = [one.day for one in held if not spans or any(first <= one.day <= last for first, last in spans)]
        spots = [s for s in duty.spots if s.town == hole.town and (not hole.barred or barred(s, crew) == hole.barred)]
        asked = {s.qualification for s in spots if s.qualification in hole.qualifications} | (
            {""} & {s.qualification for s in spots} if hole.lack is not Lack.LEAD else set()
        )
        for needed in {""} if hole.lack is Lack.QUIET else asked:
            for item in hole.items:
                for level in hole.levels:
                    for day in days:
                        yield hole.lack, item, level, hole.town, day, hole.barred, needed


@given(duty=duties())
@unhurried
def test_teams_are_found_lacking_exactly_where_no_team_can_go_on_an_open_day_of_a_visits_term(duty: Duty) -> None:
    told = SetUp(months=MONTHS, desks=(), duties=(duty,), sources=lambda _: None, agencies=lambda _: None)
    found = list(spread(holes(told), duty))
    assert len(found) == len(set(found)), "what is told once is not told again"
    assert set(found) == set(slowly(duty))


@given(
    first=st.sampled_from(packs()),
    second=st.sampled_from(packs()),
    change=st.integers(0, len(MONTHS)),
    dead=st.sets(st.sampled_from(["registers", "social", "housing", "civil-affairs"])),
    alone=st.sets(st.sampled_from(["housing", "civil-affairs"])),
    drawn=st.booleans(),
)
@unhurried
def test_whoever_is_asked_and_not_there_is_found_for_exactly_the_items_levels_and_months_of_the_pack(
    first: Policy, second: Policy, change: int, dead: set[str], alone: set[str], drawn: bool
) -> None:
    versions = tuple((first,) if at < change else (second,) for at in range(len(MONTHS)))
    desk = Desk(
        agency="bureau",
        pack="x",
        versions=versions,
        bare=tuple(at == change for at in range(len(MONTHS))),
        drawn=drawn,
        pooled=True,
        reached=lambda name: name not in alone,
    )
    told = SetUp(
        months=MONTHS,
        desks=(desk,),
        duties=(),
        sources=lambda name: Lack.SOURCE if name in dead else None,
        agencies=lambda name: Lack.AGENCY if name in dead else None,
    )
    found = {
        (hole.lack, hole.name, item, level, month.name)
        for hole in holes(told)
        for item in hole.items or ("",)
        for level in hole.levels or ("",)
        for month in MONTHS
        if hole.since <= month.name <= hole.until
    }
    assert found == set(_asked_slowly(desk, dead, alone))


def _asked_slowly(desk: Desk, dead: set[str], alone: set[str]) -> Iterator[tuple[Lack, str, str, str, str]]:
    for at, month in enumerate(MONTHS):
        if desk.bare[at]:
            yield Lack.PACK, "x", "", "", month.name
        for policy in desk.versions[at]:
            for item in (one for one in policy.items.values() if not one.exempt):
                for level in (one.code for one in policy.levels):
                    row = policy.strategy(item, level)
                    ways = [step for fact in item.facts for step in steps(policy, item, fact, row)]
                    for step in ways:
                        if step.via in dead:
                            lack = Lack.SOURCE if step.method is Method.ONLINE_QUERY else Lack.AGENCY
                            yield lack, step.via, item.code, level, month.name
                        elif step.method is Method.ASSISTANCE and step.via in alone:
                            yield Lack.SUPERIOR, step.via, item.code, level, month.name
                    if not desk.drawn and (row.stratum or any(step.method is Method.ON_SITE for step in ways)):
                        yield Lack.PLAN, "", item.code, level, month.name
                        assert level in visited(policy)[item.code]
