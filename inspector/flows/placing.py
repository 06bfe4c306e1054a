"""From the reasons why an object is in a frame to its one row: which stratum, and whether it may be drawn this time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from inspector.domain.exclusion import Barred, barred, first, near, overdue, suppressed
from inspector.domain.policy import Policy
from inspector.domain.sampling import FULL, MUST
from inspector.flows.entries import Entry
from inspector.flows.history import History
from inspector.flows.members import Member


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An object's row to be. `barred` is why it may not be drawn, None when it may."""

    member: Member
    barred: Barred | None

    @property
    def stratum(self) -> str:
        """The stratum it stands in."""
        return self.member.stratum


@dataclass(slots=True, kw_only=True)
class Placing:
    """A whole frame placed. `aside` counts cases left for a later frame by the row that did it; `warned` objects near their stop.

    `several`: of each object that could stand in more than one stratum, in which.
    """

    placed: dict[str, Placed] = field(default_factory=dict)
    several: dict[str, tuple[str, ...]] = field(default_factory=dict)
    aside: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    warned: int = 0

    def candidates(self) -> tuple[Counter[str], Counter[str]]:
        """(rows, rows that may be drawn) of each stratum, an object of several counted in each: of what a stratum's chance is told."""
        rows, able = Counter[str](), Counter[str]()
        for name, one in self.placed.items():
            for code in self.several.get(name, (one.stratum,)):
                rows[code] += 1
                able[code] += one.barred is None
        return rows, able

    def excluded(self) -> dict[str, dict[str, int]]:
        """How many of each stratum bear each code."""
        told: dict[str, Counter[str]] = {}
        for one in self.placed.values():
            if one.barred is not None:
                told.setdefault(one.stratum, Counter())[one.barred.code] += 1
        return {stratum: dict(sorted(codes.items())) for stratum, codes in sorted(told.items())}

    def reasons(self) -> dict[str, list[list[str]]]:
        """The rows that each code rests on here."""
        held = {(one.barred.code, one.barred.row, one.barred.basis) for one in self.placed.values() if one.barred is not None}
        return {
            code: [[row, basis] for other, row, basis in sorted(held) if other == code]
            for code in sorted({c for c, _, _ in held})
        }


Bars = Callable[[str, str, bool], Iterable[Barred]]
"""What bars an object for those who would join its visit, by its name and level; the last says whether it must be seen."""


def place(
    entries: Iterable[Entry],
    policy: Policy,
    past: History,
    today: date,
    horizon: date,
    others: Bars,
    chances: Mapping[str, Fraction] | None = None,
) -> Placing:
    """One object a subject, in the stratum with the highest chance (scenario 25); `horizon` is when the next draw's visits are due.

    `chances` are the k/E that the quota gives each stratum; a stratum without one counts by its row's ratio. What is equal there is
    decided by the ratio, then by the code.
    """
    by_name: dict[str, list[Entry]] = {}
    for entry in entries:
        by_name.setdefault(entry.name, []).append(entry)
    ratios = {row.stratum: ((chances or {}).get(row.stratum, row.ratio), row.ratio) for row in policy.samplings}
    made = Placing()
    for name, held in by_name.items():
        _place(made, name, held, policy, ratios, past, today, horizon, others)
    return made


def _place(  # noqa: PLR0913, PLR0917 - one object in all its parts
    made: Placing,
    name: str,
    held: list[Entry],
    policy: Policy,
    ratios: Mapping[str, tuple[Fraction, Fraction]],
    past: History,
    today: date,
    horizon: date,
    others: Bars,
) -> None:
    """One object. A visit that a case needs is never barred; a check of items that another one has just made is.

    Where only some of an object's items are suppressed, their cases wait for a later frame and the rest is drawn.
    """
    seen = past.of(name)
    needed = [entry for entry in held if entry.stratum == FULL]
    if needed:
        made.placed[name] = Placed(member=_member(held, FULL), barred=None)
        return
    reasons = {id(entry): suppressed(seen, policy.limits, entry.items, today) for entry in held}
    free = [entry for entry in held if reasons[id(entry)] is None]
    for entry in held if free else ():
        if (why := reasons[id(entry)]) is not None:
            made.aside[why.code, why.row, why.basis] += 1
    kept = free or held
    stratum = max((entry.stratum for entry in kept), key=lambda code: (ratios[code], code))
    frequency = policy.limits.frequencies[policy.sampling(stratum).level or policy.unrated]
    must = any(entry.member.pooled and overdue(seen, entry.since, frequency, horizon) for entry in kept)
    found = [*barred(seen, frequency, policy.limits, today, must=must), *others(name, frequency.level, must)]
    if not free and not must:
        found += [why for why in reasons.values() if why is not None]
    made.warned += near(seen, frequency, policy.limits, today)
    if not must and len(strata := sorted({entry.stratum for entry in kept})) > 1:
        made.several[name] = tuple(strata)
    made.placed[name] = Placed(member=_member(kept, MUST if must else stratum), barred=first(found))


def _member(held: list[Entry], stratum: str) -> Member:
    merged = held[0].member
    for entry in held[1:]:
        other = entry.member
        cases, pooled = (*merged.cases, *other.cases), merged.pooled or other.pooled
        merged = replace(merged, name=merged.name or other.name, cases=cases, pooled=pooled)
    return replace(merged, stratum=stratum)
