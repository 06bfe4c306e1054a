"""Whom two agencies have above both: it decides what they dispute (handbook 1.5.4, scenario 55)."""

from __future__ import annotations

from collections.abc import Mapping


def one_sided(parents: Mapping[str, str | None], agency: str, party: str, other: str) -> bool:
    """Whether an agency's officers take the steps of one `party` to a request: its own, and those of who stands above it alone.

    Whoever is the `other` party, or stands above both, acts for neither: nobody is asked and asks, or judges what he has brought up.
    """
    return agency == party or (agency in _above(parents, party) and agency != other and agency not in _above(parents, other))


def common_superior(parents: Mapping[str, str | None], one: str, other: str) -> str | None:
    """The lowest agency above both (handbook 1.5.4, scenario 55), or None when the tree knows none."""
    above = _above(parents, one)
    return next((agency for agency in _above(parents, other) if agency in above), None)


def _above(parents: Mapping[str, str | None], agency: str) -> list[str]:
    """Those above an agency, the nearest first; a ring is walked once."""
    line: list[str] = []
    here = parents.get(agency)
    while here and here not in line:
        line.append(here)
        here = parents.get(here)
    return line
