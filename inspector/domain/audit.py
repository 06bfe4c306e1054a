"""What a verifier says of a draw: what is wrong, what must be heard although nothing is wrong, and whether the time is proven.

A bundle alone proves no time (threat 1): its dates are its maker's word, so they can only speak against it. Proof comes from
outside hands: the witness's value with its date, and of every part of the seed when it became public: by the signature of the
beacon that said it, or by the minutes (draw-protocol 7.4, 7.9, rulings 12, 18, 19).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from inspector.domain.commitment import Commitment
from inspector.domain.errors import Invalid
from inspector.domain.seed import known_at, moment

MARGIN = timedelta(minutes=10)
"""W is in outside hands at least so long before the first source becomes known (7.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLine:
    """One line of an audit: the key of its words and their facts. `grave` lines are failures to a strict reader."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    grave: bool = False

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value!r}" for name, value in self.facts.items())
        return f"{self.code}({told})" if told else self.code


NOTHING = object()
"""Stands for what is not there at all."""
_SHOWN = 200


def shown(value: object) -> str:
    """What stands somewhere in a published file, as its JSON and no more of it than can be read; a dash for `NOTHING`."""
    told = "—" if value is NOTHING else json.dumps(value, ensure_ascii=False)
    return told if len(told) <= _SHOWN else f"{told[:_SHOWN]}…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What a recomputation found. `time_proven` is False without outside hands: consistent, but time not proven.

    `problems` make it not hold; `remarks` are loud lines that do not: shortages, ignored bans, what nobody could check here.
    """

    holds: bool
    time_proven: bool
    problems: tuple[AuditLine, ...]
    remarks: tuple[AuditLine, ...] = ()

    @property
    def holds_strictly(self) -> bool:
        """Whether it holds to a reader for whom unproven time and unchecked signatures are failures."""
        return self.holds and not any(one.grave for one in self.remarks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """What outside hands say: the value they hold, since when, when the first part of the seed became public, and what was thrown.

    `seed_at` is for sources that carry no time (a ceremony, reveals), the date of the public minutes, and for a beacon whose
    signature was not checked: whoever reads states it. `figures` are those of each ceremony, in the commitment's order, as the signed
    minutes have them; they can be compared without any witness (`value` is None).
    """

    value: str | None
    at: datetime | None = None
    seed_at: datetime | None = None
    figures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What the house says of a draw's time: when the first part of its seed came in, and the date of the witness's receipt.

    Its word proves nothing for it; it can only speak against it.
    """

    seeded_at: datetime | None = None
    witnessed_at: datetime | None = None


def problem(error: Invalid) -> AuditLine:
    """An error as a line, in the error's own words; a register that is another one with its root and the committed one."""
    if error.code == "REGISTER_CHANGED" and "found_root" in error.facts:
        return AuditLine(code="draw.register_differs", facts=error.facts)
    return AuditLine(code=f"error.{error.code}", facts=error.facts)


def timing(
    commitment: Commitment,
    witness: Witness | None,
    said: House | None = None,
    signatures: Mapping[int, AuditLine | None] | None = None,
) -> tuple[bool, tuple[AuditLine, ...], tuple[AuditLine, ...]]:
    """(whether the commitment is proven older than its seed, problems, remarks).

    `said` is the house's own record; `signatures` as in `verify.unchecked`. A value that nobody checked to be a beacon's may be
    anybody's, of any time: it carries no proof, and neither does a part that has no time; then whoever reads states the seed's.
    """
    said = said or House()
    problems = [AuditLine(code="draw.made_after_seed", facts={"made": commitment.made})] if commitment.late else []
    house = _told_by_the_house(commitment, said)
    if witness is None or witness.value is None:
        return False, tuple(problems), (AuditLine(code="draw.no_witness", grave=True), *house)
    if witness.value != commitment.w:
        return False, (*problems, AuditLine(code="draw.witness_other", facts={"w": commitment.w})), house
    if witness.at is None:
        return False, tuple(problems), (AuditLine(code="draw.witness_undated", grave=True), *house)
    undated = sorted({str(source["kind"]) for source in commitment.sources if known_at(source) is None})
    held = {place for place, line in (signatures or {}).items() if line is None}
    dated = [(place, str(source["kind"])) for place, source in enumerate(commitment.sources) if known_at(source) is not None]
    unsigned = sorted({kind for place, kind in dated if place not in held})
    proof = min(filter(None, (commitment.known, witness.seed_at)), default=None)
    first = min(filter(None, (proof, said.seeded_at)), default=None)
    facts = {"at": witness.at.isoformat(), "known": first.isoformat() if first else "", "kinds": ", ".join(undated)}
    if (made := moment(commitment.made)) is not None and witness.at < made:
        # a witness cannot hold the value of a commitment that is not made yet: one of the two dates is wrong
        told = {**facts, "made": commitment.made}
        return False, tuple(problems), (AuditLine(code="draw.witness_before_made", facts=told, grave=True),)
    if first is not None and witness.at >= first:
        return False, tuple(problems), (AuditLine(code="draw.witness_late", facts=facts, grave=True),)
    remarks = []
    if proof is not None and proof - witness.at < MARGIN:
        remarks.append(AuditLine(code="draw.witness_margin", facts=facts))
    if witness.seed_at is None and unsigned:
        remarks.append(AuditLine(code="draw.seed_unchecked", facts={**facts, "kinds": ", ".join(unsigned)}, grave=True))
    if witness.seed_at is None and undated:
        line = AuditLine(code="draw.parts_undated", facts=facts, grave=True)
        remarks.append(line if proof is not None else AuditLine(code="draw.seed_undated", facts=facts, grave=True))
    return not problems and not any(one.grave for one in remarks), tuple(problems), tuple(remarks)


def _told_by_the_house(commitment: Commitment, said: House) -> tuple[AuditLine, ...]:
    """The date that the house gives for the witness's receipt, while no witness has told one; a late one is grave."""
    if said.witnessed_at is None:
        return ()
    first = min(filter(None, (commitment.known, said.seeded_at)), default=None)
    facts = {"at": said.witnessed_at.isoformat(), "known": first.isoformat() if first else ""}
    if first is not None and said.witnessed_at >= first:
        return (AuditLine(code="draw.house_says_late", facts=facts, grave=True),)
    return (AuditLine(code="draw.house_says_witnessed", facts=facts),)
