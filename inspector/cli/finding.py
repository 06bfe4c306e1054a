"""One finding of a check: OK, a warning or a failure, what it is and how to mend it, in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

Words = tuple[str, str]
"""The same in English and in Chinese."""


class State(StrEnum):
    """How it stands."""

    OK = "OK"
    WARN = "WARN"
    FAIL = "FAIL"


class Fault(StrEnum):
    """Who mends what has failed: we (settings, secrets, this machine), the other side, or, where nobody is reached now, perhaps time."""

    OURS = "ours"
    THEIRS = "theirs"
    AWAY = "away"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line. `fault`: of what has failed, who is to mend it first."""

    state: State
    name: str
    what: Words
    mend: Words = ("", "")
    fault: Fault = Fault.OURS

    @classmethod
    def ok(cls, name: str, what: Words) -> Finding:
        """All is well."""
        return cls(state=State.OK, name=name, what=what)

    @classmethod
    def warn(cls, name: str, what: Words, mend: Words) -> Finding:
        """It runs, and somebody should look."""
        return cls(state=State.WARN, name=name, what=what, mend=mend)

    @classmethod
    def fail(cls, name: str, what: Words, mend: Words, fault: Fault = Fault.OURS) -> Finding:
        """It will not run, or must not."""
        return cls(state=State.FAIL, name=name, what=what, mend=mend, fault=fault)

    def told(self, place: int) -> str:
        """What and how to mend it, in English (0) or Chinese (1)."""
        return f"{self.what[place]} → {self.mend[place]}" if self.mend[place] else self.what[place]
