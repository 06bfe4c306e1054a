"""The chain of an agency's commitments, in the order in which each names the one before: no clock says it (ruling 18)."""

from __future__ import annotations

from collections.abc import Mapping


def places(made: Mapping[str, tuple[str, str | None]]) -> dict[str, tuple[str, int]]:
    """Where each commitment stands: the number that its chain begins with, and how many come before it.

    `made` has by number the C and the `prev`. One whose `prev` is not among them begins a chain of its own.
    """
    numbers = {c: number for number, (c, _) in made.items()}
    placed: dict[str, tuple[str, int]] = {}
    for number in made:
        way, at = dict[str, None](), number
        while at not in placed and at not in way:
            way[at] = None
            at = numbers.get(made[at][1] or "", at)
        first, before = placed.get(at, (at, -1))
        for one in reversed(way):
            before += 1
            placed[one] = (first, before)
    return placed
