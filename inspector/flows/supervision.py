"""Daily supervision (日常监管): what a visit to the pool may look at, and what becomes of what it finds (the plan, item 7)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inspector.domain import review
from inspector.domain.case import Case, CaseState, Route
from inspector.domain.decision import Decision
from inspector.domain.evidence import Evidence
from inspector.domain.finding import Doubt
from inspector.domain.outside import JOINED_MATTER
from inspector.domain.result import overseen
from inspector.domain.unmet import unmet
from inspector.domain.visit import Seat, Visit
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import short_of
from inspector.flows.settle import settle_case
from inspector.store.tx import Tx

FOUND = "visit_finding"
"""The matter for a person that a finding opens: who looks at it decides what it is, a rule never does."""

_MOST = 50
"""So many exempt cases of one subject are shown to a team, the oldest first; a finding about another one is told in words."""


def exempt(tx: Tx, held: Visit, agency: str) -> tuple[Doubt, ...]:
    """The promises of a visited subject that are exempt from verification one by one, of the agency in whose pool it was drawn."""
    if not held.pooled or agency != held.agency:
        return ()
    only = {"subject_kind": held.kind.value, "route": Route.COMMITMENT.value}
    # a mistyped one is the same firm's, and the visit may go by the code of another agency's list
    codes = tx.rosters.spellings(agency, held.kind, tx.rosters.goes_by(agency, held.kind, held.code))
    cases = [
        case
        for code in codes
        for case in tx.cases.page(
            agencies=[agency], state=CaseState.POOLED.value, only=only | {"subject_code": code}, limit=_MOST
        )
    ][:_MOST]
    return tuple(
        Doubt(agency=agency, case_id=case.id, claim=one.claim.key, fact=one.claim.fact, claimed=one.claim.value)
        for case in cases
        for one in case.claims
    )


def beside(tx: Tx, held: Visit, agency: str) -> tuple[Doubt, ...]:
    """What a team may answer and need not: exempt promises, and what was settled while it was on its way (`spared`)."""
    return (*exempt(tx, held, agency), *(one for one in held.spared if one.agency == agency))


def found(office: Office, tx: Tx, case: Case, piece: Evidence, now: datetime) -> Case:
    """What was found about a case that was over, or whose item is exempt; the caller holds the case, and has kept the evidence.

    What contradicts a case that was found untrue already opens nothing again: whoever decides what follows from it is told.
    """
    policy = office.book.get(case.pack)
    decision = review.finding(case, piece, policy, now, office.calendar)
    if decision.because.rule == review.JOINED:
        told = {"case": case.id, "claim": piece.claim, "via": piece.via or piece.method.value, "evidence": piece.id}
        tx.attention.open(JOINED_MATTER, case.agency, case.id, told, now)
    return settle_case(tx, office, decision, policy, now)


def tell(tx: Tx, held: Visit, by: Seat, others: Iterable[Doubt], pack: str, now: datetime) -> None:
    """Where a team has found something, a person of its agency is told, and the subject's exempt cases say so too.

    The words themselves stand in the visit and in the ledger's body, which can be erased, and not in the matter.
    """
    if not held.found_by(by.agency):
        return
    part = next(one for one in held.parts if one.agency == by.agency)
    cases = list(dict.fromkeys(doubt.case_id for doubt in others))
    if unmet(held, by.agency) is None:  # that has a date, and a matter of its own (`clues`)
        facts = {"draw": held.draw, "seat": by.name, "cases": [*held.cases_of(by.agency), *cases]}
        tx.attention.open(FOUND, by.agency, short_of(held, by.agency), facts, now)
    because = overseen(held, part, pack)
    for case_id in cases:
        record(tx, case_id, Decision(state=None, because=because), now, {})
