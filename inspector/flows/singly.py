"""Entries about which a credit platform is asked one by one: each for its case and by its basis, and each on record (`inquiries`).

One of which nobody knows a case or a basis any more, or never did, is not asked about (数据最小够用).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from inspector.accounts import Accountable
from inspector.domain.case import SubjectKind
from inspector.domain.evidence import Verdict
from inspector.domain.inquiry import Asked, Inquiry
from inspector.domain.statement import Statement
from inspector.flows.office import Office
from inspector.ports import AnswerStatus, PortError
from inspector.purpose import purposeful
from inspector.store.tx import Tx

Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ground:
    """Whose entry it is, for which case and by which basis it was made."""

    agency: str
    case_id: str
    kind: SubjectKind
    code: str
    basis: str


def singly(
    office: Office, lane: str, platform: Accountable, wanted: Mapping[str, str], key: str, asked_at: datetime, advance: Advance
) -> Statement:
    """What a platform says of these entries (each with the case that is said to be its), as one statement of those it was asked about.

    It is as old as the oldest answer. Raises PortError; what left before is on record all the same.
    """
    with office.store.read() as tx:
        grounds = {
            one: ground for one, case_id in wanted.items() if (ground := _ground(office, tx, lane, one, case_id)) is not None
        }
    answers, left = list[Statement](), list[Inquiry]()
    try:
        for place, (entry, ground) in enumerate(grounds.items(), 1):
            made = _inquiry(office, lane, entry, ground, key)
            try:
                purposeful(ground.case_id, ground.basis)
                answers.append(platform.entry(entry, key=key, case_id=ground.case_id, basis=ground.basis))
            except PortError as error:
                left += [replace(made, outcome=Verdict.NO_ANSWER.value, attempts=error.attempts)] if error.attempts else []
                raise
            found = AnswerStatus.FOUND if answers[-1].rows else AnswerStatus.NOT_FOUND
            left.append(replace(made, outcome=found.value, attempts=answers[-1].attempts))
            advance(place, len(grounds))
    finally:
        if left:
            with office.store.begin() as tx:
                for one in left:
                    tx.inquiries.add(one)
    return Statement(
        as_of=min((one.as_of for one in answers), default=asked_at),
        rows=tuple(row for one in answers for row in one.rows),
        source=answers[0].source if answers else "",
        of=frozenset(grounds),
        attempts=sum(one.attempts for one in answers),
    )


def _ground(office: Office, tx: Tx, lane: str, entry: str, case_id: str) -> _Ground | None:
    held = tx.books.get(entry, lane)
    if held is not None and held.body.get("basis"):
        said, basis = held.body, str(held.body["basis"]).partition(";")[0]
        kind, code = SubjectKind(str(said["kind"])), str(said["code"])
        return _Ground(agency=held.agency, case_id=held.case_id, kind=kind, code=code, basis=basis)
    case_id = held.case_id if held is not None else case_id
    if not case_id or not tx.cases.known(case_id):
        return None
    case = tx.cases.get(case_id)
    basis, subject = office.book.get(case.pack).item(case.item).basis, case.subject
    return _Ground(agency=case.agency, case_id=case.id, kind=subject.kind, code=subject.code, basis=basis)


def _inquiry(office: Office, lane: str, entry: str, ground: _Ground, key: str) -> Inquiry:
    return Inquiry(
        key=f"{key}:{entry}",
        at=office.now(),
        agency=ground.agency,
        case_id=ground.case_id,
        port=Asked.CREDIT,
        connector=lane,
        owner=office.connectors.credit[lane].card.owner,
        kind=ground.kind,
        code=ground.code,
        fact="",
        basis=ground.basis,
        outcome="",
        attempts=0,
    )
