"""A case that needs a visit to somebody whom its agency is about to visit goes along: one agency checks one firm once.

What can be merged must be (国办发〔2024〕54号; SME Promotion Law art. 56; handbook 1.4.13, 1.4.19, 1.4.20). Nobody is chosen by it: the
object has been drawn, its team dealt, and whatever waits for a visit there comes along.
"""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.case import Case, ClaimStatus, Method
from inspector.domain.decision import Because, Decision
from inspector.domain.finding import Doubt
from inspector.domain.trail import MERGE
from inspector.domain.visit import Visit


def doubts(case: Case) -> tuple[Doubt, ...]:
    """What is in question: the claims that only the premises can settle; for a sampled case every claim."""
    on_site = [
        held.claim
        for held in case.claims
        if held.status is ClaimStatus.OPEN and held.step is not None and held.step.method is Method.ON_SITE
    ]
    claims, needed = on_site or [held.claim for held in case.claims], bool(on_site)
    return tuple(
        Doubt(agency=case.agency, case_id=case.id, claim=claim.key, fact=claim.fact, claimed=claim.value, needed=needed)
        for claim in claims
    )


def merge(visit: Visit, case: Case, begun: bool, pack: str) -> Decision[Visit] | None:
    """The visit with a case more; None where it cannot go along.

    A visit that has `begun`, or for which its agency has entered a result, is not held up by a new question; a second look goes nowhere.
    """
    entered = case.agency in {part.agency for part in visit.parts}
    if begun or entered or visit.looks_at or not visit.state.open or case.agency not in visit.agencies:
        return None
    asked = doubts(case)
    changed = replace(
        visit,
        doubts=(*visit.doubts, *asked),
        case_ids=(*visit.case_ids, case.id),
        merged=(*visit.merged, case.id),
        name=visit.name or case.subject.name,
    )
    because = Because(rule=MERGE, basis=(visit.basis,), pack=pack, facts={"facts": len(asked)})
    return Decision(state=changed, because=because)
