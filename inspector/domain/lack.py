"""What an office may lack for work that can come up."""

from __future__ import annotations

from enum import StrEnum


class Lack(StrEnum):
    """What is not there. `AREA`: no officer of the register has the town, which is the missing row of the mapping itself."""

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


CHANGING = frozenset({Lack.PACK, Lack.AREA, Lack.TEAM, Lack.LEAD})
"""What comes about by time or by the registers alone: no start of the program is refused for it, so a person is told."""
