"""What becomes of an entry is told to each receiver: contested or no more, shown no more, repaired. Until it has acknowledged it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from inspector.amending import Amending
from inspector.domain import acknowledged
from inspector.domain.creditrecord import Amend, Amendment
from inspector.domain.decision import Decision, OrderKind
from inspector.domain.docket import AMEND_BY_HAND, AMEND_STUCK
from inspector.domain.statement import BookState
from inspector.flows import stopped
from inspector.flows.copies import about
from inspector.flows.office import Office
from inspector.flows.recall import wait_for_it
from inspector.flows.record import record
from inspector.flows.settle import Settlement, nothing
from inspector.flows.tell import not_configured
from inspector.flows.tomorrow import tomorrow
from inspector.ports import Garbled, NotYet, Origin, PortError, Refused
from inspector.store.tx import Tx
from inspector.store.work import Work

_HOUR = timedelta(hours=1)
_MOST = 10_000


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
        raise NotYet("entry_not_there", origin=Origin.US, attempts=0, retry_after=office.after(_HOUR))
    platform: object = office.connectors.credit.get(work.lane)
    if platform is not None and not (isinstance(platform, Amending) and platform.amends):
        return Settlement(write=lambda tx, now: _by_hand(tx, work, now), outcome="by_hand").unasked()
    told = Amendment(
        entry_id=entry,
        case_id=str(work.case_id),
        kind=Amend(str(said["kind"])),
        basis=str(said["basis"]),
        decided_at=datetime.fromisoformat(str(said["at"])),
    )
    try:
        if not isinstance(platform, Amending):
            raise not_configured()
        receipt = platform.amend(told, key=work.key)
    except (Refused, Garbled) as error:  # no quarantine: nobody would tell it any more
        return keep_amending(work, office, error).after(error)

    def write(tx: Tx, now: datetime) -> None:
        because = acknowledged.amended(entry, told.basis, told.kind, receipt.reference, work.lane)
        record(tx, told.case_id, Decision(state=None, because=because), now, {})
        tx.books.amended(entry, work.lane, now, copy=booked.copy)
        _taken(tx, work, now)

    return Settlement(write=write, outcome=told.kind.value.lower(), attempts=receipt.attempts)


def keep_amending(work: Work, office: Office, error: PortError | None) -> Settlement:
    """Its date has passed, or it was refused: a person is told, and it goes on the next working day, until the receiver has taken it."""

    def write(tx: Tx, now: datetime) -> None:
        not_amended(tx, work, error.code if error else "patience_over", now)
        first = work.key.partition("~")[0]
        again = tomorrow(work, f"{first}~", office.calendar, now)
        tx.work.order([again], now)

    return Settlement(write=write, outcome="goes_on")


def not_amended(tx: Tx, work: Work, code: str, now: datetime) -> None:
    """A receiver has not taken it yet: a person is told, with the date by which it was to know."""

    def more(told: Mapping[str, Any]) -> dict[str, object]:
        by = told.get("due_at", (work.expires_at or now).isoformat())
        return {**_facts(work), "error": code, "due_at": by}

    tx.attention.add(AMEND_STUCK, tx.cases.get(str(work.case_id)).agency, _about(work), more, now)


def resume(tx: Tx, now: datetime) -> None:
    """At a start: what releases of before left in quarantine, where nobody told it any more, is tried again."""
    for row in tx.work.page(kind=OrderKind.CREDIT_AMEND.value, state="quarantined", limit=_MOST):
        stopped.retry(tx, row["id"], now)


def _taken(tx: Tx, work: Work, now: datetime) -> None:
    """The receiver has it: what a person was told of this kind is over, also in the matter that releases of before had for all kinds."""
    tx.attention.close(f"{AMEND_STUCK}:{_about(work)}", now)
    former = f"{AMEND_STUCK}:{work.payload['entry']}@{work.lane}"
    held = tx.attention.get(former)
    if held is not None and json.loads(held["body"]).get("kind") == work.payload["kind"]:
        tx.attention.close(former, now)


def _by_hand(tx: Tx, work: Work, now: datetime) -> None:
    agency = tx.cases.get(str(work.case_id)).agency
    due_at = (work.expires_at or now).isoformat()
    tx.attention.open(AMEND_BY_HAND, agency, _about(work), {**_facts(work), "due_at": due_at}, now)


def _facts(work: Work) -> dict[str, object]:
    return {"entry": work.payload["entry"], "kind": work.payload["kind"], "connector": work.lane, "case": work.case_id}


def _about(work: Work) -> str:
    return about(str(work.payload["entry"]), work.lane, str(work.payload["kind"]))
