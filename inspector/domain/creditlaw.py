"""What a pack says of credit records after they are made: how long each grade is shown, how repairs and objections are decided.

All of it may be left out: then nothing stops being shown by itself, a repair waits for no minimum, and repairs and objections are decided
by what is shipped (handbook 1.7, 2.4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from inspector.domain.calendar import Term, Unit


class RepairPaper(StrEnum):
    """What a repair must have on paper (handbook 1.7.2): that it is corrected and duties are done; a public credit commitment."""

    CORRECTED = "CORRECTED"
    COMMITMENT = "COMMITMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicityRow:
    """How long an entry of a grade is shown: at least, before it may be repaired (`least` None: at once), and at most.

    `published` False: in principle it is not shown to the public at all; `most` is then how long it is used.
    """

    row: str
    grade: str
    most: Term
    basis: str
    least: Term | None = None
    published: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Publicity:
    """Whether one entry may be shown to the public (公示), and the last days of its minimum and its maximum, where there are such.

    `published` None: the pack says nothing of it.
    """

    published: bool | None = None
    least_until: date | None = None
    shown_until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairRow:
    """By when a repair that is asked for is decided, and the papers without which it cannot be granted.

    `second`: by another person than those who decided the record.
    """

    row: str
    decide: Term
    papers: tuple[RepairPaper, ...]
    basis: str
    second: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectionRow:
    """By when an objection is decided: what the agency can check itself, and what needs others."""

    row: str
    own: Term
    others: Term
    basis: str


REPAIR = RepairRow(row="repair", decide=Term(amount=3, unit=Unit.WORKING_DAY), papers=tuple(RepairPaper), basis="S0:2;S0:8")
"""What holds where a pack has no row of its own (handbook 1.7.2, 1.7.10)."""

OBJECTION = ObjectionRow(
    row="objection",
    own=Term(amount=3, unit=Unit.WORKING_DAY),
    others=Term(amount=7, unit=Unit.WORKING_DAY),
    basis="S0:8",
)
"""What holds where a pack has no row of its own (handbook 1.7.6, 2.4)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditLaw:
    """The rows of a pack, by grade where there are several."""

    publicities: Mapping[str, PublicityRow] = field(default_factory=dict)
    repair: RepairRow = REPAIR
    objection: ObjectionRow = OBJECTION


def law(publicities: Iterable[PublicityRow], repair: RepairRow | None, objection: ObjectionRow | None) -> CreditLaw:
    """The rows of a pack, with what is shipped where it has none."""
    return CreditLaw(
        publicities={row.grade: row for row in publicities}, repair=repair or REPAIR, objection=objection or OBJECTION
    )
