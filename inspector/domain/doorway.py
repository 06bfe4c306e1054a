"""A span of time in which a door of ours was open, by which others reach us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From one moment to another, both aware office times."""

    since: datetime
    until: datetime

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in it; the first of all does not."""
        return self.since < at <= self.until
