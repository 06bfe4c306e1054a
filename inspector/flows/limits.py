"""The last day on which an unlawful act may be found for a penalty, where it lies before the day by which the office looks anyhow.

Penalties Law art. 36. A verification or a review that ends in time has no such matter; an act of long ago has, with its date, on the list
of decisions, so that nobody reads of it when it is too late. So has a case in review that stands past its own date: nothing else of it
comes due any more.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from inspector.domain import limitation
from inspector.domain.case import Case
from inspector.domain.docket import PENALTY_LIMIT
from inspector.domain.errors import Missing
from inspector.domain.proposal import ConsequenceRow, Proposal
from inspector.domain.transition import Scope
from inspector.flows.office import Office
from inspector.store.tx import Tx

_PAGE = 200


def look(office: Office, tx: Tx, case: Case, now: datetime) -> None:
    """Open the matter of a case that may come to a penalty and would be looked at too late; over once it is decided or left the house.

    What nobody verifies has none of these dates (`supervised`).
    """
    row = rule(office, case, now)
    if row is None:
        return
    if case.outcome is not None or case.state.gone:
        tx.attention.over(f"{PENALTY_LIMIT}:{case.id}", now)
        return
    term = case.review_term or case.verify_term
    if term is not None:
        tell(office, tx, case, row, term.due_at, now)


def rule(office: Office, case: Case, now: datetime) -> ConsequenceRow | None:
    """The row that would rule a penalty of a case today; None: it says nothing of such a day."""
    row = office.ruling(case.agency, case.pack, Scope.OUTCOMES, now).policy.consequences.get(Proposal.PENALTY)
    return row if row is not None and row.found is not None else None


def tell(office: Office, tx: Tx, case: Case, row: ConsequenceRow, by: datetime, now: datetime, visit: str = "") -> None:
    """List a case by its last day, where that lies before the day `by` which it is looked at, or that one has passed.

    `visit`: which one looks at it, or has found something there.
    """
    last = limitation.last_day(row, limitation.began(case))
    due_at = office.calendar.closing(last) if last is not None else None
    if due_at is None or now > due_at:
        return
    if due_at < by or by <= now:
        facts = {"case": case.id, "due_at": due_at.isoformat(), "basis": row.basis} | ({"visit": visit} if visit else {})
        tx.attention.add(PENALTY_LIMIT, case.agency, case.id, lambda told: {**told, **facts}, now)


def sweep(office: Office) -> None:
    """Look at every case in review, for time passes and packs begin while nobody touches it; what was closed once stays so."""
    after: str | None = ""
    while after is not None:
        with office.store.read() as tx:
            names = tx.cases.in_review(after, _PAGE)
            fresh = [one for one in names if tx.attention.get(f"{PENALTY_LIMIT}:{one}") is None]
        for name in fresh:
            with suppress(Missing), office.store.begin() as tx:
                look(office, tx, tx.cases.get(name, lock=True), office.now())
        after = names[-1] if len(names) == _PAGE else None
