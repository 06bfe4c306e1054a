"""An entry to somebody's discredit that no rule of the pack makes: the review stands, the entry waits for a person (handbook 1.7.11).

By no pack is anybody entered without notice, defence and an officer's decision, nor for ever. Where the pack in force has no row for it, a
person is told which pack, and what to do: take up one that has (`consequence propose … RECORD_CREDIT` then opens the proceeding).
"""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import Case
from inspector.domain.consequence import Consequence
from inspector.domain.decision import Because, Decision
from inspector.domain.docket import HELD_ENTRY
from inspector.domain.ending import HELD
from inspector.domain.errors import Refusal
from inspector.domain.policy import Policy
from inspector.domain.proposal import Proposal
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.shaken import by_review
from inspector.store.tx import Tx


def hold(office: Office, tx: Tx, case: Case, decision: Decision[Case], officer: str, now: datetime) -> None:
    """Where a review would have discredited somebody by a pack that has no rule for it, say so in the ledger and to a person."""
    for told in decision.told:
        if told.type == HELD:
            facts = {"officer": officer, "outcome": case.outcome, **told.data}
            because = Because(rule=HELD, basis=decision.because.basis, pack=str(told.data["pack"]), facts=facts)
            record(tx, case.id, Decision(state=None, because=because), now, {"record": "held"}, kept=case.pack)
            waits = by_review(office, case.pack, {**told.data, "case": case.id}, now)
            tx.attention.add(HELD_ENTRY, case.agency, case.id, waits, now)


def over(tx: Tx, case_id: str, now: datetime) -> None:
    """Nothing waits any more: a proceeding has begun, or the outcome does not stand."""
    tx.attention.close(f"{HELD_ENTRY}:{case_id}", now)


def refuse_endless(held: Consequence, policy: Policy) -> None:
    """Raise Refusal (`publicity_unruled`) for an entry whose showing no row of the pack that would rule it ever ends."""
    refuse_unended(held.id, held.proposal, held.grading.grade, policy)


def refuse_unended(about: str, proposal: Proposal, grade: str | None, policy: Policy) -> None:
    """The same of an entry that is not opened yet, of this grade; `about`: what it is refused for."""
    if proposal is Proposal.RECORD_CREDIT and grade not in policy.credit.publicities:
        raise Refusal("publicity_unruled", consequence=about, grade=grade, pack=policy.label)
