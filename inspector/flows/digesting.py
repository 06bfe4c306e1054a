"""The digest of an agency: one message with all the letters that wait for it, and with whatever else is still open there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from inspector.domain import digest
from inspector.domain import letter as post
from inspector.domain.assistance import AssistanceState, Request
from inspector.domain.errors import Stale
from inspector.domain.letter import LetterKind
from inspector.flows import inquiries, letters, posting, replylink
from inspector.flows.contents import named
from inspector.flows.left import wait_where_left
from inspector.flows.office import Office
from inspector.flows.requests import held
from inspector.flows.settle import Settlement, nothing, settle_request
from inspector.ports import Garbled, Letter, PortError, Refused
from inspector.store.codec import dump, load
from inspector.store.tx import Tx
from inspector.store.work import Work

Entries = Sequence[tuple[str, str]]
"""(request, kind) of each letter that a digest carries."""


def send(work: Work, office: Office) -> Settlement:
    """Hand a digest over. The letters of requests that have ended meanwhile are left out; without any it does not leave."""
    via = str(work.payload["via"])
    agency = office.connectors.agencies.get(via)
    if agency is None:
        wait_where_left(office, via, "agency_not_configured")
        return _lost(work, office, "agency_not_configured").unasked()
    try:
        letter, entries = _written(work, office)
    except Stale:
        return nothing("obsolete")
    if not entries:
        return nothing("obsolete")
    try:
        receipt = agency.send(letter, key=named(work.key, letter))
    except (Refused, Garbled) as error:
        return _lost(work, office, error.code, unsure=posting.may_have_arrived(work, error)).after(error)

    def write(tx: Tx, now: datetime) -> None:
        for request_id, kind in entries:
            case, request = held(tx, request_id)
            letters.carried(tx, request, f"{work.key}:{request_id}", via, receipt, now)
            if kind == LetterKind.REQUEST.value:
                inquiries.enclosed(tx, office, request, via, request.letter_key(kind, via), now)
            if not request.state.open:
                _over(tx, request, via, now)
                continue
            if kind == LetterKind.REQUEST.value and request.state is AssistanceState.ORDERED:
                policy = office.book.get(case.pack)
                told = digest.carried(request, _slot(work), via, receipt.reference, policy, now, office.calendar)
            else:
                told = post.sent(request, via, receipt.reference, now, case.pack)
            settle_request(tx, told, now)
        tx.digests.carried(via, entries)

    return Settlement(write=write, outcome="digest", attempts=receipt.attempts)


def give_up(work: Work, office: Office, error: PortError | None) -> Settlement:
    """No try brought it to the agency."""
    code = error.code if error else "patience_over"
    return _lost(work, office, code, unsure=posting.may_have_arrived(work, error))


def _lost(work: Work, office: Office, code: str, *, unsure: bool = False) -> Settlement:
    """Each of its letters was not taken."""
    via = str(work.payload["via"])

    def write(tx: Tx, now: datetime) -> None:
        entries = tx.digests.waiting(via, _slot(work))
        for request_id, kind in entries:
            key = tx.assistance.get(request_id).letter_key(kind, via)
            told = posting.Lost(request_id=request_id, kind=LetterKind(kind), via=via, key=key, code=code, unsure=unsure)
            posting.lost(tx, office, told, now)
            if unsure:
                _over(tx, tx.assistance.get(request_id), via, now)
        tx.digests.carried(via, entries)

    return Settlement(write=write, outcome="undeliverable")


def _over(tx: Tx, request: Request, via: str, now: datetime) -> None:
    """A request was called off while a digest with it was on its way: whoever holds a letter hears so."""
    if request.state is AssistanceState.CANCELLED:
        tx.work.order([post.letter(request, LetterKind.CANCEL.value, via, now, None)], now)


def _slot(work: Work) -> datetime:
    return datetime.fromisoformat(str(work.payload["slot"]))


def _written(work: Work, office: Office) -> tuple[Letter, Entries]:
    """The digest and what it carries, written into its row before its first try and read there at every other, without the links' secrets.

    Raises Stale where this row is not ours any more.
    """
    via = str(work.payload["via"])
    said = work.payload.get("said")
    if said is None:
        with office.store.begin() as tx:
            entries, enclosed = _enclosed(tx, office, via, _slot(work))
            said = {"entries": entries, "letters": [json.loads(dump(one)) for one in enclosed]}
            tx.work.keep(work, {**work.payload, "said": said})
    with office.store.read() as tx:
        told = [load(Letter, json.dumps(one)) for one in said["letters"]]
        linked = tuple(
            letters.linked(one, replylink.address(office, tx, replylink.LINK, one.request_id, one.reply_url)) for one in told
        )
    return letters.cover(office, via, _slot(work), linked), [(str(one), str(kind)) for one, kind in said["entries"]]


def _enclosed(tx: Tx, office: Office, via: str, when: datetime) -> tuple[list[tuple[str, str]], list[Letter]]:
    """What waits, each request once; then what else is open at the agency, so that one message tells all."""
    entries: list[tuple[str, str]] = []
    told: dict[str, Letter] = {}
    for request_id, kind in tx.digests.waiting(via, when):
        request = tx.assistance.get(request_id)
        if not request.state.open:
            tx.digests.carried(via, [(request_id, kind)])
            continue
        entries.append((request_id, kind))
        told.setdefault(request_id, _letter(tx, office, request, LetterKind(kind), via, when))
    if entries:
        for request in tx.assistance.open_at(via):
            if request.id not in told and request.state is not AssistanceState.ORDERED:
                told[request.id] = _letter(tx, office, request, LetterKind.REMINDER, via, when)
    return entries, list(told.values())


def _letter(tx: Tx, office: Office, request: Request, kind: LetterKind, via: str, when: datetime) -> Letter:
    policy = office.book.get(tx.cases.get(request.case_id).pack)
    dated = digest.dated(request, when, policy, office.calendar)
    return letters.worded(office, tx, dated, posting.letter_of(office, dated, kind, office.base_url), via)
