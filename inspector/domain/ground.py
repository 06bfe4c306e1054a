"""What a case's past is computed from again: what is stored of it, the packs, and the calendars that it may have been counted by."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inspector.domain.acknowledged import Kept
from inspector.domain.assistance import Request
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import Case
from inspector.domain.consequence import Consequence
from inspector.domain.creditrecord import Record
from inspector.domain.decision import Decision
from inspector.domain.evidence import Evidence
from inspector.domain.ledger import said
from inspector.domain.objection import Objection
from inspector.domain.policy import Policy
from inspector.domain.ruling import Ruling
from inspector.domain.serving import SubjectNotice
from inspector.domain.visit import Visit
from inspector.domain.yearbook import Yearbook

CALENDAR = "calendar"
"""Under this name an entry names the calendar (`WorkingCalendar.digest`) that it was decided by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """An entry about a case as it stands in the ledger; `gone`: its words went at the end of their days, as a later one says."""

    id: str
    at: datetime
    rule: str
    body: str
    gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a case's past is computed from. `ruling`: which pack ruled an officer's decision at a moment; `pack`: one by its label.

    `years`: the calendars that may be what an entry was counted by. `purged`: the evidence whose wording went at the end of its days.
    """

    case: Case
    evidence: Mapping[str, Evidence]
    policy: Policy
    years: Yearbook
    ruling: Callable[[datetime], Ruling]
    pack: Callable[[str], Policy]
    purged: frozenset[str] = frozenset()
    consequences: Mapping[str, Consequence] = field(default_factory=dict)
    records: Mapping[str, Record] = field(default_factory=dict)
    notices: Mapping[str, SubjectNotice] = field(default_factory=dict)
    requests: Mapping[str, Request] = field(default_factory=dict)
    objections: Mapping[str, Objection] = field(default_factory=dict)
    visits: Mapping[str, Visit] = field(default_factory=dict)
    books: Sequence[Kept] = ()

    def counted(self, at: datetime, named: object) -> tuple[list[Counted], bool]:
        """By which calendars an entry of a moment is computed: the one that it names, else each; and whether it was one of them."""
        if isinstance(named, str):
            held = self.years.named(named)
            likely = [held] if held is not None else self.years.likely(at)
            return [Counted(self, one, {CALENDAR: named}) for one in likely], held is not None
        return [Counted(self, one, {}) for one in self.years.likely(at)], self.years.whole(at)


@dataclass(frozen=True, slots=True)
class Counted:
    """The same ground with one calendar; `beside`: under which name its entries say it, if they do."""

    ground: Ground
    calendar: WorkingCalendar
    beside: Mapping[str, str]

    def text(self, made: Decision[Case]) -> str:
        """What the ledger says of a decision about a case."""
        return self.told(made, {"state": made.state.state.value})

    def told(self, made: Decision[Any], extra: Mapping[str, object]) -> str:
        """What it says of any decision, with what stands beside its facts."""
        return said(made.because, {**extra, **self.beside})
