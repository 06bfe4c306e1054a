"""What is counted of a draw for everybody (一公开): how many were to be checked and were, what results are public, how many are not.

Counted is what the register shows, and what it says that it does not show: no number tells more of anybody than its lines do. A draw
whose record is still closed is not counted at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inspector.domain.gazette import CheckResult


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawCount:
    """One agency's results of one draw. `drawn`, `made`, `called_off` are visits of the whole draw, whoever goes.

    `results` are the lines that stand; `counted` are told by this number alone: those who are named by no line, whether theirs is still to
    become public, stands in no list, or fell, so that two postings tell nothing of one person; `waiting` are lines with a name.
    """

    draw: str
    agency: str
    drawn: int
    made: int
    called_off: int
    results: Mapping[CheckResult, int]
    counted: int
    waiting: int
    removed: int

    def value(self) -> dict[str, object]:
        """As programs read it."""
        told = {name: getattr(self, name) for name in ("draw", "agency", "drawn", "made", "called_off")}
        found = {kind.value: self.results[kind] for kind in CheckResult if self.results.get(kind)}
        return {**told, "results": found, "counted": self.counted, "waiting": self.waiting, "removed": self.removed}
