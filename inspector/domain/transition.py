"""Transition (过渡规定): what of a version of a pack holds for cases that were taken in under an earlier one. Without a row, nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a transition can speak of; how a case is verified stays as it was chosen.

    `OUTCOMES`: what a review leads to, whole. `PROCEEDINGS`: only by which steps it becomes true (notice, defence, a second person, for how
    long an entry is shown, repair, objection, remedies); outcomes, acts and grades stay those of the version it was taken in under.
    """

    OUTCOMES = "outcomes"
    PROCEEDINGS = "proceedings"
    SUSPENSIONS = "suspensions"
    EXTENSIONS = "extensions"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitionRow:
    """From the day its pack takes effect, what `scopes` name is taken from it for open cases of the versions `of` (labels)."""

    row: str
    of: frozenset[str]
    scopes: frozenset[Scope]
    basis: str
