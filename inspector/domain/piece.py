"""What is said about a request for assistance as evidence about its claim: its end, a part of an answer, a word that came afterwards.

Invariant: every word has a piece of its own, with an id of its own: none takes another's place, and none is dropped for another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from inspector.domain import canonical
from inspector.domain.assistance import Request
from inspector.domain.case import Method
from inspector.domain.evidence import FORM, Evidence, Verdict, unfresh

_TELLS = frozenset({Verdict.MATCH, Verdict.MISMATCH, Verdict.NOT_FOUND})
"""What says something of its day."""

_REPLIES = frozenset({"assistance.answer", "assistance.decline"})


def evidence_id(request: Request) -> str:
    """The id of the evidence of a request's end; a late word stands beside the piece that says that nobody answered.

    Where a refusal was disputed, there is a second end, and so a second piece.
    """
    replies = sum(past.rule in _REPLIES for past in request.history)
    return f"assist:{request.id}{':late' if request.late else ''}{f':{replies}' if replies > 1 else ''}"


def evidence_of(
    request: Request, verdict: Verdict, note: str, asked_at: datetime, *, owner: str = "", valid_for: str = ""
) -> Evidence:
    """A request's end as evidence about its claim. An agency's signed answer is as of its own day, which may be before the claim's.

    Its day is that on which it came, and not that of its entry: what lay here grew no fresher by that. `owner`: the agency by its name.
    """
    entered = request.ended_at or asked_at
    came = request.door.came if request.reply and request.door is not None else None
    early = unfresh(verdict, None, _on(request), None, came or entered)
    return Evidence(
        id=evidence_id(request),
        claim=request.claim,
        method=Method.ASSISTANCE,
        via=request.requested,
        verdict=verdict,
        fresh=not early,
        asked_at=asked_at,
        came_at=(came or request.ended_at) if request.reply else None,
        entered_at=entered if came is not None else None,
        as_of=(came or request.ended_at) if request.reply and verdict in _TELLS else None,
        note=note or early,
        found=str((request.reply or {}).get("value", "")),
        remark=str((request.reply or {}).get("reasons", "")),
        request_digest=_asked(request),
        reply_digest=request.door.scan if request.door else "",
        door=request.door.name if request.door else "",
        token=request.door.token if request.door else "",
        instead_of=request.first,
        owner=owner,
        valid_for=valid_for,
        form=FORM,
    )


def part_of(request: Request, now: datetime, *, owner: str = "", valid_for: str = "") -> Evidence:
    """The last part of an answer as evidence: it settles nothing, and whoever decides reads it."""
    part = request.parts[-1]
    found = _beside(request, f"part{len(request.parts)}", Verdict.CANNOT_SAY, "partly", part, now)
    return replace(found, owner=owner, valid_for=valid_for)


def part_ids(request: Request) -> tuple[str, ...]:
    """The ids of the evidence of all parts of an answer."""
    return tuple(f"assist:{request.id}:part{number}" for number in range(1, len(request.parts) + 1))


def afterword_of(request: Request, now: datetime, *, owner: str = "", valid_for: str = "") -> Evidence:
    """The last word that came when the request was over, as evidence beside it: which of them holds a person decides."""
    said = request.afterwords[-1]
    verdict = Verdict(str(said.get("verdict", Verdict.CANNOT_SAY.value)))
    found = _beside(request, f"again{len(request.afterwords)}", verdict, "afterword", said, now)
    return replace(found, owner=owner, valid_for=valid_for)


def _beside(request: Request, name: str, verdict: Verdict, note: str, said: Mapping[str, object], now: datetime) -> Evidence:
    told = said.get("came")
    came = datetime.fromisoformat(str(told)) if told else now
    early = unfresh(verdict, None, _on(request), None, came)
    return Evidence(
        id=f"assist:{request.id}:{name}",
        claim=request.claim,
        method=Method.ASSISTANCE,
        via=request.requested,
        verdict=verdict,
        fresh=not early,
        asked_at=came,
        came_at=came,
        entered_at=now if told else None,
        as_of=came if verdict in _TELLS else None,
        note=early or note,
        found=str(said.get("value", "")),
        remark="\n".join(str(said[name]) for name in ("rest", "reasons") if said.get(name)),
        request_digest=_asked(request),
        reply_digest=str(said.get("scan", "")),
        door=str(said.get("door", "")),
        token=str(said.get("token", "")),
        instead_of=request.first,
        form=FORM,
    )


def _asked(request: Request) -> str:
    """What was asked, as one SHA-256: number, question, ground and basis, as the letter has them."""
    told = {"request": request.id, "ground": request.ground, "basis": request.basis, "question": dict(request.question)}
    return canonical.fingerprint(told)


def fingerprint(evidence: Evidence) -> str:
    """What a piece says and where it comes from as one SHA-256. The ledger holds it, so that no later change of the piece goes unseen.

    Over a fixed list for each `form`: what is added to evidence changes no digest of before.
    """
    told: tuple[str, ...] = (
        *(evidence.id, evidence.claim, evidence.method.value, evidence.via, evidence.verdict.value, str(evidence.fresh)),
        *(_moment(evidence.asked_at), _moment(evidence.as_of), evidence.note, evidence.found, evidence.remark),
        *(evidence.source_version, evidence.request_digest, evidence.reply_digest, evidence.door, evidence.token),
    )
    if evidence.form:
        told += (*(evidence.owner, evidence.valid_for, str(evidence.attempts), evidence.instead_of, str(evidence.form)),)
        told += (_moment(evidence.came_at), _moment(evidence.entered_at))
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def _moment(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at is not None else ""


def _on(request: Request) -> date:
    """The day that the question speaks of."""
    return date.fromisoformat(str(request.question["on"]))


def beside(evidence: str) -> bool:
    """Whether evidence of this id is a part of an answer, or came afterwards: such a piece was asked for by nobody, and of before

    `came_at` was kept it came when it was asked for, as it says.
    """
    return evidence.rpartition(":")[2].startswith(("part", "again"))
