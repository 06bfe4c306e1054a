"""The credit level of a firm, by whatever code of its organisation somebody has stated it (decisions 169 and 170)."""

from __future__ import annotations

from datetime import datetime

from inspector.domain.case import SubjectKind
from inspector.domain.credit import Told, of_firm
from inspector.domain.evidence import span
from inspector.domain.policy import Policy
from inspector.store.tx import Tx

DIFFER = "levels_differ"
"""The matter of a firm of whose codes different levels are stated: whether one firm is meant, and which holds, a person finds out."""


def level_of(tx: Tx, policy: Policy, kind: SubjectKind, code: str, now: datetime) -> tuple[Told | None, bool]:
    """The level that stands for a subject, stale or not, and whether those of its codes differ."""
    return of_firm(code, tx.credit.told(kind, code), now - span(policy.stale_after))


def differing(tx: Tx, agency: str, policy: Policy, now: datetime) -> int:
    """How many firms of an agency's register have codes of whose levels nobody knows which holds."""
    since = now - span(policy.stale_after)
    codes = tx.rosters.levels_beside(agency)
    return sum(of_firm(code, told, since)[1] for code, told in tx.credit.told_of_all(codes).items())
