"""How a penal proceeding began (立案): until when the act went on, when it was found, by which paper it was opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Onset:
    """The days by which it is judged whether an act was found in time (Penalties Law art. 36).

    `since`: the day of the act, or on which it ended; `last`: the last day on which it may be found, None: the row says none.
    `opened_on`, `document`: the paper by which the proceeding was opened, where that is of another day than its entry here.
    """

    since: date
    found_on: date
    last: date | None = None
    opened_on: date | None = None
    document: str = ""

    @property
    def in_time(self) -> bool:
        """Whether the act was found by its last day."""
        return self.last is None or self.found_on <= self.last

    def entered_late(self, entered: date) -> bool:
        """Whether it was entered here behind the last day, though the paper is of before it."""
        return self.last is not None and self.opened_on is not None and entered > self.last
