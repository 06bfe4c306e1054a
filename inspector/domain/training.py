"""What visits found, by group of inspectors: for correction and training, and never a ranking of persons (handbook 1.4.15).

A group is an area pool at a level. One in which fewer went than a floor is put together with others like it: a group that says what one
person did is no group. Nothing is sorted by its numbers, and nothing is a target: levels differ, and so do areas.

The floor holds for each figure, and for what two reports differ in: figures are made of whole quarters, each with groups of its own that
are told or not, and a report over several adds up what each of them tells. So whoever takes one report from another has a quarter's
own figures, which he could have asked for, and never those of a week in which one person went.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

OTHERS = ""
"""The group of all whose own is too small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A visit that was made: who went, with each one's area pools."""

    level: str
    went: Mapping[str, frozenset[str]]
    found: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """A second look that was made: at a visit by whom, and whether it said otherwise."""

    level: str
    went: Mapping[str, frozenset[str]]
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A group at a level: its visits, how many ended with a finding, how many were looked at again, and where that said otherwise.

    `looked` and `differs` are None where fewer persons than the floor were looked at.
    """

    pool: str
    level: str
    visits: int
    found: int
    looked: int | None
    differs: int | None


def crews(visits: Iterable[Made], looks: Iterable[Looked], floor: int) -> tuple[Crew, ...]:
    """The groups of one quarter by name and level. Of a level at which fewer went than the floor nothing is told."""
    held, seen = defaultdict[str, list[Made]](list), defaultdict[str, list[Looked]](list)
    for visit in visits:
        held[visit.level].append(visit)
    for look in looks:
        seen[look.level].append(look)
    told = [one for level, some in held.items() for one in _of_level(level, some, seen[level], floor)]
    return tuple(sorted(told, key=lambda one: (one.pool, one.level)))


def added(quarters: Iterable[Sequence[Crew]]) -> tuple[Crew, ...]:
    """The groups of several quarters: what each of them tells, added up, and nothing that none of them does."""
    whole = defaultdict[tuple[str, str], list[Crew]](list)
    for quarter in quarters:
        for one in quarter:
            whole[one.pool, one.level].append(one)
    return tuple(
        Crew(
            pool=pool,
            level=level,
            visits=sum(one.visits for one in some),
            found=sum(one.found for one in some),
            looked=_sum(one.looked for one in some),
            differs=_sum(one.differs for one in some),
        )
        for (pool, level), some in sorted(whole.items())
    )


def _sum(figures: Iterable[int | None]) -> int | None:
    told = [one for one in figures if one is not None]
    return sum(told) if told else None


def _of_level(level: str, visits: Sequence[Made], looks: Sequence[Looked], floor: int) -> Iterable[Crew]:
    groups = _groups(_persons(one.went for one in visits), floor)
    counts, looked = defaultdict[str, Counter[str]](Counter), defaultdict[str, Counter[str]](Counter)
    persons = defaultdict[str, set[str]](set)
    for visit in visits:
        for group in _in(visit.went, groups):
            counts[group].update(visits=1, found=int(visit.found))
    for look in looks:
        for group in _in(look.went, groups):
            looked[group].update(looked=1, differs=int(look.differs))
            persons[group] |= {who for who, pools in look.went.items() if any(groups.get(pool) == group for pool in pools)}
    for group, some in counts.items():
        enough = len(persons[group]) >= floor
        again = (looked[group]["looked"], looked[group]["differs"]) if enough else (None, None)
        yield Crew(pool=group, level=level, visits=some["visits"], found=some["found"], looked=again[0], differs=again[1])


def _persons(went: Iterable[Mapping[str, frozenset[str]]]) -> dict[str, set[str]]:
    """Who went, by pool."""
    persons = defaultdict[str, set[str]](set)
    for team in went:
        for who, pools in team.items():
            for pool in pools:
                persons[pool].add(who)
    return persons


def _in(went: Mapping[str, frozenset[str]], groups: Mapping[str, str]) -> set[str]:
    return {groups[pool] for pools in went.values() for pool in pools if pool in groups}


def _groups(persons: Mapping[str, AbstractSet[str]], floor: int) -> dict[str, str]:
    """The group that each pool is told in; none where all together are too few.

    Those too small go together, with the smallest of the others until they are enough. So do two of which one holds the other and fewer
    than the floor besides: their difference would tell of those few.
    """
    by_size = sorted(persons, key=lambda pool: (len(persons[pool]), pool))
    merged = {pool for pool in by_size if len(persons[pool]) < floor}
    while True:
        together = frozenset[str]().union(*(persons[pool] for pool in merged))
        told = {OTHERS: together} if merged else {}
        told |= {pool: frozenset(persons[pool]) for pool in by_size if pool not in merged}
        close = {pool for few in told for most in told for pool in (few, most) if 0 < _beyond(told[few], told[most]) < floor}
        if merged and len(together) < floor:
            close |= {next((pool for pool in by_size if pool not in merged), OTHERS)}
        if not (close := close - {OTHERS}):
            break
        merged |= close
    return {} if len(together) < floor and merged else {pool: OTHERS if pool in merged else pool for pool in persons}


def _beyond(few: AbstractSet[str], most: AbstractSet[str]) -> int:
    """How many more are in the one than in the other that it holds; 0 where it does not hold it."""
    return len(most) - len(few) if few < most else 0
