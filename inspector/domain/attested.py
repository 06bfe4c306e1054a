"""That a visit was made by a team whose seats passed on afterwards, as it stands in the visit; the rule and the act are `attesting`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

UNENTERED = "unentered"
"""Why a visit is owed that its team had made before its seats passed on: the time to enter its result is over, and nothing was entered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """An agency's team was there `on` a day, from these `seats`.

    Where the house holds a check-in of that day the rule says so by itself: `proof` is its kind, and nobody stands under it. Else
    officers do, `said` in each one's own words by which evidence: one asks, another one makes it so.
    """

    agency: str
    on: date
    seats: tuple[str, ...]
    proof: str = ""
    by: tuple[str, ...] = ()
    said: tuple[str, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether it counts: by the rule, or by the word of two."""
        return len(self.by) != 1
