"""What a subject has shown, or not, as evidence about the claim: unread it says nothing, and silence speaks against nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

from inspector.domain.calendar import SHANGHAI, Term
from inspector.domain.case import Method
from inspector.domain.evidence import FORM, Evidence, Verdict, unfresh
from inspector.domain.selfproof import Material, ProofState, SelfProof

UNREAD, UNABLE, SILENT, UNASKED = "material_unread", "subject_unable", "subject_silent", "subject_unasked"
"""Notes of the evidence: why it says no more. `UNASKED`: the link was neither handed over nor opened: nobody was asked."""


def shown(proof: SelfProof) -> Evidence:
    """The last file as evidence that nobody has read yet: it settles nothing."""
    material = proof.materials[-1]
    number = len(proof.materials)
    return _evidence(proof, f"material{number}", Verdict.CANNOT_SAY, UNREAD, material.at, material)


def ended(proof: SelfProof, now: datetime) -> Evidence:
    """Silence, or that nothing is shown, as evidence: neither speaks against anybody, nor is it silence where we asked nobody."""
    silence = proof.state is ProofState.UNANSWERED
    asked = proof.handed_at is not None or proof.seen_at is not None
    unheard = SILENT if asked else UNASKED
    verdict, note = (Verdict.NO_ANSWER, unheard) if silence else (Verdict.CANNOT_SAY, UNABLE)
    return replace(_evidence(proof, proof.state.value.lower(), verdict, note, now), remark=proof.reasons)


def judged(proof: SelfProof, valid_for: Term | None) -> Evidence:
    """The last reading as evidence, of the day that the material is of (handbook scenario 13)."""
    told, last = proof.readings[-1], proof.materials[-1]
    as_of = datetime.combine(told.on, time(), SHANGHAI) if told.on is not None else None
    stale = unfresh(told.verdict, as_of, date.fromisoformat(str(proof.question["on"])), valid_for, last.at)
    held = _evidence(proof, f"read{len(proof.readings)}", told.verdict, stale, last.at, last)
    return replace(held, fresh=not stale, as_of=as_of, found=told.value, remark=told.reasons, door="read", token=told.by)


def _evidence(
    proof: SelfProof, word: str, verdict: Verdict, note: str, now: datetime, material: Material | None = None
) -> Evidence:
    return Evidence(
        id=f"self_proof:{proof.id}:{word}",
        claim=proof.claim,
        method=Method.DOCUMENT,
        via="",
        verdict=verdict,
        fresh=True,
        asked_at=now,
        as_of=None,
        note=note,
        remark=material.remark if material is not None else "",
        reply_digest=material.digest if material is not None else "",
        door=material.door if material is not None else "",
        token=material.token if material is not None else "",
        form=FORM,
    )
