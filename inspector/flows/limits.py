"""The last day on which an unlawful act may be found for a penalty, where it lies before the day by which the office looks anyhow.

Penalties Law art. 36. A verification or a review that ends in time has no such matter; an act of long ago has, with its date, on the list
of decisions, so that nobody reads of it when it is too late.
"""

from __future__ import annotations

from datetime import datetime

from inspector.domain import limitation
from inspector.domain.case import Case
from inspector.domain.docket import PENALTY_LIMIT
from inspector.domain.policy import Policy
from inspector.domain.proposal import Proposal
from inspector.flows.office import Office
from inspector.store.tx import Tx


def look(office: Office, tx: Tx, case: Case, policy: Policy, now: datetime) -> None:
    """Open the matter of a case that may come to a penalty and would be looked at too late; over once it is decided or left the house."""
    row = policy.consequences.get(Proposal.PENALTY)
    if row is None or row.found is None:
        return
    last = limitation.last_day(row, limitation.began(case))
    term = case.review_term or case.verify_term
    due_at = office.calendar.closing(last) if last is not None else None
    late = due_at is not None and term is not None and now <= due_at < term.due_at
    if case.outcome is not None or case.state.gone:
        tx.attention.over(f"{PENALTY_LIMIT}:{case.id}", now)
    if case.outcome is not None or case.state.gone or not late or due_at is None:
        return
    facts = {"case": case.id, "due_at": due_at.isoformat(), "basis": row.basis}
    tx.attention.add(PENALTY_LIMIT, case.agency, case.id, lambda told: {**told, **facts}, now)
