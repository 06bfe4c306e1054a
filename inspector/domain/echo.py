"""What came of an agency's answer: whoever helped learns it when the case is over, and nothing else about the case."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import datetime
from enum import StrEnum

from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.case import Case, CaseState, ClaimStatus, Outcome
from inspector.domain.decision import Because, Decision
from inspector.domain.evidence import GOOD, UNTRUE, Verdict
from inspector.domain.letter import LetterKind, letter
from inspector.domain.piece import evidence_id, part_ids


class Echo(StrEnum):
    """`USED`: the case was decided as the answer says. `DISPROVED`: it was decided otherwise. `UNUSED`: it did not come to it.

    `AGREED`: its claim was found as it says, and the decision rests on another claim. `SENT_BACK`: the case had come to whoever asked by
    mistake.
    """

    USED = "USED"
    DISPROVED = "DISPROVED"
    AGREED = "AGREED"
    UNUSED = "UNUSED"
    WITHDRAWN = "WITHDRAWN"
    SENT_BACK = "SENT_BACK"


def came_of(request: Request, case: Case, cited: AbstractSet[str] = frozenset()) -> Echo:
    """What came of an answer once its case is over; `cited` is the evidence that its last review names.

    A match is used where nothing untrue was found, and disproved where the promise was found untrue by its very claim; a mismatch the
    other way round. What a decision names as its ground is used, also where it came when its claim had been given up. Of a claim that was
    corrected since, and of an answer that decides nothing, nothing came; a part of an answer is used where a decision names it.
    """
    if case.state is CaseState.WITHDRAWN:
        return Echo.WITHDRAWN
    if case.state is CaseState.SENT_BACK:
        return Echo.SENT_BACK
    verdict = (request.reply or {}).get("verdict")
    held = next((one for one in case.claims if one.claim.key == request.claim), None)
    if held is None or verdict not in (Verdict.MATCH.value, Verdict.MISMATCH.value):
        return Echo.USED if held is not None and cited & set(part_ids(request)) else Echo.UNUSED
    relied = evidence_id(request) in cited
    contradicted = held.status in (ClaimStatus.CONTRADICTED, ClaimStatus.CONFLICT, ClaimStatus.STALE_LEAD)
    if verdict == Verdict.MATCH.value:
        if case.outcome in UNTRUE and contradicted:
            return Echo.DISPROVED
        if case.outcome is Outcome.TRUE or (relied and case.outcome in GOOD):
            return Echo.USED
        return Echo.AGREED if held.status is ClaimStatus.PROVEN else Echo.UNUSED
    if case.outcome in UNTRUE or case.outcome is Outcome.IMMATERIAL:
        return Echo.USED if contradicted or relied else Echo.UNUSED
    return Echo.DISPROVED if case.outcome in (Outcome.TRUE, Outcome.DATA_ERROR) else Echo.UNUSED


def helped(request: Request) -> bool:
    """Whether the agency has answered, or a part of the question: then it hears what came of that."""
    return request.state is AssistanceState.ANSWERED or bool(request.parts)


def echo(request: Request, case: Case, now: datetime, cited: AbstractSet[str] = frozenset()) -> Decision[Request] | None:
    """Tell whoever answered, if only in part, what came of it (`cited` as in `came_of`); None where nobody did, or has heard just this.

    Of a case reopened it is told anew.
    """
    if not helped(request):
        return None
    came = came_of(request, case, cited)
    if request.echo == came.value:
        return None
    facts = {"request": request.id, "echo": came.value}
    because = Because(rule="assistance.echo", basis=(request.basis,), pack=case.pack, facts=facts)
    held = replace(request, echo=came.value)
    order = letter(held, LetterKind.OUTCOME.value, held.requested, now, None)
    order = replace(order, key=f"{order.key}:{case.version}")
    return Decision(state=held, because=because, orders=(order,))
