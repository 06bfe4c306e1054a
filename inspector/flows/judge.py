"""What a source has answered is judged as evidence, by the pack's rule for the fact."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import Claim, Method
from inspector.domain.evidence import FORM, NOTED, UNDATED, Evidence, Verdict, blank, says, unfresh, unread
from inspector.domain.policy import Fact
from inspector.ports import Answer, AnswerStatus

VALUE_EMPTY = "value_empty"
"""The note where a record is there and says nothing about the fact; a source may use it itself."""

CONTRADICTS_ITSELF = "contradicts_itself"
"""The note where a source has no record and gives a value all the same: neither of the two is believed."""


def judge(
    key: str,
    claim: Claim,
    fact: Fact,
    answer: Answer,
    now: datetime,
    by: Method = Method.ONLINE_QUERY,
    *,
    began: datetime | None = None,
) -> Evidence:
    """An answer as evidence: only a value that was found and understood can match or contradict. `now` is office time, as ages are.

    `began` is when its source was called, by the same clock: what is live is of then, however late its answer is written down.

    What has no date decides nothing, unless its source is the register itself (`live`).
    Another agency's result is of the day of its check: one of no day cannot say whether it is recent, or anything else.
    """
    told = answer.provenance
    verdict, note, remark = Verdict.CANNOT_SAY, "", answer.note
    if answer.status is AnswerStatus.NOT_FOUND and not blank(answer.value or ""):
        note = CONTRADICTS_ITSELF
    elif answer.status is AnswerStatus.NOT_FOUND:
        verdict = Verdict.NOT_FOUND
    elif answer.note == VALUE_EMPTY or (answer.status is AnswerStatus.FOUND and blank(answer.value or "")):
        note, remark = VALUE_EMPTY, ""
    elif answer.status is AnswerStatus.CANNOT_SAY and answer.note in NOTED:
        note, remark = answer.note, ""
    elif answer.status is AnswerStatus.FOUND and answer.value is not None:
        verdict = says(fact.compare, claim.value, answer.value, fact.values)
        note = unread(verdict, answer.value, fact.values)
    valid_for = fact.valid_for
    if by is Method.OTHER_RESULT and fact.result is not None:
        valid_for = fact.result.valid_for
        if told.as_of is None and verdict in (Verdict.MATCH, Verdict.MISMATCH):
            verdict, note = Verdict.CANNOT_SAY, UNDATED
    asked_at = began or now
    stale = unfresh(verdict, told.as_of, claim.on, valid_for, asked_at if told.as_of is None else now)
    if not stale and told.as_of is None and not told.live and verdict in (Verdict.MATCH, Verdict.MISMATCH):
        stale = UNDATED
    return Evidence(
        id=key,
        claim=claim.key,
        method=by,
        via=told.source,
        verdict=verdict,
        fresh=not stale,
        asked_at=asked_at,
        came_at=now if told.as_of is not None and now != asked_at else None,
        as_of=told.as_of,
        note=note or stale,
        found=answer.value or "",
        remark=remark,
        source_version=told.source_version,
        request_digest=told.request_digest,
        reply_digest=told.reply_digest,
        attempts=told.attempts,
        owner=told.owner,
        valid_for=str(valid_for),
        form=FORM,
    )
