"""A case's past decisions computed again (`case replay`): from its stored facts, its pack and the calendar of today."""

from __future__ import annotations

from inspector.domain.recompute import Again, Ground, Past, recompute
from inspector.domain.transition import Scope
from inspector.flows.office import Office
from inspector.store.tx import Tx


def replay(office: Office, tx: Tx, case_id: str) -> list[tuple[Past, Again]]:
    """Each entry about a case with what it comes to. Raises Missing."""
    case = tx.cases.get(case_id)
    ground = Ground(
        case=case,
        evidence={one.id: one for one in tx.cases.evidence(case_id)},
        policy=office.book.get(case.pack),
        calendar=office.calendar,
        ruling=lambda at: office.ruling(case.agency, case.pack, Scope.OUTCOMES, at),
    )
    entries = [Past(id=row["id"], at=row["at"], rule=row["rule"], body=row["body"]) for row in tx.ledger.about(case_id)]
    return list(recompute(ground, entries))
