"""The proofs of a case's dates: which count stands behind which row of work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from inspector.domain.assistance import Request
from inspector.domain.calendar import Counting
from inspector.domain.case import Case
from inspector.domain.decision import OrderKind
from inspector.domain.selfproof import SelfProof


def by_kind(case: Case) -> Mapping[str, Counting]:
    """The counts of the case's own dates, by the kind of their work: one of each at a time."""
    held = {OrderKind.VERIFY_DUE: case.verify_term, OrderKind.REVIEW_DUE: case.review_term}
    return {kind.value: term.due_counted for kind, term in held.items() if term is not None}


def by_key(requests: Iterable[Request]) -> Mapping[str, Counting]:
    """The counts of the dates of a case's requests, by the key of their work."""
    held: dict[str, Counting] = {}
    for request in requests:
        held |= {request.key(rung.kind): rung.counted for rung in request.rungs if rung.counted is not None}
        held[request.key(OrderKind.ASSIST_DUE)] = request.escalate_counted
        if request.end_counted is not None:
            held[request.key(OrderKind.ASSIST_END)] = request.end_counted
        if request.dispute is not None:
            held[request.key(OrderKind.ASSIST_DECIDE)] = request.dispute.counted
    return held


def by_proof(proofs: Iterable[SelfProof]) -> Mapping[str, Counting]:
    """The counts of the dates of a case's self-proofs, by the key of their work."""
    held: dict[str, Counting] = {}
    for proof in proofs:
        held[proof.key(OrderKind.SELF_PROOF_DUE)] = proof.due_counted
        if proof.read_counted is not None:
            held[proof.key(OrderKind.SELF_PROOF_READ)] = proof.read_counted
    return held
