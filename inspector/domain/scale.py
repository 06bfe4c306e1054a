"""A credit level that several ratings make together, as grade × risk class (handbook 1.3.13, 2.1): one row for every combination.

A rating is then stated as `grade=good;risk=low`, the axes in any order; one that is stated as a level of the scale counts as that level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One of the ratings: its code and name, and the values there are."""

    code: str
    name: str
    values: tuple[str, ...]
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CombineRow:
    """The level of some combinations: `of` names the values by axis, and an axis left out there may have any."""

    row: str
    level: str
    of: Mapping[str, frozenset[str]]
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """The axes and their rows; none in a pack whose levels are stated as they are."""

    axes: tuple[Axis, ...] = ()
    rows: tuple[CombineRow, ...] = ()

    @property
    def form(self) -> str:
        """How a rating is stated, for people: `grade=excellent|good;risk=low|high`; empty without axes."""
        return ";".join(f"{axis.code}={'|'.join(axis.values)}" for axis in self.axes)

    def combined(self, stated: str) -> CombineRow | None:
        """The row of what is stated on every axis; None for anything else. The loader has proven that there is exactly one."""
        told = read(stated)
        if told is None or told.keys() != {axis.code for axis in self.axes}:
            return None
        if any(told[axis.code] not in axis.values for axis in self.axes):
            return None
        return next((row for row in self.rows if all(told[axis] in values for axis, values in row.of.items())), None)

    def levels(self) -> dict[str, str]:
        """The level of every combination, by how it is stated with the axes in their order."""
        codes = [axis.code for axis in self.axes]
        told = {values: row.level for row in self.rows for values in covered(self.axes, row)}
        return (
            {
                ";".join(f"{code}={value}" for code, value in zip(codes, values, strict=True)): told[values]
                for values in combinations(self.axes)
            }
            if codes
            else {}
        )


def read(stated: str) -> dict[str, str] | None:
    """The values by axis of a statement; None where it has another form or names an axis twice."""
    pairs = [part.partition("=") for part in stated.split(";")]
    told = {axis.strip(): value.strip() for axis, equals, value in pairs if equals}
    return told if len(told) == len(pairs) and all(told) and all(told.values()) else None


def combinations(axes: tuple[Axis, ...]) -> Iterator[tuple[str, ...]]:
    """Every combination of values, in the order of the axes."""
    return product(*(axis.values for axis in axes))


def covered(axes: tuple[Axis, ...], row: CombineRow) -> Iterator[tuple[str, ...]]:
    """The combinations that a row speaks of."""
    return product(*([value for value in axis.values if value in row.of.get(axis.code, axis.values)] for axis in axes))
