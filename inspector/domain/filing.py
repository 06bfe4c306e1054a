"""That a visit on which no visit code was read is to be filed (补录备案): the duty as it stands in the visit, and what has ended it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from inspector.domain.catalogue import Duty, Filed


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """The duty of a visit's lead, counted from the day `on` which it was made.

    It ends by `filed`, its proof; or by `read`, the digest of a code of that day of whose reading a phone has told since.
    """

    duty: Duty
    on: date
    filed: Filed | None = None
    read: str = ""

    @property
    def open(self) -> bool:
        """Whether it waits for its proof."""
        return self.filed is None and not self.read
