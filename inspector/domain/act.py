"""Dishonest acts (失信行为): what may be entered to somebody's discredit, as a cited catalogue of the pack, and nothing else may be.

Untrue, false and dishonest are three things (the plan, items 2, 7, 8): an outcome says what was found, an act what of it is a dishonest
one, how grave by its social impact, and whether it keeps its maker from committing until it is repaired (handbook 1.7, 2.7, 8.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.domain.case import Outcome
from inspector.domain.errors import Invalid

KEPT = "kept"
"""The grade of a kept promise; every other one is to somebody's discredit."""

GRAVITY = ("minor", "general", "serious")
"""The grades of handbook 1.7.1 that are to somebody's discredit, the lightest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRow:
    """One dishonest act, by the name its document gives it: under which outcomes an officer may find it, and the grade of its entry.

    `bars`: it keeps the subject from the commitment route until it is repaired (the plan, item 2).
    """

    row: str
    name: str
    outcomes: frozenset[Outcome]
    grade: str
    basis: str
    bars: bool = False


def found(acts: Iterable[ActRow], outcome: Outcome, grade: str | None, named: str) -> ActRow | None:
    """The act that an officer names for an outcome whose entry has this grade; None where the pack asks for none.

    A pack with a catalogue has an act for each outcome that discredits, and one of them must be named; where none holds, none may be:
    nobody is entered for an act that the catalogue does not have. Raises Invalid naming those there are.
    """
    offered = {one.row: one for one in acts if outcome in one.outcomes}
    known = "; ".join(f"{one.row} {one.name}" for one in offered.values()) or "—"
    if not named:
        if offered and grade not in (None, KEPT):
            raise Invalid("act_missing", outcome=outcome, known=known, field="act")
        return None
    if named not in offered:
        raise Invalid("act_unknown", act=named, outcome=outcome, known=known, field="act")
    return offered[named]
