"""The dates that bind a case: of its verification, and of the officer's decision, each with how it was counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspector.domain.calendar import Counting


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyTerm:
    """By when the verification must be over: from the event that the item names, whatever the case's level turns out to be.

    Counted anew where the clock stood still, the term was extended, or the decision that it is counted from became known.
    """

    due_at: datetime
    due_provisional: bool
    due_counted: Counting
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewTerm:
    """By when an officer is to decide a case in review: the pack's term, and how the date was counted."""

    opened_at: datetime
    due_at: datetime
    due_provisional: bool
    due_counted: Counting
    basis: str
