"""Credit levels: an input to the strategy, never a bar and never the only one (the plan, item 7; handbook 2.1)."""

from __future__ import annotations

from inspector.domain.case import Rated, SubjectKind
from inspector.domain.policy import Policy


def rated_unknown(policy: Policy, reason: str) -> Rated:
    """The unrated level with its reason: a failed or stale look-up is `U`, never A and never D (handbook 2.1)."""
    return Rated(level=policy.unrated, as_of=None, source="", reason=reason)


def needs_rating(subject_kind: SubjectKind) -> bool:
    """Natural persons have no A-D class (handbook 2.1); only firms are looked up."""
    return subject_kind is SubjectKind.FIRM
