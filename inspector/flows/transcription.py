"""A reply on paper, as an officer of the requester transcribes it: what is written, who signed, and what it says; kept as such."""

from __future__ import annotations

import re
from datetime import datetime

from inspector.domain.assistance import Door, Request
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict, blank
from inspector.domain.said import Said, Saying
from inspector.flows import hearing
from inspector.flows.office import Office
from inspector.store.tx import Tx

_SCAN = re.compile(r"[0-9a-f]{64}")


def transcribe(office: Office, tx: Tx, request_id: str, said: Said, written: str, scan: str, by: str, now: datetime) -> Request:
    """Take the step that the paper says, under the name of who signed it; who transcribed it is the door it came in by.

    One that speaks against somebody needs the digest of its scan: what a person decides on can then be held against the paper.

    Raises Invalid for a transcription without words or with a digest that is none (`scan_missing`), and what the step raises; the
    caller's transaction is then undone.
    """
    if blank(written):
        raise Invalid("written_missing", field="written")
    digest = scan.strip().lower()
    if digest and not _SCAN.fullmatch(digest):
        raise Invalid("scan_form", field="scan")
    before = len(tx.assistance.get(request_id).afterwords)
    told = hearing.hear(office, tx, request_id, said, now, Door(by="paper", token=by, written=written, scan=digest))
    if not digest and said.do is Saying.ANSWER and _verdict(told, before) == Verdict.MISMATCH:
        raise Invalid("scan_missing", field="scan")
    return told


def _verdict(request: Request, before: int) -> object:
    """What the word just kept says: an afterword where there is one more than `before`, and else the answer."""
    said = request.afterwords[-1] if len(request.afterwords) > before else request.reply or {}
    return said.get("verdict")
