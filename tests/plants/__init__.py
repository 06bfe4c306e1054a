"""Bugs that somebody might make one day, each with the tests that would not let it pass: `python -m tests.plants [NAME…]`.

A plant is a small change of the program, by the exact text that it takes the place of. The clauses of
`docs/reference/decided-by-people.md` are held in the same way, each by taking its branch out (`tests.without`).
"""

from __future__ import annotations

from collections.abc import Mapping

from tests.plants import domain, engine, flows, leaks
from tests.plants.plant import Plant


def _named(*plants: Plant) -> Mapping[str, Plant]:
    """By name, in order. Raises ValueError for a name that two have."""
    found = {one.name: one for one in plants}
    if len(found) != len(plants):
        raise ValueError("two plants have one name")
    return found


PLANTS = _named(*engine.PLANTS, *domain.PLANTS, *flows.PLANTS, *leaks.PLANTS)
"""All of them."""
