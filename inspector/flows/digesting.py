"""The digest of an agency: one message with all the letters that wait for it, and with whatever else is still open there."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.domain import digest, sending
from inspector.domain import letter as post
from inspector.domain.assistance import Request
from inspector.domain.errors import Stale
from inspector.domain.evidence import Verdict
from inspector.domain.letter import LetterKind
from inspector.flows import inquiries, letters, posting, replylink
from inspector.flows.contents import named
from inspector.flows.left import wait_where_left
from inspector.flows.office import Office
from inspector.flows.requests import held
from inspector.flows.settle import Settlement, hears_of_the_end, nothing, settle_request
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
        written = _written(work, office)
    except Stale:
        return nothing("obsolete")
    if written is None:
        return nothing("obsolete")
    letter, entries = written
    try:
        receipt = agency.send(letter, key=named(work.key, letter))
    except (Refused, Garbled) as error:
        unsure = posting.may_have_arrived(work, error)
        if isinstance(error, Refused) and error.code != _KNOWN:
            return _split(work, office, entries, unsure=unsure, calls=error.attempts).after(error)
        return _lost(work, office, error.code, unsure=unsure, calls=error.attempts, detail=posting.said_of(error)).after(error)

    def write(tx: Tx, now: datetime) -> None:
        carried = list[tuple[str, str, str]]()
        for request_id, kind in entries:
            case, request = held(tx, request_id)
            key = request.letter_key(kind, via)
            carried.append((request_id, kind, key))
            if kind == LetterKind.REQUEST.value and not receipt.by_hand:
                inquiries.enclosed(tx, office, request, via, key, now, calls=receipt.attempts)
            if not request.state.open:
                hears_of_the_end(tx, request, via, now)
                continue
            letters.carried(tx, request, key, via, receipt, now)
            policy = office.book.get(case.pack)
            hand = receipt.by_hand
            told = sending.sent(request, via, receipt.reference, policy, now, office.calendar, by_hand=hand, key=key)
            settle_request(tx, post.of_kind(told, kind), now)
        letters.left(tx, receipt, via, carried, now)
        tx.digests.carried(via, entries)

    return Settlement(write=write, outcome="digest", attempts=receipt.attempts)


def give_up(work: Work, office: Office, error: PortError | None) -> Settlement:
    """No try brought it to the agency."""
    code = error.code if error else "patience_over"
    return _lost(work, office, code, unsure=posting.may_have_arrived(work, error), detail=posting.said_of(error))


_KNOWN = "conflict"
"""What says that the agency has had a message under this key: to send its letters singly would double them."""


def tried(tx: Tx, work: Work, office: Office, error: PortError, now: datetime) -> None:
    """A try left in vain: the agency may have been told about each of its subjects, and the record of inquiries says so."""
    left = error.code not in inquiries.STAYED
    for request_id, kind in tx.digests.waiting(str(work.payload["via"]), _slot(work)):
        if kind == LetterKind.REQUEST.value and left:
            _recorded(tx, work, office, request_id, now, error.attempts, Verdict.NO_ANSWER.value)


def _recorded(tx: Tx, work: Work, office: Office, request_id: str, now: datetime, calls: int, outcome: str) -> None:
    request, via = tx.assistance.get(request_id), str(work.payload["via"])
    key = request.letter_key(LetterKind.REQUEST, via)
    inquiries.enclosed(tx, office, request, via, key, now, calls=calls, outcome=outcome)


def _split(work: Work, office: Office, entries: Entries, *, unsure: bool, calls: int) -> Settlement:
    """The agency would not have them together: one may be too large, or one of its requests not to its liking. Each goes by itself.

    Each is the letter it would have been, with the date that the digest told, and what becomes of it is its own affair. `unsure`: an
    earlier try may have brought the digest all the same; then it is the same requests again, and their end is told.
    """
    via = str(work.payload["via"])

    def write(tx: Tx, now: datetime) -> None:
        for request_id, kind in entries:
            _, request = held(tx, request_id)
            if kind == LetterKind.REQUEST.value and calls:
                _recorded(tx, work, office, request_id, now, calls, "undeliverable")
            if unsure:
                request = post.perhaps(request, via)
                tx.assistance.put(request)
                hears_of_the_end(tx, request, via, now)
            if request.state.open and not posting.needless(request, LetterKind(kind), now):
                tx.work.order([post.alone(request, kind, via, now)], now)
        tx.digests.carried(via, entries)

    return Settlement(write=write, outcome="split")


def _lost(work: Work, office: Office, code: str, *, unsure: bool = False, calls: int = 0, detail: str = "") -> Settlement:
    """Each of its letters was not taken; `calls` are those of its last try that are not on record yet."""
    via = str(work.payload["via"])

    def write(tx: Tx, now: datetime) -> None:
        entries = tx.digests.waiting(via, _slot(work))
        for request_id, kind in entries:
            key = tx.assistance.get(request_id).letter_key(kind, via)
            if kind == LetterKind.REQUEST.value and calls:
                _recorded(tx, work, office, request_id, now, calls, "undeliverable")
            elif kind == LetterKind.REQUEST.value:
                tx.inquiries.ended(key, "undeliverable", now)
            told = posting.Lost(
                request_id=request_id, kind=LetterKind(kind), via=via, key=key, code=code, unsure=unsure, detail=detail
            )
            posting.lost(tx, office, told, now)
        tx.digests.carried(via, entries)

    return Settlement(write=write, outcome="undeliverable")


def _slot(work: Work) -> datetime:
    return datetime.fromisoformat(str(work.payload["slot"]))


def _written(work: Work, office: Office) -> tuple[Letter, Entries] | None:
    """The digest and what it carries; None: nothing any more.

    It is written into its row before its first try and read there at every other, without the links' secrets.

    The clocks of the requests that it asks first are wound in the same transaction: an agency that has got it, and of which no receipt
    came, was told the dates that bind. Raises Stale where this row is not ours any more.
    """
    via = str(work.payload["via"])
    said = work.payload.get("said")
    if said is None:
        with office.store.begin() as tx:
            held = _enclosed(tx, office, via, _slot(work), office.now())
            number = replylink.digest_number(office, via, _slot(work))
            if held.entries:
                replylink.carries(office, tx, number, (one.request_id for one in held.letters), office.now())
            said = {
                "number": number,
                "at": held.at.isoformat(),
                "entries": held.entries,
                "letters": [json.loads(dump(one)) for one in held.letters],
                "more": held.more,
            }
            tx.work.keep(work, {**work.payload, "said": said}, expires_at=held.until)
    if not said["entries"]:
        return None
    with office.store.read() as tx:
        told = [load(Letter, json.dumps(one)) for one in said["letters"]]
        linked = tuple(
            letters.linked(one, replylink.address(office, tx, replylink.LINK, one.request_id, one.reply_url)) for one in told
        )
    day = datetime.fromisoformat(str(said.get("at", work.payload["slot"])))
    unmarked = (
        f"digest.{via}.{office.calendar.local(_slot(work)):%Y-%m-%d}"  # what one was called that an older release has written
    )
    number = str(said.get("number", unmarked))
    cover = letters.cover(office, via, number, day, linked, int(said.get("more", 0)))
    return cover, [(str(one), str(kind)) for one, kind in said["entries"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Enclosed:
    """What a digest carries, as it was written `at`; `more` requests are open besides; it is worth a try until `until`."""

    at: datetime
    entries: list[tuple[str, str]]
    letters: list[Letter]
    more: int
    until: datetime | None


def _enclosed(tx: Tx, office: Office, via: str, slot: datetime, now: datetime) -> _Enclosed:
    """What waits, each request once; then what else is open at the agency, the nearest dates first, and how much more there is.

    A digest that went late counts from the hour at which it is written, and reminds nobody of a date that has passed.
    """
    entries: list[tuple[str, str]] = []
    told: dict[str, tuple[Request, LetterKind]] = {}
    for request_id, name in tx.digests.waiting(via, slot):
        (case, request), kind = held(tx, request_id), LetterKind(name)
        if not request.state.open or posting.needless(request, kind, now):
            tx.digests.carried(via, [(request_id, name)])
            continue
        entries.append((request_id, name))
        if kind is LetterKind.REQUEST:
            begun = digest.enclosed(request, via, office.book.get(case.pack), now, office.calendar)
            if begun is not None:
                settle_request(tx, begun, now)
                request = begun.state
        if kind is LetterKind.REQUEST or request_id not in told:
            told[request_id] = (request, kind)
    if not entries:
        return _Enclosed(at=now, entries=[], letters=[], more=0, until=None)
    beside, count = tx.assistance.known_at(via, list(told), now, digest.BESIDE)
    first = [request.due_at for request, kind in told.values() if kind is LetterKind.REQUEST]
    until = min(first) if first else max(request.due_at for request, _ in told.values())
    whole = [*told.values(), *((request, LetterKind.REMINDER) for request in beside)]
    return _Enclosed(
        at=now,
        entries=entries,
        letters=[_letter(tx, office, request, kind, via) for request, kind in whole],
        more=count - len(beside),
        until=until,
    )


def _letter(tx: Tx, office: Office, request: Request, kind: LetterKind, via: str) -> Letter:
    return letters.worded(office, tx, request, posting.letter_of(office, tx, request, kind, via), via)
