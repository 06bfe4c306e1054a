"""Who stands behind a staff code: the holder of one enforcement certificate (Penalties Law art. 42, 55; draw-protocol threats 3 and 7).

A draw deals staff codes, and whoever keeps the register says who bears one. So the number of the certificate is whom a code stands for:
one number is one person's in all registers in force, and another number behind a code that was frozen is another person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Refusal
from inspector.domain.identity import IdentityKind, pseudonym
from inspector.domain.person import same
from inspector.domain.roster import InspectorRecord
from inspector.domain.signs import written

RENEWED = "inspector.renewed"
"""The rule of the entry by which two persons say that an officer's new number is a renewed one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stood:
    """A row of some agency's register of inspectors, and whether it is in force."""

    row: InspectorRecord
    listed: bool

    @property
    def name(self) -> str:
        """How another row names it as its former one."""
        return named(self.row.agency, self.row.id)


def named(agency: str, staff: str) -> str:
    """A staff code with its agency; no agency's name has a colon."""
    return f"{agency}:{staff}"


def mark(secret: bytes, certificate: str) -> str:
    """A keyed digest of a certificate's number however it is written; empty for none. Raises ValueError as `pseudonym` does."""
    number = written(certificate)
    return pseudonym(secret, IdentityKind.OTHER, f"certificate\0{number}") if number else ""


def shared(rows: Iterable[InspectorRecord]) -> list[tuple[str, ...]]:
    """The staff codes, with their agencies, that stand for one person together, by the numbers of their certificates."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if number := written(row.certificate):
            found[number].append(named(row.agency, row.id))
    return sorted(tuple(sorted(codes)) for codes in found.values() if len(codes) > 1)


def twice(rows: Iterable[InspectorRecord]) -> Refusal | None:
    """Why nothing may be dealt to these officers (`certificate_shared`): two codes are one person, and so could a team of two be."""
    found = shared(rows)
    told = "; ".join(", ".join(codes) for codes in found[:10])
    return Refusal("certificate_shared", count=len(found), codes=told) if found else None


def follows(now: str, frozen: str, renewed: Sequence[tuple[str, str]]) -> bool:
    """Whether a mark is that of the frozen holder: the same, or renewed from it on record, once or several times (old, new)."""
    held = {frozen}
    for old, new in renewed:
        held |= {new} if old in held else set()
    return now in held


def meant(told: str, agency: str, known: Mapping[str, Stood]) -> Stood | None:
    """The row that a cell names as the former one: a code of the agency's own register, or `AGENCY:CODE`."""
    return known.get(named(agency, told)) or known.get(told)


def refuse_renewal(row: InspectorRecord, certificate: str, others: Iterable[Stood]) -> None:
    """A renewed number is a new one, and nobody else's. Raises Refusal (`renewal_same`, `renewal_held`)."""
    number = written(certificate)
    if number == written(row.certificate):
        raise Refusal("renewal_same", inspector=row.id)
    taken = sorted(one.name for one in others if written(one.row.certificate) == number)
    if taken:
        raise Refusal("renewal_held", inspector=row.id, held=", ".join(taken))


def renewed(facts: Mapping[str, object], by: str, first: str) -> Decision[None]:
    """Two persons have said that a certificate has a new number; `facts` of whom, and both marks."""
    return Decision(
        state=None, because=Because(rule=RENEWED, basis=("S1:55",), pack="", facts={**facts, "by": first, "approved": by})
    )


def refuse_second(by: str, first: str, staff: str) -> None:
    """Two persons say that a number is the same person's renewed one. Raises Refusal (`renewal_same_person`)."""
    if same(by, first):
        raise Refusal("renewal_same_person", by=by, inspector=staff)
