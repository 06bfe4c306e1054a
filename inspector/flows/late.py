"""Answers that come when nobody waits for them any more: the row was ended, or the request's last date has passed."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import Case, Claim
from inspector.domain.evidence import Evidence
from inspector.domain.late import late
from inspector.flows.office import Office
from inspector.flows.settle import settle_case
from inspector.store.tx import Tx


def keep(tx: Tx, office: Office, case: Case, found: Evidence, asked: Claim, now: datetime) -> None:
    """Keep a late answer as evidence and let the domain say who must see it; the caller holds the case, which is not withdrawn."""
    policy = office.book.get(case.pack)
    tx.cases.add_evidence(case.id, found)
    settle_case(tx, office, late(case, found, asked, policy, now, office.calendar), policy, now)
