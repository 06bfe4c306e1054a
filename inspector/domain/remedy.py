"""What is open to whoever a decision goes against (救济): review by a higher body, a court; to whom, and until when, as the pack says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.calendar import Term


class Remedy(StrEnum):
    """Administrative reconsideration (行政复议), and administrative litigation (行政诉讼)."""

    RECONSIDERATION = "RECONSIDERATION"
    LITIGATION = "LITIGATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyRow:
    """A row of a pack's `[[remedy]]`: `to` whom, in the words that the subject reads, within which `term` of having heard of it."""

    row: str
    remedy: Remedy
    to: str
    term: Term
    basis: str
