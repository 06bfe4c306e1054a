"""What the gravity of an untrue promise is judged by (handbook 2.7): kept with the officer's review, whatever outcome it comes to.

All but one are what a named officer has found. Whether it is the first time follows from our own records, and nobody types it in.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inspector.domain.calendar import Term
from inspector.domain.case import Outcome
from inspector.domain.errors import Invalid


class Knowledge(StrEnum):
    """Whether the subject knew that what was promised is not so."""

    KNOWING = "KNOWING"
    NEGLIGENT = "NEGLIGENT"
    UNKNOWING = "UNKNOWING"


class Harm(StrEnum):
    """What harm it did (handbook 2.7)."""

    NONE = "NONE"
    MINOR = "MINOR"
    GRAVE = "GRAVE"


class Cooperation(StrEnum):
    """How the subject co-operated."""

    FULL = "FULL"
    PARTIAL = "PARTIAL"
    REFUSED = "REFUSED"


class GradingInput(StrEnum):
    """The grading inputs by their field; `first_time` is computed."""

    KNOWLEDGE = "knowledge"
    CURABLE = "curable"
    CORRECTED = "corrected"
    HARM = "harm"
    AMOUNT = "amount"
    THIRD_PARTIES = "third_parties"
    COOPERATION = "cooperation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """What an officer has found; None: nothing was said. `corrected`: before the date set; `amount` in whole yuan."""

    knowledge: Knowledge | None = None
    curable: bool | None = None
    corrected: bool | None = None
    harm: Harm | None = None
    amount: int | None = None
    third_parties: bool | None = None
    cooperation: Cooperation | None = None

    def told(self) -> dict[str, object]:
        """What was said, by field, as the ledger keeps it."""
        held = {one.value: getattr(self, one.value) for one in GradingInput}
        return {name: value for name, value in held.items() if value is not None}


EXAMPLE = Grading(
    knowledge=Knowledge.NEGLIGENT,
    curable=True,
    corrected=False,
    harm=Harm.NONE,
    amount=0,
    third_parties=False,
    cooperation=Cooperation.FULL,
)
"""What a pack's example takes as said, whatever its rows need: they ask, and grade nothing by themselves."""


def graded(facts: Mapping[str, Any]) -> Grading:
    """What an entry of the ledger says that an officer has found: `Grading.told`, each under `grade_…`, read back."""
    read: Mapping[GradingInput, Callable[[Any], Any]] = {
        GradingInput.KNOWLEDGE: Knowledge,
        GradingInput.HARM: Harm,
        GradingInput.COOPERATION: Cooperation,
    }
    said: dict[GradingInput, Any] = {one: facts[name] for one in GradingInput if (name := f"grade_{one.value}") in facts}
    return Grading(**{one.value: read[one](value) if one in read else value for one, value in said.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class GradingRow:
    """A row of a pack's `[[grading]]`: under which outcomes which inputs are needed, and within which time another one is no first."""

    row: str
    outcomes: frozenset[Outcome]
    needs: tuple[GradingInput, ...]
    within: Term
    basis: str


def lacking(rows: Collection[GradingRow], outcome: Outcome, grading: Grading) -> Invalid | None:
    """What the pack needs for an outcome that discredits and nobody has said; None where nothing lacks."""
    said = grading.told()
    needed = dict.fromkeys(one for row in rows if outcome in row.outcomes for one in row.needs)
    missing = tuple(one for one in needed if one.value not in said)
    return Invalid("grading_missing", missing=missing, field=missing[0].value, outcome=outcome) if missing else None
