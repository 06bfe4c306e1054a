"""Packs in force that nobody has approved: a person is told; and an approval that has come is written into the ledger."""

from __future__ import annotations

import json
from datetime import datetime

from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Missing
from inspector.domain.policy import Policy
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.store.tx import Tx

UNAPPROVED = "pack_unapproved"
"""The matter for a person that a pack in force opens while no approval lies beside it."""

APPROVED = "pack.approved"
"""The ledger's line for an approval: by whom, by which document, of which text."""


def look(office: Office, tx: Tx, now: datetime) -> None:
    """At a start, when files have changed, and daily: once for each agency and version; the approval ends the matter."""
    today = office.calendar.local_date(now)
    for agency, node in sorted(office.tree.items()):
        if node.pack is None:
            continue
        try:
            policy = office.policy(agency, today)
        except Missing:
            continue  # no version is in force; `check` and every case say so
        if policy.approved(today):
            _record(tx, policy, now)
            tx.attention.close_those(f"{UNAPPROVED}:{agency}:", now)
            continue
        about = f"{agency}:{policy.label}{':withdrawn' if _recorded(tx, policy) else ''}"
        if tx.attention.get(f"{UNAPPROVED}:{about}") is None:  # a person who has closed it is not asked again each day
            tx.attention.close_those(f"{UNAPPROVED}:{agency}:", now)  # another version's, which is in force no more
            facts = {"pack": policy.label, "digest": policy.digest}
            tx.attention.open(UNAPPROVED, agency, about, facts, now)


def _record(tx: Tx, policy: Policy, now: datetime) -> None:
    """The approval in the ledger, once: what was in force with whose consent can be told when the file has gone."""
    approval = policy.approval
    assert approval is not None, "only what is approved is recorded"
    facts = {
        "digest": policy.digest,
        "approved_by": approval.by,
        "document": approval.document,
        "approved_on": approval.on.isoformat(),
    }
    if facts in _recorded(tx, policy):
        return
    because = Because(rule="pack.approved", basis=(), pack=policy.label, facts=facts)
    record(tx, policy.label, Decision(state=None, because=because), now, {})


def _recorded(tx: Tx, policy: Policy) -> list[dict[str, str]]:
    """The approvals that the ledger has of a version: one that is there, and whose file is not, has been withdrawn."""
    return [json.loads(row["body"])["facts"] for row in tx.ledger.about(policy.label) if row["rule"] == APPROVED]
