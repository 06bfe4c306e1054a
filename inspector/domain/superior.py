"""Whom two agencies have above both: it decides what they dispute (handbook 1.5.4, scenario 55)."""

from __future__ import annotations

from collections.abc import Mapping


def common_superior(parents: Mapping[str, str | None], one: str, other: str) -> str | None:
    """The lowest agency above both (handbook 1.5.4, scenario 55), or None when the tree knows none."""
    above: list[str] = []
    here = parents.get(one)
    while here and here not in above:
        above.append(here)
        here = parents.get(here)
    here = parents.get(other)
    seen: set[str] = set()
    while here and here not in seen:
        if here in above:
            return here
        seen.add(here)
        here = parents.get(here)
    return None
