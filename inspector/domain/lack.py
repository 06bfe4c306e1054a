"""What an office may lack for work that can come up."""

from __future__ import annotations

from enum import StrEnum


class Lack(StrEnum):
    """What is not there. `AREA`: no officer of the register has the town, which is the missing row of the mapping itself.

    `QUIET`: windows close every day of a visit's term.
    """

    PACK = "pack"
    SOURCE = "source"
    AGENCY = "agency"
    PAUSED = "paused"
    BARRED = "barred"
    SUPERIOR = "superior"
    PLAN = "plan"
    POOL = "pool"
    AREA = "area"
    TEAM = "team"
    LEAD = "lead"
    QUIET = "quiet"


CHANGING = frozenset({Lack.PACK, Lack.AREA, Lack.TEAM, Lack.LEAD, Lack.QUIET})
"""What comes about by time or by the registers alone: no start of the program is refused for it, so a person is told."""
