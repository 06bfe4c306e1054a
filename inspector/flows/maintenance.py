"""Maintenance: begun and ended by an operator, over by itself; and what falls into it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from inspector.domain.decision import OrderKind
from inspector.domain.maintenance import allow
from inspector.flows.office import Office
from inspector.flows.settle import Settlement
from inspector.ports import NotYet, Origin
from inspector.store.deadlines import due_by
from inspector.store.tx import Tx
from inspector.store.work import Work

ABOUT = "maintenance"
"""What the entries of the ledger about it are about."""
BEGUN = "operator.maintenance.begin"
_PARTS = (OrderKind.DRAW_PROMISE, OrderKind.DRAW_REVEAL)
_SOON = timedelta(minutes=5)
"""After which it is looked again whether it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """One that lasts: since when and until when (office time), who began it, and why, as far as the record of it is there."""

    until: datetime
    since: datetime | None
    by: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meanwhile:
    """What falls due until its end: dates by kind (`due_by`), and orders to the outside whose own time is over before it, by kind."""

    dates: Mapping[str, int]
    orders: Mapping[str, int]


def lasting(tx: Tx, now: datetime) -> Maintenance | None:
    """The one that lasts."""
    until = tx.office.rests(now)
    if until is None:
        return None
    begun = [row for row in tx.ledger.about(ABOUT) if row["rule"] == BEGUN]
    facts = json.loads(begun[-1]["body"] or "{}").get("facts", {}) if begun else {}
    return Maintenance(
        until=until,
        since=begun[-1]["at"] if begun else None,
        by=str(facts.get("by", "")),
        reason=str(facts.get("reason", "")),
    )


def begin(tx: Tx, until: datetime, now: datetime) -> Meanwhile:
    """Let nothing leave the house until then; another word moves the end. Raises what `allow` raises."""
    moments: dict[str, datetime] = {}
    for row in (row for kind in _PARTS for row in tx.work.open_of(kind.value) if row["expires_at"] is not None):
        number = row["key"].split(":")[1]
        moments[number] = min(row["expires_at"], moments.get(number, row["expires_at"]))
    allow(until, now, moments)
    tx.office.rest(until)
    return Meanwhile(dates=due_by(tx, until), orders=dict(tx.work.ending(now, until)))


def end(tx: Tx, now: datetime) -> bool:
    """What waits may leave from now on; whether there was one."""
    lasted = tx.office.rests(now) is not None
    tx.office.rest(None)
    return lasted


def behind(do: Callable[[Work, Office], Settlement]) -> Callable[[Work, Office], Settlement]:
    """A flow that waits while one lasts, though it calls nobody: what it begins has a last moment by which others are to be asked."""

    def waiting(work: Work, office: Office) -> Settlement:
        with office.store.read() as tx:
            if tx.office.rests(office.now()) is not None:
                raise NotYet("maintenance", origin=Origin.US, attempts=0, retry_after=office.after(_SOON))
        return do(work, office)

    return waiting
