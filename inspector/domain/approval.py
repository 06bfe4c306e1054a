"""What an extension of a draw rests on: a document, a reason, and two persons who stand for both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from inspector.domain.signs import cited


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Asked for by one person, approved by another in the same words.

    `basis` is the document that orders it, `more` how many objects of each stratum it adds; without any, as many as the pack in
    force asks beyond what was drawn.
    """

    reason: str
    basis: str
    asked_by: str
    asked_at: datetime
    more: Mapping[str, int] = field(default_factory=dict)
    approved_by: str | None = None
    approved_at: datetime | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Who has signed."""
        return (self.asked_by, *([self.approved_by] if self.approved_by else []))

    def says(self, other: Approval) -> bool:
        """Whether both ask for the same on the same document, however its number's brackets and blanks are typed."""
        return (cited(self.basis), self.reason, self.more) == (cited(other.basis), other.reason, other.more)

    @property
    def words(self) -> str:
        """What a second person signs too, in one line."""
        numbers = ", ".join(f"{code}={count}" for code, count in sorted(self.more.items()))
        return "; ".join(filter(None, (self.basis, self.reason, numbers)))
