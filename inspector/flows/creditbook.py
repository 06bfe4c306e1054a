"""A credit entry's own record: made where the entry is booked, with the dates of its grade, and ended where its outcome falls."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

from inspector.domain.case import Case, SubjectKind
from inspector.domain.creditrecord import Record, RecordState, fallen, made, recorded, told
from inspector.domain.decision import Because, Decision, Order, OrderKind
from inspector.domain.docket import AMEND_BY_HAND, AMEND_STUCK
from inspector.domain.errors import Missing
from inspector.domain.policy import Policy
from inspector.domain.statement import BookState
from inspector.domain.striking import TO_STRIKE
from inspector.domain.transition import Scope
from inspector.flows import cleared, stopped, unserved
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.telling import tell
from inspector.labels import label
from inspector.store.tx import Tx

PAGE = 500
"""So many entries of before there were records are taken over in one transaction."""

REPAIRABLE = "credit_repairable"
"""The matter of a record that may be repaired from today on."""

TO_REPAIR = "credit_repair_due"
"""The matter of a repair that is asked for, until it is decided."""

CONTESTED = "credit_contested"
"""The matter of an open objection, until it is decided."""


def book(tx: Tx, office: Office, case: Case, order: Order, now: datetime, *, awaits: str = "") -> list[Order]:
    """Make the record of an entry that is ordered, in the same transaction; the clocks that it begins.

    `awaits`: the notice of a decision that has to come before the entry counts towards others (`effect`).
    """
    ruled = office.ruling(case.agency, case.pack, Scope.OUTCOMES, now).policy
    held = replace(of_entry(office, case, order.key, order.payload, ruled), awaits=awaits)
    tx.records.add(held)
    if held.adverse:
        because = recorded(held, ruled.credit)
        record(tx, case.id, Decision(state=None, because=because), now, {})
        hear(tx, office, case, held, now)
    return clocks(office, held)


def hear(tx: Tx, office: Office, case: Case, held: Record, now: datetime) -> None:
    """The approving system hears how a record stands now: whether it bars, is contested, is shown."""
    because = Because(rule="credit.recorded", basis=(held.basis,), pack=held.pack, facts={})
    heard = Decision(state=case, because=because, told=(told(held),))
    tx.work.order(tell(tx, office, case, heard, office.book.get(case.pack), now), now)


def take_over_all(office: Office) -> None:
    """At a start: every entry of before there were records gets its own, some hundred in a transaction."""
    after: str | None = ""
    while after is not None:
        with office.store.begin() as tx:
            after = take_over(office, tx, after, office.now())


def take_over(office: Office, tx: Tx, after: str, now: datetime) -> str | None:
    """At a start: give entries of before there were records theirs, by the pack of each case. Where to go on behind; None: all are.

    One whose case or pack is not here any more stays without: nothing of it can be said.
    """
    rows = tx.records.unrecorded(PAGE, after)
    for row in rows:
        try:
            case = tx.cases.get(row["case_id"])
            policy = office.book.get(case.pack)
        except Missing:
            continue
        held = of_entry(office, case, row["entry"], json.loads(row["body"]), policy)
        if not BookState(row["state"]).stands:
            taken = json.loads(row["retraction"] or "{}")
            held = fallen(held, str(taken.get("reason", "")), office.calendar.local_date(row["moved_at"]))
        tx.records.add(held)
        tx.work.order(clocks(office, held), now)
    return rows[-1]["entry"] if len(rows) == PAGE else None


def of_entry(office: Office, case: Case, entry: str, said: Mapping[str, Any], policy: Policy) -> Record:
    """The record of an entry by what it says. Whether it bars it says itself; of one of before it did, the act in the case's pack."""
    decided_at = datetime.fromisoformat(str(said["at"]))
    act = str(said.get("act", ""))
    held = Record(
        entry=entry,
        case_id=case.id,
        agency=case.agency,
        kind=SubjectKind(str(said["kind"])),
        code=str(said["code"]),
        grade=str(said["grade"]),
        outcome=str(said["outcome"]),
        basis=str(said["basis"]),
        pack=policy.label,
        decided_by=str(said["by"]),
        decided_at=decided_at,
        decided_on=office.calendar.local_date(decided_at),
        act=act,
        bars=bool(said.get("bars")) or any(row.bars for row in policy.acts if row.row == act),
    )
    return made(held, policy.credit)


def said(held: Record) -> dict[str, object]:
    """What an entry says, as it was ordered (`ending.entry`), by its record."""
    told = {"kind": held.kind.value, "code": held.code, "grade": held.grade, "outcome": held.outcome, "basis": held.basis}
    more = {"act": held.act} if held.act else {}
    return {**told, **more, **({"bars": True} if held.bars else {}), "by": held.decided_by, "at": held.decided_at.isoformat()}


def clocks(office: Office, held: Record) -> list[Order]:
    """When it is shown no more, at the beginning of the day after its maximum; when it may be repaired, as the office opens.

    An entry without a minimum may be repaired at once (handbook 1.7.1), and its subject hears so as of any other; of one whose decision
    has not come nobody hears it before.
    """
    barring = (
        held.state is RecordState.LAPSED and held.bars
    )  # its maximum has passed before it came: it bars until it is repaired
    if not held.adverse or not (barring or held.state is RecordState.STANDING):
        return []
    orders = []
    if held.most_until is not None and not barring:
        at = datetime.combine(held.most_until + timedelta(days=1), time(), office.calendar.zone)
        orders.append(_order(held, OrderKind.CREDIT_LAPSE, at))
    if held.row and held.in_effect:
        orders.append(_order(held, OrderKind.CREDIT_REPAIRABLE, office.calendar.opening(held.repairable_from)))
    return orders


def fell(tx: Tx, entry: str, reason: str, now: datetime, office: Office) -> None:
    """The outcome that an entry stated has fallen: its record is over with what waits for it, and its subject hears so; once."""
    held = tx.records.find(entry, lock=True)
    if held is not None and held.stands_somewhere:
        gone = fallen(held, reason, office.calendar.local_date(now))
        tx.records.put(gone)
        quiet(tx, held, now)
        case = tx.cases.get(held.case_id)
        hear(tx, office, case, gone, now)
        cleared.tell(office, tx, case, entry, [held], label("cleared.outcome", office.agency(case.agency).language), now)


def quiet(tx: Tx, held: Record, now: datetime) -> None:
    """A record is over: its clocks end, and what people were told of it."""
    tx.attention.close(f"{TO_STRIKE}:{held.entry}", now)
    if not held.adverse:
        return
    kinds = (OrderKind.CREDIT_LAPSE, OrderKind.CREDIT_REPAIRABLE)
    stopped.end(tx, [*(f"{kind.value}:{held.entry}" for kind in kinds), held.repair_key], now)
    for matter in (REPAIRABLE, TO_REPAIR):
        tx.attention.close(f"{matter}:{held.entry}", now)
    for notice in ("record", "repairable"):
        unserved.done(tx, f"{held.entry}:{notice}", now)
    for matter in (AMEND_STUCK, AMEND_BY_HAND):
        tx.attention.close_those(f"{matter}:{held.entry}@", now)


def _order(held: Record, kind: OrderKind, at: datetime) -> Order:
    key = f"{kind.value}:{held.entry}"
    return Order(kind=kind, key=key, due_at=at, urgent_by=at, case_id=held.case_id, payload={"entry": held.entry})
