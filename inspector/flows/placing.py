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
    """An object's row to be. `barred` is why it may not be drawn, None when it may.

    `several` are the strata it could stand in, where they are more than one; `wavers` says that its place depends on their chances.
    `aside` is why cases of it are left for a later frame, one for each; `near` that its visits come near their stop.
    """

    name: str
    member: Member
    barred: Barred | None = None
    several: tuple[str, ...] = ()
    wavers: bool = False
    aside: tuple[Barred, ...] = ()
    near: bool = False

    @property
    def stratum(self) -> str:
        """The stratum it stands in."""
        return self.member.stratum


@dataclass(slots=True, kw_only=True)
class Placing:
    """A whole frame placed, in numbers: the objects themselves need not be held.

    `aside` counts cases left for a later frame by the row that did it; `warned` objects near their stop; `several` objects that
    could stand in more than one stratum; `rows` and `able` count each of those in every one: of what a stratum's chance is told.
    """

    rows: Counter[str] = field(default_factory=Counter)
    able: Counter[str] = field(default_factory=Counter)
    barred: Counter[tuple[str, Barred]] = field(default_factory=Counter)
    aside: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    several: int = 0
    warned: int = 0

    def add(self, one: Placed) -> None:
        """Count an object."""
        for code in one.several or (one.stratum,):
            self.rows[code] += 1
            self.able[code] += one.barred is None
        if one.barred is not None:
            self.barred[one.stratum, one.barred] += 1
        for why in one.aside:
            self.aside[why.code, why.row, why.basis] += 1
        self.several += bool(one.several)
        self.warned += one.near

    def with_all(self, more: Iterable[Placed]) -> Placing:
        """As if these had been counted too."""
        made = replace(self, rows=self.rows.copy(), able=self.able.copy(), barred=self.barred.copy(), aside=self.aside.copy())
        for one in more:
            made.add(one)
        return made

    def excluded(self) -> dict[str, dict[str, int]]:
        """How many of each stratum bear each code."""
        told: dict[str, Counter[str]] = {}
        for (stratum, why), count in self.barred.items():
            told.setdefault(stratum, Counter())[why.code] += count
        return {stratum: dict(sorted(codes.items())) for stratum, codes in sorted(told.items())}

    def reasons(self) -> dict[str, list[list[str]]]:
        """The rows that each code rests on here."""
        held = sorted({(why.code, why.row, why.basis) for _, why in self.barred})
        return {code: [[row, basis] for other, row, basis in held if other == code] for code in sorted({c for c, _, _ in held})}


Bars = Callable[[str, str, bool], Iterable[Barred]]
"""What bars an object for those who would join its visit, by its name and level; the last says whether it must be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placer:
    """One object a subject, in the stratum with the highest chance (scenario 25); `horizon` is when the next draw's visits are due.

    `ratios` are those of `chances`.
    """

    policy: Policy
    ratios: Mapping[str, tuple[Fraction, Fraction]]
    past: History
    today: date
    horizon: date
    others: Bars

    def place(self, held: list[Entry]) -> Placed:
        """One object, for all the reasons why it is in the frame.

        A visit that a case needs is never barred; a check of items that another one has just made is. Where only some of an
        object's items are suppressed, their cases wait for a later frame and the rest is drawn.
        """
        name, policy, limits = held[0].name, self.policy, self.policy.limits
        if any(entry.stratum == FULL for entry in held):
            return Placed(name=name, member=_member(held, FULL))
        seen = self.past.of(name)
        reasons = [suppressed(seen, limits, entry.items, self.today) for entry in held]
        free = [entry for entry, why in zip(held, reasons, strict=True) if why is None]
        kept = free or held
        strata = sorted({entry.stratum for entry in kept})
        stratum = max(strata, key=lambda code: (self.ratios[code], code))
        frequency = limits.frequencies[policy.sampling(stratum).level or policy.unrated]
        must = any(entry.member.pooled and overdue(seen, entry.since, frequency, self.horizon) for entry in kept)
        whys = [why for why in reasons if why is not None]
        found = [*barred(seen, frequency, limits, self.today, must=must), *self.others(name, frequency.level, must)]
        if not free and not must:
            found += whys
        return Placed(
            name=name,
            member=_member(kept, MUST if must else stratum),
            barred=first(found),
            several=tuple(strata) if len(strata) > 1 and not must else (),
            wavers=len(strata) > 1,
            aside=tuple(whys) if free else (),
            near=near(seen, frequency, limits, self.today),
        )


def ratios(policy: Policy, chances: Mapping[str, Fraction]) -> dict[str, tuple[Fraction, Fraction]]:
    """By what an object of several strata is placed.

    `chances` are the k/E that the quota gives each stratum; one without counts by its row's ratio. What is equal there is decided
    by the ratio, then by the code.
    """
    return {row.stratum: (chances.get(row.stratum, row.ratio), row.ratio) for row in policy.samplings}


def _member(held: list[Entry], stratum: str) -> Member:
    merged = held[0].member
    for entry in held[1:]:
        other = entry.member
        cases, pooled = (*merged.cases, *other.cases), merged.pooled or other.pooled
        merged = replace(merged, name=merged.name or other.name, cases=cases, pooled=pooled)
    return replace(merged, stratum=stratum)
