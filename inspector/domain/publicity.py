"""Whether, how far and until when a letter of commitment is made public: said in the notice (the plan, item 5), stated by the item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inspector.domain.calendar import Term, nominal_last_day

NOT_PUBLIC = "none"
"""The scope of a letter that is not made public."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publicity:
    """How far a letter of an item is made public and for how long after it was signed, as the notice says (item 5).

    `site`: whether that takes in the agency's public register; a letter that is shown on the premises alone is not there.
    """

    scope: str
    term: Term | None
    basis: str
    site: bool = False

    def last(self, signed_on: date) -> date | None:
        """The last day of publicity; None where the letter is not public."""
        if self.term is None or self.scope == NOT_PUBLIC:
            return None
        return nominal_last_day(signed_on, self.term)
