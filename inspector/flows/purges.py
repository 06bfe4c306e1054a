"""Whether what is gone went lawfully: every purge is an entry of the ledger, and the records are held to the entries, both ways.

Who takes something out of the database without an entry is found, and so is an entry that says of something that it went, while it is
still there (Personal Information Protection Law art. 19, 47; handbook 1.6.6, 2.8).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from inspector.domain.errors import Missing
from inspector.domain.piece import fingerprint
from inspector.domain.purge import cites, hasty
from inspector.domain.retention import Record, RetentionRow, Since
from inspector.domain.taking import LETTING, PURGED, Taking, ahead, taking, wholes
from inspector.flows import hushing, unframing, weeding
from inspector.flows.office import Office
from inspector.flows.weeding import CONTACT, INFORMANT, PROOF, VISIT
from inspector.store import payload
from inspector.store.past import OPENING
from inspector.store.room import Row
from inspector.store.tables import attention, visit
from inspector.store.tx import Tx

AGED = "retention.forget"
REVIEWED = "officer.review"
RULES = (*weeding.RULES, AGED, PURGED)
"""The rules by which something is let go. `AGED`: rows that were older than their days, counted. `PURGED`: by a pack's days."""


_File = tuple[str, str]
"""What a file is about, and its digest; a release before named its digest alone, and its entry is about the case."""


class Amiss(StrEnum):
    """`UNSAID`: it is gone, and no entry says so. `STILL`: an entry says that it went, and it is there. `ALTERED`: the entry is changed.

    `EARLY`: by its own entry, or by the row that it cites, it went before its last day was over, its days are counted from a moment that
    is none of its case, or it is dated behind its own seal, or today. `UNROWED`: the pack that it names has no such row, or nobody here
    has ever known such a pack. `BEYOND`: it took what is not let go of its class.
    """

    UNSAID = "UNSAID"
    STILL = "STILL"
    ALTERED = "ALTERED"
    EARLY = "EARLY"
    UNROWED = "UNROWED"
    BEYOND = "BEYOND"


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
    said: dict[tuple[str, str], set[_File]] = {}
    takings: list[Taking] = []
    unnamed: list[tuple[Taking, RetentionRow | None]] = []
    hushed: dict[str, datetime] = {}
    dated = False
    later, now = tx.ledger.ahead(RULES), office.now()
    for row, holds in tx.ledger.by_rules(RULES):
        if not holds:
            troubles.append(Trouble(amiss=Amiss.ALTERED, rule=row["rule"], about=row["about"]))
            continue
        told = json.loads(row["body"])
        facts: Mapping[str, object] = told["facts"]
        files = _named(facts)
        said.setdefault((row["rule"], row["about"]), set()).update(files)
        amiss = {one for one in (unlawful(office, row["rule"], told, row["at"]),) if one is not None}
        amiss |= {Amiss.EARLY} if row["id"] in later or ahead(row["at"], now) else set()
        if row["rule"] == PURGED:
            taken = taking(row["body"], row["at"], row["about"])
            mine = _row(office, told)
            amiss |= {Amiss.EARLY} if taken is None else set(_purged(tx, taken, mine))
            takings += [taken] if taken is not None else []
            unnamed += [(taken, mine)] if taken is not None and taken.unnamed and Amiss.EARLY not in amiss else []
            troubles += _back(office, tx, row["about"], facts)
        elif row["rule"] in weeding.RULES:
            amiss |= set() if _weeded(tx, row, facts, files, dated=dated) else {Amiss.EARLY}
            dated = dated or "since" in facts
        troubles += (Trouble(amiss=one, rule=row["rule"], about=row["about"]) for one in Amiss if one in amiss)
        rows = facts.get("rows")
        if (
            row["rule"] == PURGED
            and facts.get("record") == Record.ANSWER.value
            and isinstance(rows, dict)
            and attention.name in rows
        ):
            hushed[row["about"]] = row["at"]
        count = sum(rows.values()) if isinstance(rows, dict) else rows if isinstance(rows, int) else max(len(files), 1)
        purges.append(Purge(entry=row["id"], at=row["at"], rule=row["rule"], about=row["about"], count=int(str(count))))
    known = wholes(takings)
    parts = [one for one in takings if one.of != one.about and one.key not in known]
    parts += [one for one, row_ in unnamed if one.key not in known and not _since(tx, one, row_, _words(tx, one.about))]
    troubles += (Trouble(amiss=Amiss.EARLY, rule=PURGED, about=one.about) for one in parts)
    vanished = (*tx.past.vanished(), *tx.purging.leads_gone())
    troubles += (Trouble(amiss=Amiss.UNSAID, rule=PURGED, about=one) for one in vanished if (PURGED, one) not in said)
    troubles += _files(tx, said)
    troubles += (Trouble(amiss=Amiss.STILL, rule=PURGED, about=one) for one in dict.fromkeys(hushing.left(tx, hushed)))
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
    facts = told["facts"]
    if not told.get("pack"):
        return Amiss.UNROWED if rule == PURGED else None
    if (row := _row(office, told)) is None:
        return Amiss.UNROWED
    try:
        return Amiss.EARLY if hasty(facts, at, row, office.calendar) else None
    except ValueError:
        return Amiss.EARLY


def _row(office: Office, told: Mapping[str, Any]) -> RetentionRow | None:
    """The row of the pack that an entry names, if there is one that says the same."""
    try:
        return cites(told["facts"], told.get("basis", ()), office.book.get(str(told.get("pack") or "")).retentions)
    except Missing:
        return None


def _purged(tx: Tx, taken: Taking, row: RetentionRow | None) -> Iterator[Amiss]:
    """What does not hold of a purge by a pack's days by what it took, and by its case or what the ledger has of that."""
    rows = tx.ledger.about(taken.about)
    if any(one["digest"] in taken.entries and not taken.may(one["rule"]) for one in rows):
        yield Amiss.BEYOND
    own = taken.of == taken.about and not taken.unnamed
    if own and not _since(tx, taken, row, _words(tx, taken.about)):
        yield Amiss.EARLY


def _words(tx: Tx, about: str) -> list[Row]:
    """The entries about a thing, but those that say what went."""
    return [one for one in tx.ledger.about(about) if one["rule"] not in LETTING]


def _back(office: Office, tx: Tx, about: str, facts: Mapping[str, object]) -> Iterator[Trouble]:
    """What went by a pack's days, and is there."""
    pieces = facts.get("pieces")
    if facts.get("record") == Record.ENFORCEMENT.value:
        rows = facts.get("rows")
        named = isinstance(rows, dict) and visit.name in rows and tx.purging.still_named(about)
        if named or tx.cases.known(about) or tx.purging.lead_there(about) or unframing.back(office, tx, about, facts):
            yield Trouble(amiss=Amiss.STILL, rule=PURGED, about=about)
    elif isinstance(pieces, dict) and tx.cases.known(about):
        there = {one.id: fingerprint(one) for one in tx.cases.evidence(about)}
        for name, (before, _) in pieces.items():
            if there.get(name) == before:
                yield Trouble(amiss=Amiss.STILL, rule=PURGED, about=about, digest=before)


def _since(tx: Tx, taken: Taking, row: RetentionRow | None, rows: Sequence[Row]) -> bool:
    """Whether the moment from which a purge counts its days is one of what it is about: opened, ended, or the last word about it.

    Of what is gone its entries are left, each with its rule and when it was made: nothing was begun behind that moment. No case was
    reviewed between it and the purge; of what is no case nothing else was said, but that its result became public.
    """
    about, since, ended = taken.about, taken.since, row is None or row.since is Since.CASE_ENDED
    before = [one for one in rows if one["at"] <= taken.at]
    if before and since < min(one["at"] for one in before):
        return False
    opened = [one["at"] for one in before if one["rule"] in OPENING]
    later = [one for one in before if one["at"] > since]
    if tx.cases.known(about):
        held = tx.cases.get(about)
        own = since == held.ended_at or (not ended and since == held.opened_at)
        return own or any(one["at"] == since != held.opened_at for one in before)
    if opened:
        open_ = ended and since in opened and any(one["rule"].startswith("evidence.") for one in later)
        return any(one["at"] == since for one in before) and not open_ and not any(one["rule"] == REVIEWED for one in later)
    visited = tx.purging.visit_there(about)
    return not ended or not any(not (visited and one["rule"].startswith("publication.")) for one in later)


def _weeded(tx: Tx, row: Row, facts: Mapping[str, object], files: AbstractSet[_File], *, dated: bool) -> bool:
    """Whether what went by a setting's days was so old by then: by its own coming, and by the end of its case.

    Its entry says since when and how many days it was kept; `dated`: whether one has said that before, for those of former releases do not.
    """
    about, at, rule = row["about"], row["at"], row["rule"]
    case = tx.cases.get(about) if rule in (PROOF, CONTACT) and tx.cases.known(about) else None
    ended = case.ended_at if case is not None and case.ended_at is not None and case.ended_at <= at else None
    if "since" not in facts:
        return not dated
    try:
        since, days = datetime.fromisoformat(str(facts["since"])), int(str(facts["days"]))
        over = since + timedelta(days=days) <= at
    except (ValueError, TypeError, KeyError, OverflowError):
        return False
    there = tx.materials.came(about, {digest for _, digest in files}, case=rule == PROOF) if files else []
    came = [at for one, at in there if _is_named(one, files)]
    return over and days > 0 and all(one <= since for one in (*came, *([ended] if ended is not None else [])))


def _named(facts: Mapping[str, object]) -> set[_File]:
    """The files that an entry names."""
    told = facts.get("files")
    pairs = [payload.texts(one) for one in told] if isinstance(told, list) else []
    return {(one[0], one[1]) for one in pairs if len(one) == 2} | {("", one) for one in payload.texts(facts.get("digests"))}


def _is_named(file: _File, named: AbstractSet[_File]) -> bool:
    return file in named or ("", file[1]) in named


def _files(tx: Tx, said: Mapping[tuple[str, str], AbstractSet[_File]]) -> Iterator[Trouble]:
    for of, digest, case, held in sorted(tx.materials.kept(), key=lambda one: one[:2]):
        rule, about = (PROOF, case) if case is not None else (VISIT, of)
        if held is _is_named((of, digest), said.get((rule, about), frozenset())):
            yield Trouble(amiss=Amiss.STILL if held else Amiss.UNSAID, rule=rule, about=about, digest=digest)
