"""Answers that come when nobody waits for them any more: the row was ended, or the request's last date has passed."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import Case, Claim, Rated
from inspector.domain.evidence import Evidence
from inspector.domain.late import late, unused
from inspector.domain.policy import Policy
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import settle_case
from inspector.store.tx import Tx


def keep(tx: Tx, office: Office, case: Case, found: Evidence, asked: Claim, now: datetime) -> None:
    """Keep a late answer as evidence and let the domain say who must see it; the caller holds the case, which is not withdrawn."""
    policy = office.book.get(case.pack)
    tx.cases.add_evidence(case.id, found)
    settle_case(tx, office, late(case, found, asked, policy, now, office.calendar), policy, now)


def note(tx: Tx, case: Case, rated: Rated, policy: Policy, now: datetime) -> None:
    """Enter into the ledger a credit level that came when the case did not wait for it any more; the case stays as it is."""
    record(tx, case.id, unused(case, rated, policy), now, {"state": case.state.value})
