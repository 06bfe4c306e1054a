"""The day on which a visit is made that quiet windows leave no day for, as an officer has decided; the rule is `appointing`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Though(StrEnum):
    """What an officer says to know of the day that he or she names: it lies in a quiet window, or no office works on it."""

    QUIET = "QUIET"
    DAY_OFF = "DAY_OFF"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointed:
    """Somebody goes `on` this day, whatever windows say of it: by whom that was decided and why, and when the visit was due before."""

    on: date
    by: str
    why: str
    was_due: datetime
