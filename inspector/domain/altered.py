"""What is stored otherwise than its digest says: what is computed from it shows nothing of what was decided then (`recompute`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.evidence import Evidence
from inspector.domain.ground import Past
from inspector.domain.piece import fingerprint
from inspector.domain.taking import PURGED


class Altered(StrEnum):
    """What is stored otherwise than its digest says, so that nothing computed from it shows what was decided then.

    `FACTS`: the case's content is not what was handed in. `PACK`, `CALENDAR`: not the text, not the days that this house has begun
    with; or the calendar that an entry names is not kept, or not as its name says. `EVIDENCE`: not what was weighed, or gone.
    `ENTRY`: the ledger's own entry; `SEAL`: the seal it lies under. `PURGE`: words went earlier than the row that their purge cites
    allowed, or its pack has no such row.
    """

    FACTS = "FACTS"
    PACK = "PACK"
    CALENDAR = "CALENDAR"
    EVIDENCE = "EVIDENCE"
    ENTRY = "ENTRY"
    SEAL = "SEAL"
    PURGE = "PURGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alteration:
    """What was altered, and which: an id, a pack's label, a year's version, the number of a seal."""

    what: Altered
    about: str


def purged(entries: Sequence[Past]) -> dict[str, tuple[str, str]]:
    """The pieces whose wording went, as entries say: by id the digests of what was there, and of what is left."""
    held: dict[str, tuple[str, str]] = {}
    for one in entries:
        if one.rule == PURGED:
            told = json.loads(one.body)["facts"].get("pieces", {})
            held |= {name: (before, after) for name, (before, after) in told.items()}
    return held


def weighed(evidence: Mapping[str, Evidence], entries: Sequence[Past]) -> Iterator[Alteration]:
    """The pieces that entries name by a digest, and that are not stored as they were then, or as a purge has left them."""
    gone = purged(entries)
    named: dict[str, set[str]] = {}
    for one in entries:
        facts = json.loads(one.body)["facts"] if one.body else {}
        name, digest = facts.get("evidence"), facts.get("digest")
        if isinstance(name, str) and isinstance(digest, str):
            named.setdefault(name, set()).add(digest)
    for name, digests in named.items():
        piece = evidence.get(name)
        before, after = gone.get(name, ("", ""))
        left = (
            {before}
            if piece is not None and fingerprint(piece) == after
            else {fingerprint(piece)}
            if piece is not None
            else set()
        )
        if digests != left:
            yield Alteration(what=Altered.EVIDENCE, about=name)
