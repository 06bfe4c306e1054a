"""A dated bar on applying for an item again (再次申请的限制): by which fact it begins, which items, and until when. Pure.

It stands beside the records that bar from committing at all (`gate`): a licence got by deceit (Licensing Law art. 79), false material at
the application (art. 78), an examination whose commitment was taken back or not chosen (handbook 1.1.6). It ends by itself, and falls
with the decision that it follows from.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.calendar import Term, nominal_last_day


class After(StrEnum):
    """What a bar follows from. The first two keep from the licence itself, by whichever route; the others from the commitment route alone.

    `DECEIT`: a licence revoked that was got by deceit. `FALSE_MATERIAL`: an application terminated for what was known to be false.
    `WITHDRAWN`: a commitment that was taken back. `NOT_CHOSEN`: the certificate was brought instead.
    """

    DECEIT = "DECEIT"
    FALSE_MATERIAL = "FALSE_MATERIAL"
    WITHDRAWN = "WITHDRAWN"
    NOT_CHOSEN = "NOT_CHOSEN"


WHOLE = frozenset({After.DECEIT, After.FALSE_MATERIAL})
"""What keeps from applying, and not from committing alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReapplyRow:
    """`[[reapply]]`: after what, which items, how long; `term` None: until the end of the calendar year."""

    row: str
    after: After
    items: frozenset[str]
    basis: str
    term: Term | None = None

    def last_day(self, since: date) -> date:
        """The last day of a bar that began on a day (Civil Code art. 202); no day off moves it, for nobody has to act on it."""
        return date(since.year, 12, 31) if self.term is None else nominal_last_day(since, self.term)
