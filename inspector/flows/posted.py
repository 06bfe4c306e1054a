"""A person has seen to a matter; where it was a letter on paper, the letter has left the house, and the agency's time begins."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspector.domain import competence, letter, reply, sending
from inspector.domain.assistance import Request
from inspector.domain.errors import Forbidden
from inspector.flows import attention, eligibility, inquiries, leaves, replying
from inspector.flows.ladder import OBSOLETE
from inspector.flows.office import Office
from inspector.flows.requests import for_requester, held
from inspector.flows.settle import settle_request
from inspector.flows.unsettled import COMPETENCE_DOUBTED, MAIL_UNREAD, SUPERIOR_UNKNOWN, TO_POST, about, gone, read, requests_of
from inspector.store.tx import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A posted letter's date: what the page says, and what counts, for it was posted later than it was to be."""

    printed: datetime
    due_at: datetime


def seen_to(
    office: Office,
    tx: Tx,
    attention_id: str,
    by: str,
    now: datetime,
    *,
    note: str = "",
    sees: Collection[str] | None = None,
    agency: str | None = None,
) -> Moved | None:
    """Close a matter as `attention.close` does, and begin the clock of who was posted a letter.

    Of a request with nobody known above both sides the note says whom a person has told, and of one to an agency that does not list
    the fact among its powers why it is competent; both stand in its history.

    What a subject has asked for and does not get is answered to it with the note (`replying`).

    Returns how posting a letter has moved its date, where it has.

    A mail of who has the letter that somebody has read was a word of the agency's, and counts from when it came. Raises Missing,
    Refusal, and Forbidden: `leave_not_head` where only a head closes it, `request_two_sided` where the officer's `agency` takes no step
    of the requester's (None: the house's own operator).
    """
    matter = tx.attention.get(attention_id)
    if matter is not None and (sees is None or matter["agency"] in sees):
        _may(office, tx, matter, by, agency)
    if matter is not None and matter["closed_at"] is None:
        replying.refuse_own(tx, matter, by)
    attention.close(tx, attention_id, by, now, note=note, sees=sees)
    if matter is not None and matter["kind"] == eligibility.CONTESTED:
        eligibility.stands(office, tx, str(matter["about"]), note, by, now)
    if matter is not None:
        replying.answered(office, tx, matter, note, by, now)
        _mail_read(office, tx, matter, by, now)
    if matter is not None and matter["kind"] == SUPERIOR_UNKNOWN:
        case, request = held(tx, str(matter["about"]))
        settle_request(tx, letter.picked(request, by, note, now, office.book.get(case.pack).label), now)
    if matter is not None and matter["kind"] == COMPETENCE_DOUBTED:
        case, request = held(tx, str(matter["about"]))
        if request.state.open:
            settle_request(tx, competence.vouched(request, by, note, now, office.book.get(case.pack).label), now)
    if matter is None or matter["kind"] != TO_POST:
        return None
    facts = json.loads(matter["body"])
    case, request = held(tx, str(facts["request"]))
    gone(tx, request, now)
    key, via = attention_id.removeprefix(f"{TO_POST}:"), str(facts["to"])
    told = sending.posted(request, by, office.book.get(case.pack), now, office.calendar, key=key, via=via)
    if told.because.rule != OBSOLETE:
        inquiries.posted(tx, office, request, via, key, now)
        settle_request(tx, letter.of_kind(told, letter.kind_of(request, key)), now)
    kind = letter.kind_of(request, key)
    before, binds = sending.begins(request, kind), _date(told.state, kind)
    return Moved(printed=before.due_at, due_at=binds) if before is not None and binds > before.due_at else None


def _date(request: Request, kind: str) -> datetime:
    if kind == letter.LetterKind.DISPUTE and request.dispute is not None:
        return request.dispute.due_at
    return request.end_at if kind == letter.LetterKind.ESCALATION and request.end_at is not None else request.due_at


def _may(office: Office, tx: Tx, matter: Mapping[str, Any], by: str, agency: str | None) -> None:
    """Raise Forbidden for a person who had a hand in it, and for an officer of who is asked, stands above both sides, or decides."""
    if matter["kind"] in attention.UNDONE:
        leaves.refuse(office, tx, str(matter["id"]), matter["agency"], json.loads(matter["body"]), by)
    for request_id in requests_of(str(matter["kind"]), str(matter["about"]), json.loads(matter["body"])):
        if agency is not None and not for_requester(office, tx.assistance.get(request_id), agency):
            raise Forbidden("request_two_sided", agency=agency)


def _mail_read(office: Office, tx: Tx, matter: Mapping[str, Any], by: str, now: datetime) -> None:
    """A mail that waited for a person was read, and counts from when it came."""
    if matter["kind"] != MAIL_UNREAD:
        return
    for request_id in about(json.loads(matter["body"])):
        read(tx, request_id, now)
    _wrote(office, tx, json.loads(matter["body"]), matter["opened_at"], by, now)


def _wrote(office: Office, tx: Tx, told: Mapping[str, Any], opened_at: datetime, by: str, now: datetime) -> None:
    if not told.get("theirs") or told.get("above"):
        return
    since = datetime.fromisoformat(str(told["came"])) if told.get("came") else opened_at
    for request_id in about(told):
        case, request = held(tx, request_id)
        if request.state.open:
            settle_request(tx, reply.wrote(request, by, str(told["digest"]), since, now, office.book.get(case.pack).label), now)
