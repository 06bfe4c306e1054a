"""What is proposed about a case becomes a consequence with a number: its row, its basis, and what is known of its gravity."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain.case import Case, Outcome
from inspector.domain.consequence import Consequence, ConsequenceState
from inspector.domain.ending import graded
from inspector.domain.grading import Grading as Found
from inspector.domain.onset import Onset
from inspector.domain.policy import Policy
from inspector.domain.proposal import Proposal
from inspector.domain.weight import Grading

PROPOSED = "consequence.proposed"
"""The rule, and the event, by which a review proposes."""
NOTHING_FOUND = Found()
"""A review that has said nothing of the gravity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What is proposed about a case, by whom, on which evidence; `origin` is the rule, `act` the pack's row of a dishonest act.

    `found` is what the review has found of its gravity; `token` the login of who proposes; `weighed`: the outcome by whose row an entry is
    graded where that is another than the case's (an order that failed). `since`: the day on which the act ended, where it went on behind
    the day of the letter (Penalties Law art. 36). `opened_on`: the day of the paper (`document`) by which a penal proceeding was opened
    before it is entered here. `onset`: what follows from these days.
    """

    proposal: Proposal
    by: str
    evidence: tuple[str, ...]
    act: str = ""
    origin: str = PROPOSED
    reasons: str = ""
    token: str = ""
    found: Found = NOTHING_FOUND
    weighed: Outcome | None = None
    since: date | None = None
    opened_on: date | None = None
    document: str = ""
    onset: Onset | None = None


def proposed(
    case: Case,
    given: Opening,
    number: int,
    outcome: Outcome,
    policy: Policy,
    now: datetime,
    before: tuple[int, datetime | None, int] = (0, None, 0),
) -> Consequence:
    """A consequence that is proposed, with what is known for its grading by now.

    `before`: how many cases of the subject ended untrue before this one, and when the last of them did; how many more are contested.
    """
    row, outcome_row = policy.consequences[given.proposal], policy.outcomes[given.weighed or outcome]
    concluded = case.concluded_at is not None
    found = next((one for one in policy.acts if one.row == given.act), None)
    grading = Grading(
        outcome=outcome,
        concluded=concluded,
        knowing=outcome is Outcome.FALSE_KNOWING,
        curable={Outcome.UNTRUE_CURABLE: True, Outcome.UNTRUE_INCURABLE: False}.get(outcome, given.found.curable),
        grade=graded(outcome_row, found, concluded=concluded),
        act=given.act,
        earlier=before[0],
        earlier_at=before[1],
        contested=before[2],
        harm=given.found.harm,
        corrected=given.found.corrected,
        amount=str(given.found.amount) if given.found.amount is not None else "",
        third_parties="" if given.found.third_parties is None else str(given.found.third_parties).lower(),
        cooperation=given.found.cooperation or "",
    )
    bases = (row.basis, outcome_row.basis, *([found.basis] if found is not None else []), *([row.law] if row.law else []))
    return Consequence(
        id=f"{case.id}-{number}",
        case_id=case.id,
        agency=case.agency,
        proposal=given.proposal,
        state=ConsequenceState.PROPOSED,
        pack=policy.label,
        row=row.row,
        origin=given.origin,
        basis=tuple(dict.fromkeys(bases)),
        evidence=given.evidence,
        grading=grading,
        proposed_at=now,
        proposed_by=given.by,
        proposed_token=given.token,
        reasons=given.reasons,
        onset=given.onset,
    )
