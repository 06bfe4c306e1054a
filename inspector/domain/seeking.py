"""How often somebody is sought before being called unreachable, as a pack says it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SeekingRow:
    """At least so many attempts (`least`), in so many `ways`, on so many `days` (handbook 2.7); in one way on one day it is one."""

    row: str
    least: int
    ways: int
    days: int
    basis: str

    @property
    def numbers(self) -> tuple[int, int, int]:
        """The three, in this order."""
        return self.least, self.ways, self.days


SHIPPED = SeekingRow(row="seeking", least=3, ways=2, days=2, basis="")
"""What holds where a pack has no row of its own; fewer needs a document (`policybook.records`)."""


def strictest(rows: Iterable[SeekingRow]) -> SeekingRow:
    """What is enough by each of several packs at once."""
    held = tuple(rows) or (SHIPPED,)
    least, ways, days = (max(numbers) for numbers in zip(*(one.numbers for one in held), strict=True))
    return SeekingRow(row=held[0].row, least=least, ways=ways, days=days, basis=held[0].basis)
