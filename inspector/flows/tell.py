"""What others hear: the approving system its notices, the credit platform its entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from inspector.domain import acknowledged
from inspector.domain.act import KEPT
from inspector.domain.calendar import due
from inspector.domain.case import SubjectKind
from inspector.domain.creditrecord import Amend, Record
from inspector.domain.decision import Decision, Order, OrderKind
from inspector.domain.discretion import event
from inspector.domain.ending import retraction_key
from inspector.domain.statement import ENDED, unsendable
from inspector.domain.timer import Timer
from inspector.flows import copies, untold
from inspector.flows.holding import perhaps
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import CREDIT_UNPLACED, Settlement, nothing
from inspector.flows.stopped import CREDIT_STUCK, UNHEARD, entries_there
from inspector.ports import CreditEntry, Notice, NotYet, Origin, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

WITHHELD = "callback_withheld"
"""The matter for a person that a notice opens whose system's name now belongs to another agency; one for each system and agency."""

_DAY = timedelta(days=1)


def notify(work: Work, office: Office) -> Settlement:
    """Deliver one event to the system that sent the case. Refusals go to quarantine: the feed still has the event.

    Where its name has passed to another agency, the address behind it is that agency's by now: nothing of this case goes there.
    """
    with office.store.read() as tx:
        row = tx.events.get(str(work.payload["event"]))
        holder = tx.tokens.holder(work.lane)
    if holder is not None and holder not in (row["agency"], *office.line(row["agency"])):
        return _withheld(work, row["agency"], holder).unasked()
    system = office.connectors.approving.get(work.lane)
    if system is None:
        raise not_configured()
    notice = Notice(
        event_id=row["id"],
        type=row["type"],
        at=row["at"],
        case_id=row["case_id"],
        reference=row["reference"],
        data=event(json.loads(row["body"])),
    )
    return nothing("delivered", attempts=system.tell(notice, key=work.key).attempts)


def enter_credit(work: Work, office: Office) -> Settlement:
    """Hand a performance entry to the credit platform; while there is none at all it waits, for it is not to be lost."""
    if not work.lane:
        raise NotYet("no_platform", origin=Origin.US, attempts=0, retry_after=office.after(_DAY))
    said = work.payload
    entry_id, copy = str(said.get("entry", work.key)), "copy" in said
    with office.store.read() as tx:
        if tx.cases.get(str(work.case_id)).entry != entry_id:
            # its outcome fell meanwhile; what may have left by an earlier try is taken back by its order
            return nothing("taken_back")
        mine = tx.records.find(entry_id)
    why = unsendable(mine)
    if "again" in said and why:
        return nothing("obsolete")  # it was repaired, shown no more or objected to since a person had it sent once more
    if why == ENDED:
        return _kept_back(work, office, entry_id, copy=copy)
    adverse = mine is not None and mine.adverse
    if adverse and not untold.goes(work, office, entry_id):
        return _held_back(work, entry_id)
    entry = _entry(work, entry_id, mine)
    platform = office.connectors.credit.get(work.lane)
    try:
        if platform is None:
            raise not_configured()
        receipt = platform.record(entry, key=entry_id)
    except PortError as error:
        untold.failed(work, office, error, adverse=adverse)
        raise

    def write(tx: Tx, now: datetime) -> None:
        because = acknowledged.entered(entry_id, entry.basis, receipt.reference, copy=work.lane if copy else "")
        record(tx, entry.case_id, Decision(state=None, because=because), now, {})
        tx.books.entered(entry_id, work.lane, receipt.reference, now, copy=copy)
        _became(office, tx, work, entry, why, now)
        if work.fence > 1:  # a first claim has nothing behind it that a person could have been told
            entries_there(tx, work.lane, tx.cases.agency_of(entry.case_id), work.key, now)

    return Settlement(write=write, outcome="entered", attempts=receipt.attempts)


def _entry(work: Work, entry_id: str, mine: Record | None) -> CreditEntry:
    """What its receiver is told; how long it is shown, as its subject was told: who has it keeps it unpublished, and stops by itself."""
    said = work.payload
    entry = CreditEntry(
        entry_id=entry_id,
        case_id=str(work.case_id),
        subject_kind=SubjectKind(said["kind"]),
        subject_code=str(said["code"]),
        grade=str(said["grade"]),
        outcome=str(said["outcome"]),
        basis=str(said["basis"]),
        decided_by=str(said["by"]),
        decided_at=datetime.fromisoformat(str(said["at"])),
        act=str(said.get("act", "")),
    )
    if mine is not None and mine.row:
        entry = replace(entry, published=mine.published, least_until=mine.least_until, shown_until=mine.most_until)
    return entry


def _became(office: Office, tx: Tx, work: Work, entry: CreditEntry, why: str, now: datetime) -> None:
    """What became of an entry before its receiver had it, or while it was on its way, is told at once (scenario 62)."""
    mine = tx.records.find(entry.entry_id, lock=entry.grade != KEPT)  # as it stands behind the call, too
    if not why and not unsendable(mine):
        return
    waiting = tx.books.amending(entry.entry_id, work.lane, [one.value for one in Amend])
    for key in waiting:
        tx.work.redate(now, now, key=key)
    booked = None if waiting else tx.books.get(entry.entry_id, work.lane)
    if booked is not None:  # nobody was to be told of it before the entry was there
        copies.tell_again(tx, office, booked, "", office.book.get(tx.cases.get(entry.case_id).pack), now)


def _kept_back(work: Work, office: Office, entry_id: str, *, copy: bool) -> Settlement:
    """A record that was repaired, or is shown no more, is told to nobody who has not heard of it yet (handbook 1.7.2).

    Where a try may have brought it, it is taken back.
    """

    def write(tx: Tx, now: datetime) -> None:
        case = tx.cases.get(str(work.case_id))
        basis = str(work.payload["basis"])
        untold.keep_back(tx, case.id, entry_id, work.lane, basis, now)
        if not perhaps(work.payload, work.fence - 1):
            tx.books.retracted(entry_id, "", now, work.lane, copy=copy)
            return
        payload = {"entry": entry_id, "reason": acknowledged.KEPT_BACK, "basis": basis, "at": now.isoformat(), "after": []}
        payload |= {"copy": work.lane} if copy else {}
        tx.books.fallen(entry_id, work.lane, payload, now, copy=copy)
        by = due(now, office.book.get(case.pack).term(Timer.CREDIT_RETRACT).term, office.calendar).at
        back = Order(
            kind=OrderKind.CREDIT_RETRACT,
            key=retraction_key(work.key),
            due_at=now,
            urgent_by=by,
            expires_at=by,
            lane=work.lane,
            case_id=case.id,
            payload=payload,
        )
        tx.work.order([back], now)

    return Settlement(write=write, outcome="kept_back").unasked()


def _held_back(work: Work, entry_id: str) -> Settlement:
    """It is contested, and this receiver surely has not heard of it: the row is over, and goes on with the objection's end."""

    def write(tx: Tx, now: datetime) -> None:
        untold.waits(tx, tx.records.get(entry_id), work.lane, now)

    return Settlement(write=write, outcome="held_back").unasked()


def place_credit(office: Office, tx: Tx, now: datetime) -> None:
    """At a start: entries that were ordered while there was no platform go to the one there is now."""
    lane = office.lane_of(OrderKind.CREDIT, "")
    if lane:
        tx.work.place(OrderKind.CREDIT.value, lane, now)
        tx.attention.close_those(f"{CREDIT_UNPLACED}:", now)


def not_told(tx: Tx, work: Work, code: str, now: datetime) -> None:
    """A system did not get a notice: a person is told, once for all notices of an agency to it."""
    agency = tx.cases.get(str(work.case_id)).agency
    facts = {"connector": work.lane, "case": work.case_id, "error": code}
    tx.attention.open(UNHEARD, agency, f"{work.lane}:{agency}", facts, now)


def _withheld(work: Work, agency: str, holder: str) -> Settlement:
    """Not delivered: the feed has the event, and a person hears it."""
    facts = {"connector": work.lane, "case": work.case_id, "holder": holder}

    def write(tx: Tx, now: datetime) -> None:
        tx.attention.open(WITHHELD, agency, f"{work.lane}:{agency}", facts, now)

    return Settlement(write=write, outcome="withheld")


def not_entered(tx: Tx, work: Work, code: str, now: datetime) -> None:
    """The platform did not get an entry: a person is told, once for all entries of an agency to it, with how many there were."""
    agency = tx.cases.get(str(work.case_id)).agency

    def more(told: Mapping[str, Any]) -> dict[str, object]:
        count = told.get("count", 0) + 1
        return {"connector": work.lane, "count": count, "entry": work.key, "case": work.case_id, "error": code}

    tx.attention.add(CREDIT_STUCK, agency, f"{work.lane}:{agency}", more, now)


def not_configured() -> Refused:
    """The connector of an order has left the settings: the order is kept for a person, never marked done."""
    return Refused("connector_not_configured", origin=Origin.US, attempts=0)
