"""Credit records over HTTP: what stands, repairs, objections, annulments."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import structlog
from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from inspector.domain.consequence import Signed
from inspector.domain.creditlaw import RepairPaper
from inspector.domain.creditrecord import Record, RecordState, warning
from inspector.domain.errors import Missing, Refusal
from inspector.domain.objection import Objection, ObjectionState
from inspector.domain.repair import Brought
from inspector.domain.stamp import stamped
from inspector.domain.statement import BookState
from inspector.domain.viewing import Shown as What
from inspector.flows import annulling, objections, repairs, same, touched
from inspector.store.tx import Tx
from inspector.web.accounts import EntryPath
from inspector.web.answers import Shown
from inspector.web.bars import OutsideBarShown, bar_shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Asker, Caller, CaseReader, Officer, ResultReader
from inspector.web.creditmessages import AnnulmentIn, ObjectionDecisionIn, ObjectionIn, OthersIn, RepairDecisionIn, RepairIn
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import MAYBE_SIGNS, CasePath, Limit, MessageId, NamePath
from inspector.web.near import near
from inspector.web.viewings import shown_of

router = APIRouter(prefix="/v1", tags=["credit"], route_class=JsonRoute)
log = structlog.get_logger(__name__)


class PaperShown(Shown):
    """A paper of a repair: what it shows (null: nobody has said so yet), its SHA-256, what it is called, by whom it came, and when."""

    paper: RepairPaper | None
    digest: str
    name: str
    by: str
    at: datetime | None


class RecordShown(Shown):
    """A credit record: whether it bars, is contested, since when it stands and how long it is shown.

    `in_effect`: whether its decision has come to its subject, so that receivers have it and it bars, and it was not annulled nor fell
    since; `effective_on`: the day on which it came, where that was awaited. `repairable_from`: the first day on which a repair may be
    asked for. `repair_due_at`: by when one that was asked for is decided; `lacking`: the papers that it lacks; `papers`: those that are
    there. `strike_asked_by`, `strike_document`: who has entered which document against the entry of a kept promise; another officer
    carries it out by entering the same.
    """

    entry: str
    case_id: str
    agency: str
    grade: str
    act: str
    outcome: str
    state: RecordState
    bars: bool
    contested: bool
    in_effect: bool
    effective_on: date | None
    published: bool
    decided_by: str
    decided_on: date
    repairable_from: date
    shown_until: date | None
    lapsed_on: date | None
    ended_on: date | None
    ended_by: str
    document: str
    repair_asked: bool
    repair_due_at: datetime | None
    lacking: tuple[RepairPaper, ...]
    papers: tuple[PaperShown, ...]
    strike_asked_by: str
    strike_document: str


class ReceiverShown(Shown):
    """A receiver of an entry: whether it has it, is to give it back, or has acknowledged that it did."""

    connector: str
    state: BookState
    receipt: str
    moved_at: datetime


class ObjectionShown(Shown):
    """An objection: what it is about, by when it is decided, and how it was. `stead`: in whose stead `decided_by` has decided."""

    id: str
    about: str
    case_id: str
    agency: str
    words: str
    digests: tuple[str, ...]
    opened_at: datetime
    due_at: datetime | None
    others: str
    passed_by: str
    state: ObjectionState
    decided_by: str
    stead: str
    reasons: str


class RecordWhole(Shown):
    """A record with every receiver that has had a copy, and the open objections that touch it: to it, or to a decision it falls with."""

    record: RecordShown
    objections: tuple[ObjectionShown, ...]
    receivers: tuple[ReceiverShown, ...]


class RecordPage(Shown):
    """Records by entry. `next`: go on behind it; null: there is no more."""

    records: tuple[RecordShown, ...]
    next: str | None


class ObjectionPage(Shown):
    """Open objections, the most urgent first."""

    objections: tuple[ObjectionShown, ...]


class WarningShown(Shown):
    """What is on record of a case's subject, as facts for an officer: no score, and nothing is refused by it (the plan, item 9)."""

    records: tuple[RecordShown, ...]
    outside: tuple[OutsideBarShown, ...]


@router.get("/credit/records", responses=READS)
def list_records(
    desk: AtDesk,
    caller: ResultReader,
    state: Annotated[RecordState | None, Query(description="Only records in this state; left out: those not over")] = None,
    after: Annotated[str, Query(max_length=300, pattern=MAYBE_SIGNS, description="Go on behind this entry")] = "",
    limit: Limit = 50,
) -> RecordPage:
    """What is to somebody's discredit, within the agencies of the token."""
    states = [state] if state is not None else [one for one in RecordState if not one.over]
    rows = desk.look(lambda tx: tx.records.page(caller.sees, states, limit, after))
    shown_of(desk, caller, What.CREDIT, (one.case_id for one in rows))
    looked(caller, rows)
    return RecordPage(records=tuple(map(shown, rows)), next=rows[-1].entry if len(rows) == limit else None)


@router.get("/credit/records/{entry}", responses=READS)
def show_record(desk: AtDesk, caller: CaseReader, entry: EntryPath) -> RecordWhole:
    """A record with its open objections and its receivers; to the approving system neither words nor names of people."""

    def ask(tx: Tx) -> RecordWhole:
        held = seen(tx, caller, entry)
        booked = [one for one in (tx.books.get(entry), *tx.books.copies(entry)) if one is not None]
        receivers = [
            ReceiverShown(connector=one.lane, state=one.state, receipt=one.receipt, moved_at=one.moved_at) for one in booked
        ]
        open_ones = map(_objection, touched.touching(tx, held))
        return near(RecordWhole(record=shown(held), objections=tuple(open_ones), receivers=tuple(receivers)), caller)

    told = desk.look(ask)
    shown_of(desk, caller, What.CREDIT, (told.record.case_id,))
    log.info("credit.looked", by=caller.name, records=[entry])
    return told


@router.get("/cases/{case_id}/warning", responses=READS)
def warn(desk: AtDesk, caller: ResultReader, case_id: CasePath) -> WarningShown:
    """What is on record of the subject of a case (信用预警): open records as facts, no score, for an officer alone."""

    def ask(tx: Tx) -> WarningShown:
        case = caller.case(tx, case_id)
        records = warning(same.records(tx, case.subject))
        today = desk.office.now().date()
        bars = [one for one in same.bars(tx, case.subject) if one.barring(today)]
        return WarningShown(records=tuple(map(shown, records)), outside=tuple(map(bar_shown, bars)))

    told = desk.look(ask)
    shown_of(desk, caller, What.CREDIT, (case_id,))
    log.info("credit.looked", by=caller.name, records=[one.entry for one in told.records])
    return told


@router.post("/credit/records/{entry}/repair", response_model=RecordShown, responses=WRITES)
def ask_repair(desk: AtDesk, caller: Asker, entry: EntryPath, given: RepairIn, message_id: MessageId = None) -> JSONResponse:
    """A repair is asked for, by the approving system or an officer. Before the earliest date it is refused, which the answer names."""

    def do(tx: Tx, now: datetime) -> RecordShown:
        seen(tx, caller, entry)
        papers = tuple((one.paper, one.digest) for one in given.papers)
        names = {one.digest: one.name for one in given.papers}
        told, when = (given.words, papers, caller.name, now), stamped(given.said_on, given.stamp)
        return near(shown(repairs.ask(desk.office, tx, entry, *told, names=names, stamp=when)), caller)

    return desk.once(message(caller.source, message_id, f"repair {entry}", given), do)


@router.post("/credit/records/{entry}/repair/decision", response_model=RecordShown, responses=WRITES)
def decide_repair(
    desk: AtDesk, caller: Officer, entry: EntryPath, given: RepairDecisionIn, message_id: MessageId = None
) -> JSONResponse:
    """An officer grants a repair or refuses it; granted, every receiver hears of it and the gate opens."""

    def do(tx: Tx, now: datetime) -> RecordShown:
        seen(tx, caller, entry)
        told = entry, caller.name, given.reasons, now
        return shown(repairs.decide(desk.office, tx, *told, grant=given.grant, token=caller.token))

    return desk.once(message(caller.source, message_id, f"repair decision {entry}", given), do)


@router.post("/credit/records/{entry}/annulment", response_model=RecordShown, responses=WRITES)
def annul(desk: AtDesk, caller: Officer, entry: EntryPath, given: AnnulmentIn, message_id: MessageId = None) -> JSONResponse:
    """A court or the review body has annulled the basis: every receiver deletes the record, the bar is lifted at once.

    The entry of a kept promise stands until a second officer has entered the same document: to strike it harms its subject, who is told.
    """

    def do(tx: Tx, now: datetime) -> RecordShown:
        held = seen(tx, caller, entry)
        annulling.refuse_first(held, given.why, "why")
        told = (given.why, given.document, caller.name, now)
        return shown(annulling.entry(desk.office, tx, entry, *told, token=caller.token, reasons=given.reasons))

    return desk.once(message(caller.source, message_id, f"annulment {entry}", given), do)


@router.post("/credit/records/{entry}/objections", response_model=ObjectionShown, responses=WRITES)
def object_to(desk: AtDesk, caller: Asker, entry: EntryPath, given: ObjectionIn, message_id: MessageId = None) -> JSONResponse:
    """Somebody objects to a record, or to a consequence by its id: marked at once everywhere, used for nothing adverse until decided."""

    def do(tx: Tx, now: datetime) -> ObjectionShown:
        contestable(desk, tx, caller, entry)
        told, when = (given.words, given.digests, caller.name, now), stamped(given.said_on, given.stamp)
        return near(_objection(objections.object(desk.office, tx, entry, *told, stamp=when)), caller)

    return desk.once(message(caller.source, message_id, f"object {entry}", given), do)


@router.get("/credit/objections", responses=READS)
def list_objections(desk: AtDesk, caller: ResultReader, limit: Limit = 50) -> ObjectionPage:
    """Open objections, by their dates."""
    rows = desk.look(lambda tx: tx.records.objections(agencies=caller.sees, limit=limit))
    shown_of(desk, caller, What.CREDIT, (one.case_id for one in rows))
    return ObjectionPage(objections=tuple(map(_objection, rows)))


@router.post("/credit/objections/{objection}/others", response_model=ObjectionShown, responses=WRITES)
def pass_on(desk: AtDesk, caller: Officer, objection: NamePath, given: OthersIn, message_id: MessageId = None) -> JSONResponse:
    """An officer who may decide it says why others have to be asked: the longer term runs, from the day of the objection."""

    def do(tx: Tx, now: datetime) -> ObjectionShown:
        _contested(tx, caller, objection)
        by = Signed(by=caller.name, token=caller.token, at=now)
        return _objection(objections.pass_on(desk.office, tx, objection, by, given.reasons, now))

    return desk.once(message(caller.source, message_id, f"others {objection}", given), do)


@router.post("/credit/objections/{objection}/decision", response_model=ObjectionShown, responses=WRITES)
def decide_objection(
    desk: AtDesk, caller: Officer, objection: NamePath, given: ObjectionDecisionIn, message_id: MessageId = None
) -> JSONResponse:
    """Another officer than those who decided the case upholds an objection, or rejects it with reasons."""

    def do(tx: Tx, now: datetime) -> ObjectionShown:
        _contested(tx, caller, objection)
        by = Signed(by=caller.name, token=caller.token, at=now)
        return _objection(objections.decide(desk.office, tx, objection, by, given.reasons, now, upheld=given.upheld))

    return desk.once(message(caller.source, message_id, f"objection {objection}", given), do)


def _paper(one: tuple[RepairPaper | None, str, Brought | None]) -> PaperShown:
    (paper, digest, known) = one
    name, by, at = ("", "", None) if known is None else (known.name, known.by, known.at)
    return PaperShown(paper=paper, digest=digest, name=name, by=by, at=at)


def shown(held: Record) -> RecordShown:
    """A record as it is shown; whose it is shows its case."""
    same = {name: getattr(held, name) for name in RecordShown.model_fields if name != "in_effect" and hasattr(held, name)}
    asked = held.repair
    return RecordShown(
        **same,
        in_effect=held.counts,
        shown_until=held.most_until,
        repair_asked=asked is not None,
        repair_due_at=asked.due_at if asked is not None else None,
        lacking=asked.missing if asked is not None else (),
        papers=tuple(map(_paper, asked.listed)) if asked is not None else (),
        strike_asked_by=held.striking.asked.by if held.striking is not None else "",
        strike_document=held.striking.document if held.striking is not None else "",
    )


def _objection(held: Objection) -> ObjectionShown:
    return ObjectionShown.model_validate(held)


def seen(tx: Tx, caller: Caller, entry: str) -> Record:
    """A record of a case that the caller may see. Raises Missing."""
    held = tx.records.find(entry)
    if held is None:
        raise Missing("record_unknown", entry=entry)
    try:
        caller.case(tx, held.case_id)
    except Missing:
        raise Missing("record_unknown", entry=entry) from None
    return held


def contestable(desk: Desk, tx: Tx, caller: Caller, about: str) -> None:
    """Raise Missing for what the caller may not know of: an entry, or a consequence, which orders one or does not.

    Of another authority's record Refusal (`objection_outside`), which says where to turn.
    """
    held = tx.consequences.find(about)
    if held is None and (bar := tx.records.bar(about)) is not None:
        office = desk.office.tree[bar.agency].name if bar.agency in desk.office.tree else bar.agency
        raise Refusal("objection_outside", bar=bar.id, authority=bar.authority, document=bar.document, office=office)
    if held is None:
        seen(tx, caller, about)
    else:
        caller.case(tx, held.case_id)


def _contested(tx: Tx, caller: Caller, objection: str) -> None:
    """Raise Missing for an objection that the caller may not see."""
    if tx.records.objection(objection).agency not in caller.sees:
        raise Missing("objection_unknown", objection=objection)


def looked(caller: Caller, rows: list[Record]) -> None:
    """Who has looked at whose records is in the log."""
    log.info("credit.looked", by=caller.name, records=[one.entry for one in rows])
