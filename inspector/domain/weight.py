"""How grave what was found is: what the grade of a consequence goes by (handbook 2.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspector.domain.case import Outcome
from inspector.domain.grading import Harm


@dataclass(frozen=True, slots=True, kw_only=True)
class Grading:
    """The inputs of grading (handbook 2.7), as far as they are known; None, or no words: nobody has said.

    `earlier`: how many cases of the subject ended untrue before, the last one at `earlier_at`; `contested`: how many more are left out,
    for an objection is open there (scenario 62). `corrected`: before the decision. The last three are words: of an officer with the
    notice, or what the review's form has (a number, `true` or `false`, a `Cooperation`).
    """

    outcome: Outcome
    concluded: bool
    knowing: bool
    curable: bool | None
    grade: str | None = None
    act: str = ""
    earlier: int = 0
    earlier_at: datetime | None = None
    contested: int = 0
    harm: Harm | None = None
    corrected: bool | None = None
    amount: str = ""
    third_parties: str = ""
    cooperation: str = ""
