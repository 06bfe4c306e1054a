"""A reply on paper, as an officer of the requester transcribes it: what is written, who signed, and what it says; kept as such."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from inspector.domain import letter, sending
from inspector.domain.assistance import Door, Request
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict, blank
from inspector.domain.said import Said, Saying
from inspector.flows import hearing, unsettled
from inspector.flows.office import Office
from inspector.flows.requests import held, policy_of
from inspector.flows.settle import settle_request
from inspector.store.tx import Tx

_SCAN = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What is transcribed: what is `written` word for word, the digest of its picture (`scan`), and the day on which it `came`, if told.

    `posted`: the day on which the letter on paper left that it answers, where nobody had said so yet.
    """

    written: str
    scan: str = ""
    came: date | None = None
    posted: date | None = None


def transcribe(office: Office, tx: Tx, request_id: str, said: Said, paper: Paper, by: str, now: datetime) -> Request:
    """Take the step that the paper says, under the name of who signed it; who transcribed it is the door it came in by.

    It counts from the day on which it came, and without one from the first mail of the agency's that waits to be read: what lay here is
    not the agency's delay.

    One that proves or contradicts needs the digest of its scan: what a rule or a person decides on can then be held against the paper.

    So it is with what lay here before: its letter was posted on the day that is told, and where nobody knows that its time is not counted.

    Raises Invalid for a transcription without words, with a digest that is none (`scan_missing`) or a day that cannot be (`came_day`,
    `posted_day`, `posted_known`), and what the step raises; the caller's transaction is then undone.
    """
    if blank(paper.written):
        raise Invalid("written_missing", field="written")
    digest = paper.scan.strip().lower()
    if digest and not _SCAN.fullmatch(digest):
        raise Invalid("scan_form", field="scan")
    _, request = held(tx, request_id)
    if paper.posted is not None:
        request = _posted(office, tx, request, paper.posted, paper.came, by, now)
    before = len(request.afterwords)
    came = _came(office, request, paper.came, now) or unsettled.since(tx, request.id)
    door = Door(by="paper", token=by, written=paper.written, scan=digest, came=came)
    told = hearing.hear(office, tx, request_id, said, now, door)
    if not digest and said.do is Saying.ANSWER and _verdict(told, before) in (Verdict.MATCH, Verdict.MISMATCH):
        raise Invalid("scan_missing", field="scan")
    return told


def _posted(office: Office, tx: Tx, request: Request, day: date, came: date | None, by: str, now: datetime) -> Request:
    """The first letter lay here on paper as far as anybody had said, and was posted on a day before what it brought. Raises Invalid."""
    lying = [key for key in unsettled.to_post(tx, request) if letter.kind_of(request, key) == letter.LetterKind.REQUEST]
    if not lying or request.sent_at is not None:
        raise Invalid("posted_known", field="posted", request=request.id)
    local, zone = office.calendar.local_date, office.calendar.zone
    first, last = local(request.opened_at), came or local(now)
    if not first <= day <= last:
        raise Invalid("posted_day", field="posted", told=day, first=first, last=last)
    latest = now if last == local(now) else datetime.combine(last, time(), zone)
    at = max(request.opened_at, min(office.calendar.closing(day), latest))
    policy = policy_of(office, tx, request)
    told = sending.posted(request, by, policy, at, office.calendar, key=lying[0], via=request.requested)
    settle_request(tx, letter.of_kind(told, letter.LetterKind.REQUEST), now)
    for key in lying:
        tx.attention.close(f"{unsettled.TO_POST}:{key}", now)
    return told.state


def _came(office: Office, request: Request, day: date | None, now: datetime) -> datetime | None:
    """The first moment of a day on which a letter could have been answered; None for no day, or today. Raises Invalid (`came_day`)."""
    if day is None:
        return None
    since, local = request.sent_at or request.opened_at, office.calendar.local_date
    if not local(since) <= day <= local(now):
        raise Invalid("came_day", field="came", told=day, first=local(since), last=local(now))
    return max(since, datetime.combine(day, time(), office.calendar.zone)) if day < local(now) else None


def _verdict(request: Request, before: int) -> object:
    """What the word just kept says: an afterword where there is one more than `before`, and else the answer."""
    said = request.afterwords[-1] if len(request.afterwords) > before else request.reply or {}
    return said.get("verdict")
