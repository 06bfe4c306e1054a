"""The record of who was asked what about whom: written in the transaction that settles the question or a vain try of it.

So what left is there though the case withdraws the question before an answer comes. One that was under way when the daemon died is
asked again and written then, under the same key. What never left is not written: a question that waited for its turn in vain, a letter
on paper that lies here. That one is written when a person has posted it, or the agency has spoken of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from inspector.domain.assistance import Request
from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.evidence import Verdict
from inspector.domain.inquiry import Asked, Inquiry
from inspector.domain.letter import ABOVE, LetterKind, kind_of
from inspector.domain.scoreboard import WORDS
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import Settlement
from inspector.flows.unsettled import to_post
from inspector.ports import Agency, CreditPlatform, PortError, Source
from inspector.store.tx import Tx
from inspector.store.work import Work

Write = Callable[[Tx, datetime], None]

_TELLING = frozenset({LetterKind.REQUEST.value, *ABOVE})

STAYED = frozenset({"folder_failed"})
"""How a try ends of which nothing has left: a letter on paper could not be laid down."""

_PORTS = {OrderKind.ASK: Asked.SOURCE, OrderKind.RATE: Asked.CREDIT, OrderKind.ASSIST_SEND: Asked.AGENCY}


def noted(do: Callable[[Work, Office], Settlement]) -> Callable[[Work, Office], Settlement]:
    """The flow, with its question on record where one left."""

    def noting(work: Work, office: Office) -> Settlement:
        settlement = do(work, office)
        return _with(settlement, work, office, settlement.attempts)

    return noting


def given_up(
    give_up: Callable[[Work, Office, PortError | None], Settlement],
) -> Callable[[Work, Office, PortError | None], Settlement]:
    """The same for a question whose tries are spent: each is on record since it was made, and now how it ended."""

    def noting(work: Work, office: Office, error: PortError | None) -> Settlement:
        settlement = give_up(work, office, error)
        write = settlement.write

        def both(tx: Tx, now: datetime) -> None:
            write(tx, now)
            if _is_question(work):
                tx.inquiries.ended(work.key, settlement.outcome, now)

        return replace(settlement, write=both)

    return noting


def tried(tx: Tx, work: Work, office: Office, error: PortError, now: datetime) -> None:
    """The same for a try that left and came to nothing, whether it is made again or not; `error` says how many calls it was."""
    if _is_question(work) and error.code not in STAYED:
        tx.inquiries.tried(_inquiry(tx, office, work, Verdict.NO_ANSWER.value, error.attempts, now))


def enclosed(
    tx: Tx, office: Office, request: Request, via: str, key: str, now: datetime, *, calls: int = 1, outcome: str = ""
) -> None:
    """The same for a request that went out in a digest with others; `key` is that of its letter, `outcome` how it ended otherwise."""
    there, case = office.connectors.agencies, tx.cases.get(request.case_id)
    asked = Inquiry(
        key=key,
        at=now,
        agency=case.agency,
        case_id=case.id,
        port=Asked.AGENCY,
        connector=via,
        owner=there[via].card.owner if via in there else "",
        kind=SubjectKind(str(request.question["kind"])),
        code=str(request.question["code"]),
        fact=str(request.question["fact"]),
        basis=request.basis,
        outcome=outcome or LetterKind.REQUEST.value,
        attempts=calls,
    )
    if outcome == Verdict.NO_ANSWER.value:
        tx.inquiries.tried(asked)
    else:
        tx.inquiries.add(asked)


def posted(tx: Tx, office: Office, request: Request, via: str, key: str, now: datetime) -> None:
    """The same for a letter on paper that has left by a person's hand; of one that tells nobody anything new nothing is written."""
    if (kind := kind_of(request, key)) in _TELLING:
        enclosed(tx, office, request, via, key, now, outcome=kind)


def spoken_of(tx: Tx, office: Office, request: Request, rule: str, now: datetime) -> None:
    """The agency has spoken (`rule`): it was asked, though its letter lies here on paper as far as anybody has said."""
    if rule not in WORDS | {"assistance.forward"}:
        return
    for key, to in to_post(tx, request).items():
        if to == request.requested and kind_of(request, key) == LetterKind.REQUEST.value:
            posted(tx, office, request, to, key, now)


def read(tx: Tx, by: str, about: str, now: datetime) -> None:
    """Write down that somebody has looked at the record about a case, or at that about a subject (its cases are named by it)."""
    because = Because(rule="inquiry.read", basis=(), pack="", facts={"by": by})
    record(tx, about, Decision(state=None, because=because), now, {})


def _with(settlement: Settlement, work: Work, office: Office, attempts: int) -> Settlement:
    if not attempts or not settlement.left or not _is_question(work):
        return settlement

    def then(write: Write) -> Write:
        def both(tx: Tx, now: datetime) -> None:
            write(tx, now)
            tx.inquiries.add(_inquiry(tx, office, work, settlement.outcome, attempts, now))

        return both

    late = settlement.late or _nothing  # the case may have ended the work meanwhile: what left, left
    return replace(settlement, write=then(settlement.write), late=then(late))


def _nothing(_tx: Tx, _now: datetime) -> None:
    """The answer is worth nothing any more."""


def _is_question(work: Work) -> bool:
    """Whether it tells somebody new about the subject: a question, or a letter above, which names subject and promise to a third agency."""
    return str(work.payload.get("letter", LetterKind.REQUEST.value)) in _TELLING


def _inquiry(tx: Tx, office: Office, work: Work, outcome: str, attempts: int, now: datetime) -> Inquiry:
    said = dict(work.payload)
    port = _PORTS[OrderKind(work.kind)]
    here = office.connectors
    every: Mapping[Asked, Mapping[str, Source | CreditPlatform | Agency]] = {
        Asked.SOURCE: here.sources,
        Asked.CREDIT: here.credit,
        Asked.AGENCY: here.agencies,
    }
    there = every[port]
    if port is Asked.AGENCY:
        held = tx.assistance.get(str(said["request"]))
        said |= {**held.question, "basis": held.basis}
    case = tx.cases.get(str(work.case_id))
    name = str(said.get("via") or work.lane)
    return Inquiry(
        key=work.key,
        at=now,
        agency=case.agency,
        case_id=case.id,
        port=port,
        connector=name,
        owner=there[name].card.owner if name in there else "",
        kind=SubjectKind(str(said["kind"])),
        code=str(said["code"]),
        fact=str(said.get("fact", "")),
        basis=str(said.get("basis") or office.book.get(case.pack).item(case.item).basis),
        outcome=outcome,
        attempts=attempts,
    )
