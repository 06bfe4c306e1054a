"""What visits found, by group of inspectors: for correction and training, and never a ranking of persons (handbook 1.4.15).

A group is an area pool. One in which fewer went than a floor is put together with others like it: a group that says what one person did
is no group. Nothing is sorted by its numbers, and nothing is a target: levels differ, and so do areas.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

OTHERS = ""
"""The group of all whose own is too small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A visit that was made: who went, with each one's area pools; and what a second look said, None where there was none."""

    level: str
    went: Mapping[str, frozenset[str]]
    found: bool
    differs: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A group at a level: its visits, how many ended with a finding, how many were looked at again, and where that said otherwise."""

    pool: str
    level: str
    visits: int
    found: int
    looked: int
    differs: int


def crews(visits: Iterable[Made], floor: int) -> tuple[Crew, ...]:
    """Groups by name and level. Where all of them together are fewer than the floor nothing is told of anybody."""
    held = list(visits)
    persons: defaultdict[str, set[str]] = defaultdict(set)
    for one in held:
        for who, pools in one.went.items():
            for pool in pools:
                persons[pool].add(who)
    told = _merged(persons, floor)
    counts: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for one in held:
        for group in {told[pool] for pools in one.went.values() for pool in pools if pool in told}:
            counts[group, one.level].update(
                visits=1, found=int(one.found), looked=int(one.differs is not None), differs=int(bool(one.differs))
            )
    return tuple(
        Crew(pool=pool, level=level, visits=some["visits"], found=some["found"], looked=some["looked"], differs=some["differs"])
        for (pool, level), some in sorted(counts.items())
    )


def _merged(persons: Mapping[str, set[str]], floor: int) -> dict[str, str]:
    """The group that each pool is told in. Those too small go together, with the smallest of the others until they are enough."""
    by_size = sorted(persons, key=lambda pool: (len(persons[pool]), pool))
    together: set[str] = set()
    merged: list[str] = []
    for pool in by_size:
        if len(persons[pool]) >= floor and (not merged or len(together) >= floor):
            break
        merged.append(pool)
        together |= persons[pool]
    if merged and len(together) < floor:
        return {}
    return {pool: OTHERS if pool in merged else pool for pool in persons}
