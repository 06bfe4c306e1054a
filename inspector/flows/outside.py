"""Findings of daily supervision and of other systems come in by one door: each once, as leads (domain.outside)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspector.domain import outside
from inspector.domain.case import CaseState
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Conflict, Invalid, Refusal
from inspector.domain.evidence import Verdict
from inspector.domain.outside import OutsideFinding
from inspector.domain.policy import Fact
from inspector.flows import late, supervision
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

CASELESS = "finding_caseless"
"""The matter of a finding about a subject of whom there is no case: a person sees what it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Took:
    """What became of a finding: whether it was new, and how its case stands."""

    new: bool
    state: CaseState | None


def take(office: Office, tx: Tx, found: OutsideFinding, by: str, now: datetime, *, typed: bool = False) -> Took:
    """Keep a finding, once by its system and number. A contradiction puts its case before an officer and decides nothing.

    What agrees proves nothing by itself either: it lies beside a case that is under way, and is its maker's due in one that was not found
    good. Raises Invalid, Missing, Refusal (`finding_withdrawn`), and Conflict (`finding_reused`) for other content under a number.
    """
    office.agency(found.agency)
    outside.sound(found, office.calendar.local_date(now))
    case = tx.cases.get(found.case_id, lock=True) if found.case_id else None
    before = tx.tips.found(found, now)
    if before is not None:
        if before != found.fingerprint():
            raise Conflict("finding_reused", system=found.system, number=found.number)
        return Took(new=False, state=case.state if case is not None else None)
    if case is None:
        _caseless(tx, found, by, now)
        return Took(new=True, state=None)
    if case.state.gone:
        raise Refusal("finding_withdrawn", case=case.id)
    claim = next((held.claim for held in case.claims if held.claim.key == found.claim), None)
    if claim is None:
        raise Invalid(
            "claim_unknown_here", field="claim", claim=found.claim, known=", ".join(one.claim.key for one in case.claims)
        )
    policy = office.book.get(case.pack)
    fact: Fact = policy.item(case.item).fact(claim.fact)
    piece = outside.evidence(found, case, claim, fact, by, now, typed=typed)
    if case.state in (CaseState.CLOSED, CaseState.POOLED):
        tx.cases.add_evidence(case, piece)
        return Took(new=True, state=supervision.found(office, tx, case, piece, now).state)
    if found.verdict is Verdict.MISMATCH:
        late.keep(tx, office, case, piece, claim, now)
    else:
        late.beside(tx, case, piece, now)
    return Took(new=True, state=tx.cases.get(case.id).state)


def _caseless(tx: Tx, found: OutsideFinding, by: str, now: datetime) -> None:
    about = outside.about(found.system, found.number)
    facts = {"system": found.system, "number": found.number, "verdict": found.verdict.value, "by": by}
    tx.attention.open(CASELESS, found.agency, about, facts, now)
    because = Because(rule="finding.caseless", basis=(), pack="", facts={**facts, "digest": found.fingerprint()})
    record(tx, f"{outside.FINDING}{about}", Decision(state=None, because=because), now, {})
