"""What becomes of a credit entry whose ground is gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain.ending import take_back
from inspector.flows import recall
from inspector.flows.office import Office
from inspector.store.tx import Tx


def annul(office: Office, tx: Tx, entry: str, why: str, document: str, by: str, now: datetime) -> None:
    """Take an entry back wherever it has gone, since what it rested on was annulled (handbook scenario 61). Twice is once.

    `why`, `document` and `by` stand in the ledger's entry of whoever calls.
    """
    del document, by
    booked = tx.books.get(entry)
    if booked is None:
        return
    case = tx.cases.get(booked.case_id, lock=True)
    if case.entry != entry:
        return
    policy = office.book.get(case.pack)
    case = tx.cases.put(replace(case, entry=None))
    for order in take_back(replace(case, entry=entry), why, str(booked.body.get("basis", "")), now):
        tx.work.order(recall.entry(tx, office, case, order, policy, now), now)
