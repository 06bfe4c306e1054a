"""What becomes of an entry is told to each receiver: contested or no more, shown no more, repaired. Until it has acknowledged it."""

from __future__ import annotations

from datetime import datetime

from inspector.amending import Amending
from inspector.domain.creditrecord import Amend, Amendment
from inspector.domain.decision import Because, Decision
from inspector.domain.docket import AMEND_BY_HAND
from inspector.domain.statement import BookState
from inspector.flows.creditbook import AMEND_STUCK
from inspector.flows.office import Office
from inspector.flows.recall import wait_for_it
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing
from inspector.flows.tomorrow import tomorrow
from inspector.ports import NotYet, Origin, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

_HOUR = 3_600.0


def amend(work: Work, office: Office) -> Settlement:
    """Tell one receiver. It waits until the entry has arrived there; of one that is taken back meanwhile nothing is told."""
    wait_for_it(work, office)
    said = work.payload
    entry = str(said["entry"])
    with office.store.read() as tx:
        booked = tx.books.get(entry, work.lane)
    if booked is None or not booked.state.stands:
        return nothing("obsolete")
    if booked.state is BookState.ORDERED:
        raise NotYet("entry_not_there", origin=Origin.US, attempts=0, retry_after=_HOUR)
    platform: object = office.connectors.credit.get(work.lane)
    if platform is None:
        raise Refused("connector_not_configured", origin=Origin.US, attempts=0)
    if not isinstance(platform, Amending) or not platform.amends:
        return Settlement(write=lambda tx, now: _by_hand(tx, work, now), outcome="by_hand").unasked()
    told = Amendment(
        entry_id=entry,
        case_id=str(work.case_id),
        kind=Amend(str(said["kind"])),
        basis=str(said["basis"]),
        decided_at=datetime.fromisoformat(str(said["at"])),
    )
    receipt = platform.amend(told, key=work.key)

    def write(tx: Tx, now: datetime) -> None:
        facts = {"entry": entry, "kind": told.kind.value, "connector": work.lane, "receipt": receipt.reference}
        because = Because(rule="credit.amended", basis=(told.basis,), pack="", facts=facts)
        record(tx, told.case_id, Decision(state=None, because=because), now, {})
        tx.books.amended(entry, work.lane, now, copy=booked.copy)
        tx.attention.close(f"{AMEND_STUCK}:{_about(work)}", now)

    return Settlement(write=write, outcome=told.kind.value.lower(), attempts=receipt.attempts)


def keep_amending(work: Work, office: Office, error: PortError | None) -> Settlement:
    """Its date has passed: a person is told, and it goes on the next working day, until the receiver has taken it."""

    def write(tx: Tx, now: datetime) -> None:
        not_amended(tx, work, error.code if error else "patience_over", now)
        first = work.key.partition("~")[0]
        again = tomorrow(work, f"{first}~", office.calendar, now)
        tx.work.order([again], now)

    return Settlement(write=write, outcome="goes_on")


def not_amended(tx: Tx, work: Work, code: str, now: datetime) -> None:
    """A receiver has not taken it yet: a person is told."""
    tx.attention.open(AMEND_STUCK, tx.cases.get(str(work.case_id)).agency, _about(work), {**_facts(work), "error": code}, now)


def _by_hand(tx: Tx, work: Work, now: datetime) -> None:
    agency = tx.cases.get(str(work.case_id)).agency
    due_at = (work.expires_at or now).isoformat()
    tx.attention.open(AMEND_BY_HAND, agency, _about(work), {**_facts(work), "due_at": due_at}, now)


def _facts(work: Work) -> dict[str, object]:
    return {"entry": work.payload["entry"], "kind": work.payload["kind"], "connector": work.lane, "case": work.case_id}


def _about(work: Work) -> str:
    return f"{work.payload['entry']}@{work.lane}"
