"""The decisions about a case, as its explanation tells them, and what an officer's stands on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.evidence import Evidence
from inspector.domain.policy import Policy
from inspector.flows.articles import Article, articles
from inspector.flows.office import Office
from inspector.store.room import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """One decision of the ledger: the rule by its code, the facts by their names."""

    at: datetime
    rule: str
    pack: str
    basis: tuple[Article, ...]
    facts: Mapping[str, object]


def decided(office: Office, row: Row, policy: Policy) -> Decided:
    """A decision as the ledger tells it; an erased body leaves date and rule."""
    told = json.loads(row["body"]) if row["body"] else {}
    return Decided(
        at=office.calendar.local(row["at"]),
        rule=row["rule"],
        pack=told.get("pack", ""),
        basis=articles(policy, told.get("basis", ())),
        facts={name: value for name, value in told.get("facts", {}).items() if value not in (None, "", [])},
    )


def last_review(decisions: Sequence[Decided]) -> Decided | None:
    """The last decision of an officer."""
    return next((one for one in reversed(decisions) if one.rule == "officer.review"), None)


def cited(evidence: Iterable[Evidence], last: Decided | None) -> list[Evidence]:
    """What an officer's decision stands on."""
    ids = last.facts.get("evidence") if last is not None else None
    return [one for one in evidence if one.id in ids] if isinstance(ids, list) else []


def fingerprints(decisions: Iterable[Decided]) -> dict[str, str]:
    """The digest of each piece of evidence as it was when it was weighed, by the id of the piece; older entries have none."""
    return {
        str(one.facts["evidence"]): str(one.facts["digest"]) for one in decisions if {"evidence", "digest"} <= one.facts.keys()
    }
