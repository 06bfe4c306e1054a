"""A notice to a subject is given out (送达): it takes its first way, and what that way asks for begins (domain.serving).

Called in the caller's transaction; what is refused raises before anything is written.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain import bringing, origin, serving
from inspector.domain.agreed import Contact
from inspector.domain.calendar import due as counted
from inspector.domain.case import Case
from inspector.domain.decision import Decision
from inspector.domain.errors import Missing
from inspector.domain.serving import AGAIN, NoticeKind, SubjectNotice
from inspector.domain.timer import Timer
from inspector.domain.wayto import Reach, ServiceRow, ServiceWay, next_row
from inspector.flows.office import Office
from inspector.flows.telling import tell
from inspector.flows.unserved import TO_SERVE, write
from inspector.store.tx import Tx


def give(office: Office, tx: Tx, notice: SubjectNotice, now: datetime) -> SubjectNotice:
    """Say something to the subject of a case: the notice takes its first way. The same id once more is the same notice.

    Raises what `serving.make` raises, and Missing for a case that is not there, or for a matter of another one.
    """
    case = tx.cases.get(notice.case_id, lock=True)
    _own(tx, notice)
    rows, reach = rows_of(office, case), reach_of(office, tx, case, notice.kind)
    notice = replace(notice, addressed=contact_of(tx, case, notice.kind).said)
    decision = serving.make(notice, rows, reach, now, office.calendar, case.pack)
    if not tx.servings.add(decision.state):
        return tx.servings.get(notice.id)
    settle(tx, office, case, decision, now, new=True)
    bring(tx, office, case, decision.state, reach, now)
    return decision.state


def say(office: Office, tx: Tx, notice: SubjectNotice, now: datetime) -> SubjectNotice:
    """The same by an officer's own hand: guidance and reminders alone. Raises Invalid (`notice_kind_elsewhere`) and what `give` raises."""
    origin.by_hand(notice.kind)
    return give(office, tx, notice, now)


def inform(  # noqa: PLR0913 - a notice in all its parts
    office: Office,
    tx: Tx,
    case: Case,
    name: str,
    kind: NoticeKind,
    *,
    about: str,
    title: str,
    facts: tuple[str, ...],
    reasons: str,
    basis: tuple[str, ...],
    now: datetime,
    rights: tuple[str, ...] = (),
) -> SubjectNotice:
    """Say something that starts no time and that nobody has to answer by a day; `name` is the notice's id. Raises what `give` raises."""
    notice = SubjectNotice(
        id=name,
        kind=kind,
        case_id=case.id,
        agency=case.agency,
        about=about,
        title=title,
        facts=facts,
        reasons=reasons,
        rights=rights,
        basis=tuple(dict.fromkeys(basis)),
        answer_by=None,
        made_at=now,
    )
    return give(office, tx, notice, now)


def contact_of(tx: Tx, case: Case, kind: NoticeKind) -> Contact:
    """How the subject hears of it: what was entered in its name (`ENTERED`) never goes where only an officer says that it is."""
    held = tx.servings.contact(case.id)
    return held.theirs if kind is NoticeKind.ENTERED else held


def reach_of(office: Office, tx: Tx, case: Case, kind: NoticeKind) -> Reach:
    """Which ways there are for the subject of a case, by the settings and by what the case brought."""
    ways = {ServiceWay.SYSTEM} if case.sender in office.connectors.approving else set()
    ways |= {way for way in ServiceWay if way.pushed and office.serving(case.agency, way.value) and address(tx, case, way, kind)}
    return Reach(ways=frozenset(ways), agreed=contact_of(tx, case, kind).agreed)


def address(tx: Tx, case: Case, way: ServiceWay, kind: NoticeKind) -> str:
    """Where a way of ours reaches the subject; empty where nothing is known."""
    if way is ServiceWay.APP:
        return case.subject.code
    contact = contact_of(tx, case, kind)
    return {ServiceWay.PHONE: contact.phone, ServiceWay.EMAIL: contact.email}.get(way, "")


def bring(tx: Tx, office: Office, case: Case, notice: SubjectNotice, reach: Reach, now: datetime) -> None:
    """What the way under way asks for: a push, or a person; and whom paper is to serve hears by a channel that there is paper to come."""
    if not notice.way.electronic:
        tx.attention.open(TO_SERVE, case.agency, notice.id, facts_of(notice), now)
    way = notice.way if notice.way.pushed else bringing.informing(notice, reach) if notice.turn == 0 else None
    if way is not None and not office.shadow:
        lane = office.serving(case.agency, way.value)
        message = office.book.get(case.pack).term(Timer.CALLBACK).term  # where no row of the pack says how long a way is tried
        by = notice.due_at or counted(now, message, office.calendar).at
        tx.work.order((bringing.push(notice, way, lane, now, by),), now)


def settle(tx: Tx, office: Office, case: Case, decision: Decision[SubjectNotice], now: datetime, *, new: bool = False) -> None:
    """Write a decision about a notice: state, entry, waits, events."""
    if decision.because.rule == AGAIN:
        return
    write(tx, case, decision, now, new=new)
    told = Decision(state=case, because=decision.because, told=decision.told)
    tx.work.order([*decision.orders, *tell(tx, office, case, told, office.book.get(case.pack), now)], now)


def _own(tx: Tx, notice: SubjectNotice) -> None:
    """What is said by a notice reaches what it is about: that is of its own case, or it is not known. Raises Missing."""
    consequence, entry = tx.consequences.find(notice.about), tx.records.find(notice.about)
    if consequence is not None and consequence.case_id != notice.case_id:
        raise Missing("consequence_unknown", consequence=notice.about)
    if entry is not None and entry.case_id != notice.case_id:
        raise Missing("record_unknown", entry=notice.about)


def rows_of(office: Office, case: Case) -> tuple[ServiceRow, ...]:
    """The ways of service, in the order of the case's pack."""
    return office.book.get(case.pack).services


def first_due(office: Office, tx: Tx, case: Case, now: datetime) -> datetime:
    """By when a notice that is given now is to have come by its first way; at once where the pack has no row."""
    row = next_row(rows_of(office, case), reach_of(office, tx, case, NoticeKind.DECISION), None)
    return counted(now, row.term, office.calendar).at if row is not None else now


def facts_of(notice: SubjectNotice) -> dict[str, object]:
    """What a person is told of a notice that is to be brought."""
    due_at = notice.due_at.isoformat() if notice.due_at else ""
    come_by = {"come_by": notice.come_by.isoformat()} if notice.come_by is not None else {}
    return {"case": notice.case_id, "kind": notice.kind.value, "way": notice.way.value, "due_at": due_at, **come_by}
