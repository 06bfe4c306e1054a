"""An entry that fell is taken back from each receiver: tried until its date, then on every working day, until the receiver has said so.

Nobody lets that go: a mark that must not stand anywhere would (handbook 1.7.9). Where a receiver can be asked no more, a person enters
by which document it has said that the entry is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inspector.domain import acknowledged
from inspector.domain.creditrecord import signed
from inspector.domain.decision import Because, Decision
from inspector.domain.ending import retraction_key
from inspector.domain.errors import Missing, Refusal
from inspector.domain.statement import STUCK, BookState, Difference, Step, Unlike
from inspector.flows import books, stopped
from inspector.flows.office import Office
from inspector.flows.recall import wait_for_it
from inspector.flows.record import record
from inspector.flows.settle import Settlement
from inspector.flows.tell import not_configured
from inspector.flows.tomorrow import tomorrow
from inspector.ports import CreditRetraction, Garbled, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work


def retract(work: Work, office: Office) -> Settlement:
    """Take an entry back. What the platform refuses, or answers unreadably, is shown to a person at once, and tried on."""
    wait_for_it(work, office)
    said = work.payload
    entry, copy = str(said["entry"]), "copy" in said
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
            raise not_configured()
        receipt = platform.retract(retraction, key=retraction_key(entry))
    except (Refused, Garbled) as error:
        return go_on(work, office, error).after(error)

    def write(tx: Tx, now: datetime) -> None:
        told = retraction.basis, retraction.reason, receipt.reference
        because = acknowledged.retracted(entry, *told, copy=work.lane if copy else "")
        record(tx, retraction.case_id, Decision(state=None, because=because), now, {})
        tx.books.retracted(entry, receipt.reference, now, work.lane, copy=copy)
        tx.attention.close(f"{STUCK}:{_of(work)}", now)

    return Settlement(write=write, outcome="retracted", attempts=receipt.attempts)


def go_on(work: Work, office: Office, error: PortError | None) -> Settlement:
    """Its date has passed, or it was refused: a person is told, and it goes on the next working day, until the platform has taken it."""

    def write(tx: Tx, now: datetime) -> None:
        stuck(tx, work, error.code if error else "patience_over", now)
        again = tomorrow(work, f"{retraction_key(_of(work))}:", office.calendar, now)
        tx.work.order([again], now)

    return Settlement(write=write, outcome="goes_on")


def stuck(tx: Tx, work: Work, code: str, now: datetime) -> None:
    """The platform did not take an entry back yet: a person is told, with the date by which it was to be gone."""

    def more(told: Mapping[str, Any]) -> dict[str, object]:
        by = told.get("due_at", (work.expires_at or now).isoformat())
        return {"entry": work.payload["entry"], "connector": work.lane, "case": work.case_id, "error": code, "due_at": by}

    tx.attention.add(STUCK, tx.cases.get(str(work.case_id)).agency, _of(work), more, now)


def resume(office: Office, tx: Tx, now: datetime) -> None:
    """At a start: what is to be taken back and lies in quarantine, or that somebody has let go, is tried again."""
    for held in tx.books.falling():
        rows = tx.books.retracting(held.entry, held.lane if held.copy else "")
        for row in rows:
            if row["state"] == "quarantined":
                stopped.retry(tx, row["id"], now)
        if not rows:
            found = Difference(
                kind=Unlike.STANDING, entry=held.entry, case_id=held.case_id, agency=held.agency, step=Step.RETRACT
            )
            books.order(tx, office, held, found, now)


def by_document(tx: Tx, entry: str, connector: str, document: str, by: str, now: datetime) -> None:
    """A person enters the document by which a receiver says that it has an entry no more; what was still to be told it ends.

    For a receiver that answers us no more. Raises Missing (`record_unknown`), Invalid, Refusal (`retraction_none`).
    """
    signed(by, document)
    found = [one for one in (tx.books.get(entry), *tx.books.copies(entry)) if one is not None]
    if not found:
        raise Missing("record_unknown", entry=entry)
    held = next((one for one in found if one.lane == connector and one.state is BookState.FALLEN), None)
    if held is None:
        waiting = ", ".join(one.lane for one in found if one.state is BookState.FALLEN)
        raise Refusal("retraction_none", entry=entry, connector=connector, waiting=waiting)
    tx.cases.get(held.case_id, lock=True)
    stopped.end(tx, [row["key"] for row in tx.books.retracting(entry, connector if held.copy else "")], now)
    told = held.retraction or {}
    facts = {"entry": entry, "reason": told.get("reason", ""), "receipt": document, "connector": connector, "by": by}
    because = Because(rule="credit.retracted", basis=(str(told.get("basis", "")),), pack="", facts=facts)
    record(tx, held.case_id, Decision(state=None, because=because), now, {})
    tx.books.retracted(entry, document, now, connector, copy=held.copy)
    tx.attention.close(f"{STUCK}:{held.key}", now)


def _of(work: Work) -> str:
    """The entry that is to be taken back, and of whom where it is a copy."""
    entry, copy = str(work.payload["entry"]), work.payload.get("copy")
    return f"{entry}@{copy}" if copy else entry
