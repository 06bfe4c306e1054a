"""What others hear: the approving system its notices, the credit platform its entries."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision, OrderKind
from inspector.domain.statement import unsendable
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import CREDIT_UNPLACED, Settlement, nothing
from inspector.flows.stopped import CREDIT_STUCK, UNHEARD, entries_there
from inspector.ports import CreditEntry, Notice, NotYet, Origin, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

WITHHELD = "callback_withheld"
"""The matter for a person that a notice opens whose system's name now belongs to another agency; one for each system and agency."""

_DAY = 86_400.0


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
        data=json.loads(row["body"]),
    )
    return nothing("delivered", attempts=system.tell(notice, key=work.key).attempts)


def enter_credit(work: Work, office: Office) -> Settlement:
    """Hand a performance entry to the credit platform; while there is none at all it waits, for it is not to be lost."""
    if not work.lane:
        raise NotYet("no_platform", origin=Origin.US, attempts=0, retry_after=_DAY)
    platform = office.connectors.credit.get(work.lane)
    if platform is None:
        raise not_configured()
    said = work.payload
    entry_id, copy = str(said.get("entry", work.key)), "copy" in said
    with office.store.read() as tx:
        if tx.cases.get(str(work.case_id)).entry != entry_id:
            # its outcome fell meanwhile; what may have left by an earlier try is taken back by its order
            return nothing("taken_back")
        if "again" in said and unsendable(tx.records.find(entry_id)):
            return nothing("obsolete")  # it was repaired, shown no more or objected to since a person had it sent once more
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
    receipt = platform.record(entry, key=entry_id)

    def write(tx: Tx, now: datetime) -> None:
        because = Because(
            rule="credit.entered",
            basis=(entry.basis,),
            pack="",
            facts={"entry": entry_id, "receipt": receipt.reference} | ({"connector": work.lane} if copy else {}),
        )
        record(tx, entry.case_id, Decision(state=None, because=because), now, {})
        tx.books.entered(entry_id, work.lane, receipt.reference, now, copy=copy)
        if work.fence > 1:  # a first claim has nothing behind it that a person could have been told
            entries_there(tx, work.lane, tx.cases.agency_of(entry.case_id), work.key, now)

    return Settlement(write=write, outcome="entered", attempts=receipt.attempts)


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
