"""Whether an agency is competent for a question is looked at before its letter leaves (handbook 1.5.2; Penalties Law, article 26).

An agency must help within its powers. What it lists as its powers is in the settings, with the article or list that says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from inspector.domain.assistance import Request, noted
from inspector.domain.decision import Because, Decision


def doubted(powers: Mapping[str, str], fact: str) -> bool:
    """Whether an agency that lists its powers does not list a fact. Of one that lists none nobody can tell, and it is asked."""
    return bool(powers) and fact not in powers


def vouched(request: Request, by: str, why: str, now: datetime, pack: str) -> Decision[Request]:
    """An officer says why the agency is competent all the same: its letter leaves, and the history says on whose word."""
    facts = {"to": request.requested, "by": by, "reasons": why}
    because = Because(rule="assistance.vouched", basis=(request.basis,), pack=pack, facts=facts)
    return Decision(state=noted(request, because.rule, now, by, why), because=because)
