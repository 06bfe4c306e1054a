"""How the subject of a case can be reached is said: by whom and when is an entry of the ledger, the number and the address are not."""

from __future__ import annotations

from datetime import datetime

from inspector.domain import agreed
from inspector.domain.case import Case
from inspector.domain.decision import Decision
from inspector.domain.wayto import Contact
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx


def say(office: Office, tx: Tx, case: Case, contact: Contact, by: str, now: datetime) -> None:
    """Write down how a case's subject can be reached; the last word stands, the same again says nothing. The case is held locked."""
    before = tx.servings.contact(case.id)
    if contact == before:
        return
    decided = agreed.said(contact, before, by, office.calendar.local_date(now), case.pack)
    tx.servings.reached_by(case.id, decided.state)
    record(tx, case.id, Decision(state=None, because=decided.because), now, {}, kept=case.pack)
