"""What others hear: the approving system its notices, the credit platform its entries."""

from __future__ import annotations

import json
from datetime import datetime

from inspector.domain.case import CaseState, SubjectKind
from inspector.domain.decision import Because, Decision
from inspector.flows.office import Office
from inspector.flows.settle import Settlement, nothing, record
from inspector.ports import CreditEntry, Notice
from inspector.store.tx import Tx
from inspector.store.work import Work


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
        if tx.cases.get(str(work.case_id)).state is CaseState.WITHDRAWN:
            return nothing("withdrawn")  # withdrawal leaves no credit mark (the plan, item 9)
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
