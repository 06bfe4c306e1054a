"""The decisions about a case, as its explanation tells them, and what an officer's stands on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from inspector.domain.case import Method
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.piece import fingerprint
from inspector.domain.policy import Policy
from inspector.flows.articles import Article, articles
from inspector.flows.office import Office
from inspector.store.room import Row
from inspector.store.tx import Tx


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """What a case's ledger holds of its evidence: the digest of each piece (older entries have none), and the ids that it tells of.

    `ids` is None where an entry's body is erased or names no piece: nobody can say what is lacking.
    """

    digests: Mapping[str, str]
    ids: frozenset[str] | None

    def altered(self, piece: Evidence) -> bool:
        """Whether a piece is another than when it was written down."""
        made = fingerprint(piece)
        return self.digests.get(piece.id, made) != made

    def lacks(self, piece: Evidence) -> bool:
        """Whether a piece may go against somebody (`inspector.domain.evidence.carry`), and the ledger has never heard of it."""
        against = piece.verdict is Verdict.MISMATCH or piece.method is Method.ON_SITE
        return against and self.ids is not None and piece.id not in self.ids


def sealed_in(decisions: Sequence[Decided]) -> Sealed:
    """What the entries of a case's ledger hold of its evidence."""
    named = [one for one in decisions if isinstance(one.facts.get("evidence"), str)]
    whole = all("evidence" in one.facts for one in decisions if one.rule.startswith("evidence."))
    return Sealed(
        digests={str(one.facts["evidence"]): str(one.facts["digest"]) for one in named if "digest" in one.facts},
        ids=frozenset(str(one.facts["evidence"]) for one in named) if whole else None,
    )


def chosen(
    office: Office, tx: Tx, case_id: str, policy: Policy, known: Mapping[str, Evidence], ids: Iterable[str]
) -> tuple[Evidence, ...]:
    """The pieces of a case's evidence that an officer cites. Raises Invalid for one that is not of the case, Refusal for an altered one."""
    ids = tuple(dict.fromkeys(ids))
    if strange := [one for one in ids if one not in known]:
        raise Invalid("evidence_unknown", evidence=", ".join(strange), known=", ".join(known), field="evidence")
    pieces = tuple(known[one] for one in ids)
    sealed = sealed_in([decided(office, row, policy) for row in tx.ledger.about(case_id)])
    if altered := [piece.id for piece in pieces if sealed.altered(piece)]:
        raise Refusal("evidence_altered", evidence=", ".join(altered))
    if unknown := [piece.id for piece in pieces if sealed.lacks(piece)]:
        raise Refusal("evidence_unsealed", evidence=", ".join(unknown))
    return pieces
