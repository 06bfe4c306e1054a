"""The sender corrects a case while its verification is under way: what may change, what never does, and what must be seen first.

Invariant: no correction moves what was found from one subject to another, and none makes a lead unseen: what speaks against a
commitment reaches an officer, whatever is claimed afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from inspector.domain.case import Case, CaseState, ClaimFile
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.ending import OPEN_WORK
from inspector.domain.errors import Conflict, Refusal
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.policy import Policy

_OF_A_CORRECTION = "~"
"""Parts a claim's key from the version it was corrected at. No sender can use it in a key of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who corrects, and the SHA-256 of the content before and after."""

    by: str
    before: str
    after: str


def correct(held: Case, given: Case, change: Change, evidence: Iterable[Evidence], policy: Policy) -> Decision[Case]:
    """Put what is `given` in the place of what the case held: all open work ends, and the verification can begin anew.

    Each claim gets a key of its own, so that neither late answers nor evidence about its former content are taken for it; an end
    of open work calls nobody back, which is the flow's. `evidence` is all there is about the case. Raises Conflict for another
    case's content, Refusal for another subject, for a case that is over or with an officer, and while there is a mismatch.
    """
    if (given.reference, given.agency) != (held.reference, held.agency):
        raise Conflict("correction_of_another_case", case=held.id, reference=held.reference)
    if (given.subject.kind, given.subject.code) != (held.subject.kind, held.subject.code):
        raise Refusal("correction_of_subject", case=held.id, subject=held.subject.code)
    if held.state.ended or held.concluded_at is not None:
        raise Refusal("case_ended", case=held.id, state=held.state)
    if held.state is CaseState.REVIEW:
        raise Refusal("correction_in_review", case=held.id)
    if any(piece.verdict is Verdict.MISMATCH for piece in evidence):
        raise Refusal("correction_after_mismatch", case=held.id)
    facts = {"by": change.by, "changed": [*_changed(held, given)], "content_before": change.before, "content_after": change.after}
    because = Because(rule="case.correct", basis=(policy.item(given.item).basis,), pack=held.pack, facts=facts)
    claims = tuple(_renamed(file, held.version) for file in given.claims)
    former = tuple(dict.fromkeys((*held.former, change.before)))
    state = replace(given, id=held.id, version=held.version, opened_at=held.opened_at, claims=claims, former=former)
    state = replace(state, suspensions=held.suspensions, extensions=held.extensions)  # the clock is the case's, whatever it says
    return Decision(state=state, because=because, ends=OPEN_WORK - {OrderKind.SUSPENSION_END})


def _changed(held: Case, given: Case) -> Iterator[str]:
    """The names of what differs (words: labels, group `field`)."""
    for name in ("route", "matter", "item", "letter"):
        if getattr(held, name) != getattr(given, name):
            yield name
    if held.subject.name != given.subject.name:
        yield "subject_name"
    if held.subject.original != given.subject.original:
        yield "subject_code"
    if _promised(held) != _promised(given):
        yield "claims"


def _promised(case: Case) -> list[tuple[str, str, str, date]]:
    """The claims by the sender's own keys, in whatever order they came."""
    claims = [file.claim for file in case.claims]
    return sorted((claim.key.partition(_OF_A_CORRECTION)[0], claim.fact, claim.value, claim.on) for claim in claims)


def _renamed(file: ClaimFile, version: int) -> ClaimFile:
    return replace(file, claim=replace(file.claim, key=f"{file.claim.key}{_OF_A_CORRECTION}{version}"))
