"""What of a case is past its date while somebody still has to act: a date that has passed starts no clock, and is not nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.case import Case, CaseState
from inspector.domain.selfproof import ProofState, SelfProof
from inspector.domain.visit import Visit


class Awaited(StrEnum):
    """What is awaited: a decision of an officer or a common superior, an answer, that somebody reads what was shown, a visit."""

    DECISION = "DECISION"
    ANSWER = "ANSWER"
    READING = "READING"
    VISIT = "VISIT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """Something awaited since a date that has passed: `about` which case, request or visit, and of whom (`of`: agency or connector)."""

    what: Awaited
    about: str
    of: str
    since: datetime


def overdue(
    case: Case, requests: Iterable[Request], proofs: Iterable[SelfProof], visits: Iterable[Visit], now: datetime
) -> Iterator[Overdue]:
    """Everything of a case that is past its date and not over."""
    term = case.review_term
    if case.state is CaseState.REVIEW and term is not None and term.due_at <= now:
        yield Overdue(what=Awaited.DECISION, about=case.id, of=case.agency, since=term.due_at)
    for request in requests:
        told = request.dispute
        if request.state is AssistanceState.DISPUTED and told is not None:
            if told.due_at <= now:
                yield Overdue(what=Awaited.DECISION, about=request.id, of=told.superior or request.requester, since=told.due_at)
        elif request.state.open and request.due_at <= now:
            yield Overdue(what=Awaited.ANSWER, about=request.id, of=request.requested, since=request.due_at)
    for proof in proofs:
        if proof.state is ProofState.RECEIVED and proof.read_by is not None and proof.read_by <= now:
            yield Overdue(what=Awaited.READING, about=proof.id, of=proof.agency, since=proof.read_by)
    for visit in visits:
        if visit.state.open and visit.due_at <= now:
            yield Overdue(what=Awaited.VISIT, about=visit.id, of=visit.agency, since=visit.due_at)
