"""Work in quarantine is a matter for a person: a stopped clock or question must not leave its case without a next step unseen."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.errors import Missing
from inspector.store.tx import Tx
from inspector.store.work import Work

STOPPED = "work_stopped"
"""The matter that stopped work opens where its flow opens none of its own; one for each kind and agency, with the last row named."""


def stopped(tx: Tx, work: Work, code: str, house: str, now: datetime) -> None:
    """Tell a person, in the transaction that quarantines the row. `house` hears of what belongs to no case."""
    agency = _agency(tx, work, house)
    facts = {"work": work.key, "kind": work.kind, "case": work.case_id, "error": code}
    tx.attention.open(STOPPED, agency, f"{work.kind}:{agency}", facts, now)


def retry(tx: Tx, work_id: int, now: datetime) -> None:
    """A person sends a row round again. Raises Missing, Refusal."""
    tx.work.retry(work_id, now)
    _seen_to(tx, work_id, now)


def release(tx: Tx, work_id: int, reason: str, now: datetime) -> None:
    """A person lets a row go. Raises Missing, Refusal."""
    tx.work.release(work_id, reason, now)
    _seen_to(tx, work_id, now)


def _seen_to(tx: Tx, work_id: int, now: datetime) -> None:
    """With the last row of a kind its matter is over."""
    kind = tx.work.show(work_id)["kind"]
    if not tx.work.page(state="quarantined", kind=kind, limit=1):
        tx.attention.close_those(f"{STOPPED}:{kind}:", now)


def _agency(tx: Tx, work: Work, house: str) -> str:
    try:
        return tx.cases.get(work.case_id).agency if work.case_id else house
    except Missing:
        return house
