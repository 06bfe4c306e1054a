"""Answers that come when nobody waits for them any more: the row was ended, or the request's last date has passed."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import Case, Claim, Rated
from inspector.domain.decision import Because, Decision
from inspector.domain.evidence import Evidence
from inspector.domain.late import late, unused
from inspector.domain.piece import fingerprint
from inspector.domain.policy import Policy
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.settle import settle_case
from inspector.store.tx import Tx


def keep(tx: Tx, office: Office, case: Case, found: Evidence, asked: Claim, now: datetime) -> None:
    """Keep a late answer as evidence and let the domain say who must see it; the caller holds the case, which has not left the house."""
    policy = office.book.get(case.pack)
    tx.cases.add_evidence(case, found)
    settle_case(tx, office, late(case, found, asked, policy, now, office.calendar), policy, now)


def beside(tx: Tx, case: Case, found: Evidence, now: datetime) -> None:
    """Keep what is said beside an answer and weighed by no rule: a part, unread material, what no claim asks for any more.

    The ledger holds its digest like that of an answer, so that no later change of it goes unseen either.
    """
    tx.cases.add_evidence(case, found)
    facts = {"claim": found.claim, "method": found.method.value, "verdict": found.verdict.value, "via": found.via}
    facts |= {"evidence": found.id, "digest": fingerprint(found)}
    because = Because(rule="evidence.kept", basis=(), pack=case.pack, facts=facts)
    record(tx, case.id, Decision(state=case, because=because), now, {"state": case.state.value}, kept=case.pack)


def note(tx: Tx, case: Case, rated: Rated, policy: Policy, now: datetime) -> None:
    """Enter into the ledger a credit level that came when the case did not wait for it any more; the case stays as it is."""
    record(tx, case.id, unused(case, rated, policy), now, {"state": case.state.value})
