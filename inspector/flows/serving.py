"""A notice to the subject is handed to whoever can serve it: a person, until a channel that reaches the subject does."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.subjectnotice import SubjectNotice
from inspector.flows.office import Office
from inspector.store.tx import Tx

TO_SERVE = "notice_to_serve"
"""The matter of a notice that is to reach its subject; over with the proof that it did."""


def give(_office: Office, tx: Tx, notice: SubjectNotice, now: datetime) -> None:
    """Ask a person to serve a notice on paper or in person. Its words stand with what it is about, not in the matter."""
    facts = {"case": notice.case_id, "about": notice.about, "kind": notice.kind.value, "answer_by": notice.answer_by}
    tx.attention.open(TO_SERVE, notice.agency, notice.id, facts, now)


def done(tx: Tx, notice_id: str, now: datetime) -> None:
    """The notice has been served, or need not be any more."""
    tx.attention.over(f"{TO_SERVE}:{notice_id}", now)
