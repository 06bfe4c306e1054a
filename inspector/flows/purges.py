"""Whether what is gone went lawfully: every purge is an entry of the ledger, and the records are held to the entries, both ways.

Who takes something out of the database without an entry is found, and so is an entry that says of something that it went, while it is
still there (Personal Information Protection Law art. 19, 47; handbook 1.6.6, 2.8).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from inspector.domain.errors import Missing
from inspector.domain.folio import PURGED, early
from inspector.domain.piece import fingerprint
from inspector.domain.purge import cites, hasty
from inspector.domain.retention import Record
from inspector.flows import weeding
from inspector.flows.office import Office
from inspector.flows.weeding import CONTACT, INFORMANT, PROOF, VISIT
from inspector.store import payload
from inspector.store.past import OPENING
from inspector.store.room import Row
from inspector.store.tables import visit
from inspector.store.tx import Tx

AGED = "retention.forget"
REVIEWED = "officer.review"
RULES = (*weeding.RULES, AGED, PURGED)
"""The rules by which something is let go. `AGED`: rows that were older than their days, counted. `PURGED`: by a pack's days."""


class Amiss(StrEnum):
    """`UNSAID`: it is gone, and no entry says so. `STILL`: an entry says that it went, and it is there. `ALTERED`: the entry is changed.

    `EARLY`: by its own entry, or by the row that it cites, it went before its last day was over, or its days are counted from a moment
    that is none of its case. `UNROWED`: the pack that it names has no such row, or nobody here has ever known such a pack.
    """

    UNSAID = "UNSAID"
    STILL = "STILL"
    ALTERED = "ALTERED"
    EARLY = "EARLY"
    UNROWED = "UNROWED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Purge:
    """One entry: what about, by which rule, and how many things went."""

    entry: str
    at: datetime
    rule: str
    about: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """Something that entries and records say differently; `digest` is empty where there is one thing only."""

    amiss: Amiss
    rule: str
    about: str
    digest: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """Every purge in order, and what does not hold."""

    purges: tuple[Purge, ...]
    troubles: tuple[Trouble, ...]


def audit(office: Office, tx: Tx) -> Audit:
    """Hold the records to the entries. That the entries themselves are whole and all there, `ledger verify` says."""
    purges: list[Purge] = []
    troubles: list[Trouble] = []
    said: dict[tuple[str, str], set[str]] = {}
    for row, holds in tx.ledger.by_rules(RULES):
        if not holds:
            troubles.append(Trouble(amiss=Amiss.ALTERED, rule=row["rule"], about=row["about"]))
            continue
        told = json.loads(row["body"])
        facts: Mapping[str, object] = told["facts"]
        digests = payload.texts(facts.get("digests"))
        said.setdefault((row["rule"], row["about"]), set()).update(digests)
        amiss = {one for one in (unlawful(office, row["rule"], told, row["at"]),) if one is not None}
        if row["rule"] == PURGED:
            amiss |= set(_purged(tx, row, facts))
            troubles += _back(tx, row["about"], facts)
        troubles += (Trouble(amiss=one, rule=row["rule"], about=row["about"]) for one in Amiss if one in amiss)
        rows = facts.get("rows")
        count = sum(rows.values()) if isinstance(rows, dict) else rows if isinstance(rows, int) else max(len(digests), 1)
        purges.append(Purge(entry=row["id"], at=row["at"], rule=row["rule"], about=row["about"], count=int(str(count))))
    vanished = (*tx.past.vanished(), *tx.purging.leads_gone())
    troubles += (Trouble(amiss=Amiss.UNSAID, rule=PURGED, about=one) for one in vanished if (PURGED, one) not in said)
    troubles += _files(tx, said)
    troubles += (
        Trouble(amiss=Amiss.UNSAID, rule=CONTACT, about=one) for one in tx.servings.contacts_gone() if (CONTACT, one) not in said
    )
    gone = set(tx.tips.informants_gone())
    troubles += (Trouble(amiss=Amiss.UNSAID, rule=INFORMANT, about=one) for one in sorted(gone) if (INFORMANT, one) not in said)
    told_of = {about for rule, about in said if rule == INFORMANT}
    troubles += (Trouble(amiss=Amiss.STILL, rule=INFORMANT, about=one) for one in sorted(told_of - gone) if tx.tips.there(one))
    return Audit(purges=tuple(purges), troubles=tuple(troubles))


def unlawful(office: Office, rule: str, told: Mapping[str, Any], at: datetime) -> Amiss | None:
    """What does not hold of a purge's entry (its body, and when it was made) by the pack that it names; what goes by a pack names one."""
    facts, pack = told["facts"], str(told.get("pack") or "")
    if not pack:
        return Amiss.UNROWED if rule == PURGED else None
    try:
        row = cites(facts, told.get("basis", ()), office.book.get(pack).retentions)
    except Missing:
        return Amiss.UNROWED
    if row is None:
        return Amiss.UNROWED
    try:
        return Amiss.EARLY if hasty(facts, at, row, office.calendar) else None
    except ValueError:
        return Amiss.EARLY


def _purged(tx: Tx, row: Row, facts: Mapping[str, object]) -> Iterator[Amiss]:
    """What does not hold of a purge by a pack's days by what it says itself, and by its case or what the ledger has of that."""
    if early(facts, row["at"]) or not _since(tx, row["about"], facts.get("since"), row["at"]):
        yield Amiss.EARLY


def _back(tx: Tx, about: str, facts: Mapping[str, object]) -> Iterator[Trouble]:
    """What went by a pack's days, and is there."""
    pieces = facts.get("pieces")
    if facts.get("record") == Record.ENFORCEMENT.value:
        rows = facts.get("rows")
        named = isinstance(rows, dict) and visit.name in rows and tx.purging.still_named(about)
        if named or tx.cases.known(about) or tx.purging.lead_there(about):
            yield Trouble(amiss=Amiss.STILL, rule=PURGED, about=about)
    elif isinstance(pieces, dict) and tx.cases.known(about):
        there = {one.id: fingerprint(one) for one in tx.cases.evidence(about)}
        for name, (before, _) in pieces.items():
            if there.get(name) == before:
                yield Trouble(amiss=Amiss.STILL, rule=PURGED, about=about, digest=before)


def _since(tx: Tx, about: str, since: object, at: datetime) -> bool:
    """Whether the moment from which a purge of a moment counts its days is one of its case: opened, ended, or decided.

    Of a case that is gone its entries are left, each with its rule and when it was made: none was opened behind that moment, and none
    reviewed between it and the purge.
    """
    if not isinstance(since, str):
        return True
    try:
        told = datetime.fromisoformat(since)
    except ValueError:
        return False
    rows = [row for row in tx.ledger.about(about) if row["rule"] != PURGED]
    if tx.cases.known(about):
        held = tx.cases.get(about)
        return told in (held.opened_at, held.ended_at) or any(row["at"] == told for row in rows)
    if not any(row["rule"] in OPENING for row in rows):
        return True  # of what is no case: a visit, a tip-off, what of a case has a name of its own
    return any(row["at"] == told for row in rows) and not any(row["rule"] == REVIEWED and told < row["at"] < at for row in rows)


def _files(tx: Tx, said: Mapping[tuple[str, str], set[str]]) -> Iterator[Trouble]:
    there = tx.materials.kept()
    owned = {((PROOF, case) if case is not None else (VISIT, about), digest): held for about, digest, case, held in there}
    for ((rule, about), digest), held in sorted(owned.items()):
        let_go = digest in said.get((rule, about), set())
        if held is let_go:
            yield Trouble(amiss=Amiss.STILL if held else Amiss.UNSAID, rule=rule, about=about, digest=digest)
