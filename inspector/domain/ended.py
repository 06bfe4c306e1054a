"""How something ended that had a proceeding: by whom, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Why it is over or does not stand: a person's reasons, or the rule that ended it; `document` where one says so."""

    at: datetime
    by: str
    why: str
    document: str = ""
