"""What others hear: the approving system its notices, the credit platform its entries and what is taken back of them."""

from __future__ import annotations

import json
from datetime import datetime

from inspector.domain.case import SubjectKind
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.ending import retraction_key
from inspector.flows.office import Office
from inspector.flows.recall import wait_for_it
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing
from inspector.ports import CreditEntry, CreditRetraction, Garbled, Notice, Origin, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

STUCK = "credit_retraction_stuck"
"""The matter for a person that a retraction opens which the platform does not take."""


def notify(work: Work, office: Office) -> Settlement:
    """Deliver one event to the system that sent the case. Refusals go to quarantine: the feed still has the event."""
    with office.store.read() as tx:
        row = tx.events.get(str(work.payload["event"]))
    system = office.connectors.approving.get(work.lane)
    if system is None:
        return nothing("no_callback")
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
    """Hand a performance entry to the credit platform."""
    platform = office.connectors.credit.get(work.lane)
    if platform is None:
        return nothing("no_platform")
    with office.store.read() as tx:
        if tx.cases.get(str(work.case_id)).entry != work.key:
            return nothing(
                "taken_back"
            )  # its outcome fell meanwhile; what may have left by an earlier try is taken back by its order
    said = work.payload
    entry = CreditEntry(
        entry_id=work.key,
        case_id=str(work.case_id),
        subject_kind=SubjectKind(said["kind"]),
        subject_code=str(said["code"]),
        grade=str(said["grade"]),
        outcome=str(said["outcome"]),
        basis=str(said["basis"]),
        decided_by=str(said["by"]),
        decided_at=datetime.fromisoformat(str(said["at"])),
    )
    receipt = platform.record(entry, key=work.key)

    def write(tx: Tx, now: datetime) -> None:
        because = Because(
            rule="credit.entered", basis=(entry.basis,), pack="", facts={"entry": work.key, "receipt": receipt.reference}
        )
        record(tx, entry.case_id, Decision(state=None, because=because), now, {})

    return Settlement(write=write, outcome="entered", attempts=receipt.attempts)


def retract_credit(work: Work, office: Office) -> Settlement:
    """Take an entry back. What the platform will not do, or answers unreadably, is quarantined and shown to a person at once."""
    if not work.lane:
        return nothing("no_platform")
    wait_for_it(work, office)
    said = work.payload
    entry = str(said["entry"])
    retraction = CreditRetraction(
        entry_id=entry,
        case_id=str(work.case_id),
        reason=str(said["reason"]),
        basis=str(said["basis"]),
        decided_at=datetime.fromisoformat(str(said["at"])),
    )
    try:
        platform = office.connectors.credit.get(work.lane)
        if platform is None:
            raise Refused("connector_not_configured", origin=Origin.US, attempts=0)  # noqa: TRY301 - the same way out as a refusal
        receipt = platform.retract(retraction, key=retraction_key(entry))
    except (Refused, Garbled) as error:
        with office.store.begin() as tx:  # beside the settlement, which an error does not have; telling it again changes nothing
            _stuck(tx, work, error.code, office.now())
        raise

    def write(tx: Tx, now: datetime) -> None:
        facts = {"entry": entry, "reason": retraction.reason, "receipt": receipt.reference}
        because = Because(rule="credit.retracted", basis=(retraction.basis,), pack="", facts=facts)
        record(tx, retraction.case_id, Decision(state=None, because=because), now, {})
        tx.attention.close(f"{STUCK}:{entry}", now)

    return Settlement(write=write, outcome="retracted", attempts=receipt.attempts)


def keep_retracting(work: Work, office: Office, error: PortError | None) -> Settlement:
    """The tries of a day are spent: a person is told, and it goes on the next working day, until the platform has taken it."""

    def write(tx: Tx, now: datetime) -> None:
        _stuck(tx, work, error.code if error else "patience_over", now)
        calendar = office.calendar
        following = calendar.opening(calendar.add_working_days(calendar.local_date(now), 1))
        again = Order(
            kind=OrderKind.CREDIT_RETRACT,
            key=f"{retraction_key(str(work.payload['entry']))}:{following.date().isoformat()}",
            due_at=following,
            urgent_by=now,
            lane=work.lane,
            case_id=work.case_id,
            payload=work.payload,
        )
        tx.work.order([again], now)

    return Settlement(write=write, outcome="goes_on")


def _stuck(tx: Tx, work: Work, code: str, now: datetime) -> None:
    entry = str(work.payload["entry"])
    facts = {"entry": entry, "case": work.case_id, "error": code}
    tx.attention.open(STUCK, tx.cases.get(str(work.case_id)).agency, entry, facts, now)
