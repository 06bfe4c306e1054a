"""A visit that its cases needed, when they need it no more: what is known is not asked again, and nobody is sent for it.

Verification goes to the door last (the plan, item 5; 54号; handbook 1.4.13): a fact that a late answer has proven, or a case whose
promise was found to stand, leaves nothing to be seen there. What chance has drawn is another matter: the visit is for its own sake, so its
facts stay in question however well they are known, and nobody escapes a draw by proving something (draw-protocol ruling 11).
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace

from inspector.domain.case import Case, CaseState, ClaimStatus
from inspector.domain.decision import Because, Decision
from inspector.domain.evidence import GOOD
from inspector.domain.visit import Visit

SETTLED = "settled"
"""Why a visit is called off, or was not given: all that it was needed for was known without it."""


def settled(case: Case) -> frozenset[str]:
    """The claims of a case that nobody need look at any more: proven, or of a case in which the promise was found to stand.

    Of one that ended otherwise none: a visit may still say what nobody could, or speak for whom it was decided against.
    """
    over = case.state is CaseState.CLOSED and case.outcome in GOOD
    return frozenset(held.claim.key for held in case.claims if over or held.status is ClaimStatus.PROVEN)


def needless(case: Case) -> bool:
    """Whether a case has nothing left that a visit could settle."""
    return settled(case).issuperset(held.claim.key for held in case.claims)


def spare(visit: Visit, case: Case, basis: str, pack: str, begun: AbstractSet[str] = frozenset()) -> Decision[Visit] | None:
    """The visit without what is settled of a case; None where that changes nothing.

    What an agency's team has answered stays in its result, and a team that has sent something from the spot (`begun`: of which
    agencies) is there and goes on with what it was asked: what it has seen waits for its other answers, and may speak against what is
    known. What was in question may still be answered by whoever had read it.
    """
    known, entered = settled(case), {*begun, *(part.agency for part in visit.parts)}
    gone = tuple(
        one for one in visit.doubts if one.needed and one.case_id == case.id and one.claim in known and one.agency not in entered
    )
    if not gone or not visit.state.open:
        return None
    left = tuple(one for one in visit.doubts if one not in gone)
    because = Because(rule="visit.spare", basis=(basis,), pack=pack, facts={"facts": len(left), "settled": len(gone)})
    return Decision(state=replace(visit, doubts=left, spared=(*visit.spared, *gone)), because=because)


def purposeless(visit: Visit, begun: AbstractSet[str] = frozenset()) -> bool:
    """Whether a visit that was spared something has lost all it was for: no question, no draw by chance, nothing entered or sent."""
    drawn = visit.pooled or any(stake.sampled for stake in visit.stakes)
    return not (visit.doubts or drawn or visit.parts or begun)
