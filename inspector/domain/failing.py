"""An order to rectify that failed: what was curable weighs as what is not, where an officer says so in a proceeding of its own (2.7).

Nothing follows by itself: an officer proposes, its subject reads the graver grade and defends itself, an officer decides. Then the entry
takes the place of the lighter one (decision 175).
"""

from __future__ import annotations

from collections.abc import Sequence

from inspector.domain.act import GRAVITY
from inspector.domain.case import Outcome
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.opening import Opening
from inspector.domain.policy import Policy
from inspector.domain.proposal import Proposal


def weighed(given: Opening, outcome: Outcome, policy: Policy, others: Sequence[Consequence]) -> Outcome:
    """By which outcome's row, and acts, an entry is graded: once an order of this finding has failed, by that of what cannot be cured.

    An act of the finding itself is still one: whoever has no entry yet may be entered for what was found.
    """
    row = policy.outcomes.get(Outcome.UNTRUE_INCURABLE)
    if given.proposal is not Proposal.RECORD_CREDIT or row is None or row.grade not in GRAVITY:
        return outcome
    failed = any(one.grading.outcome is outcome for one in _failed(others))
    own = any(one.row == given.act and outcome in one.outcomes for one in policy.acts)
    return Outcome.UNTRUE_INCURABLE if failed and not own else outcome


def graver(grade: str | None, others: Sequence[Consequence]) -> bool:
    """Whether an entry of this grade may take the place of the one there is: an order has failed, and no entry in force is as grave."""
    if grade not in GRAVITY or not _failed(others):
        return False
    standing = [one for one in others if one.proposal is Proposal.RECORD_CREDIT and one.state is ConsequenceState.IMPOSED]
    grades = [one.grading.grade or "" for one in standing]
    return bool(grades) and all(one in GRAVITY[: GRAVITY.index(grade)] for one in grades)


def waits(grade: str | None, there: Consequence, others: Sequence[Consequence]) -> bool:
    """Whether an entry of this grade waits for a lighter one of the finding that is proposed, and neither decided nor let go."""
    lighter = grade in GRAVITY and (there.grading.grade or "") in GRAVITY[: GRAVITY.index(grade)]
    return lighter and there.open and bool(_failed(others))


def _failed(others: Sequence[Consequence]) -> list[Consequence]:
    return [one for one in others if one.proposal is Proposal.ORDER_RECTIFY and one.state is ConsequenceState.FAILED]
