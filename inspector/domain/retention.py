"""Retention (保存期限): which kind of record is kept how long, and from when on. The pack says it; nothing here deletes anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.calendar import Term, Unit, WorkingCalendar, due, nominal_last_day


class Record(StrEnum):
    """The kinds of record that handbook 2.8 tells apart.

    `ENFORCEMENT`: the case with its letter, evidence, visits and decisions. `ANSWER`: what sources and agencies said, word for word.
    `DISCLOSURE`: who was told what about whom. `SECURITY`: who came in by which door.
    """

    ENFORCEMENT = "ENFORCEMENT"
    ANSWER = "ANSWER"
    DISCLOSURE = "DISCLOSURE"
    SECURITY = "SECURITY"


class Since(StrEnum):
    """From when on a record is kept: the end of its case (办结归档), or the day it was made."""

    CASE_ENDED = "CASE_ENDED"
    RECORDED = "RECORDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRow:
    """How long a kind of record is kept; `keep` None: for good."""

    row: str
    record: Record
    since: Since
    keep: Term | None
    basis: str

    def last(self, since: datetime, calendar: WorkingCalendar) -> date | None:
        """The last day on which a record of that moment is kept; no holiday moves it, for nobody has to act on it. None: for good."""
        if self.keep is None:
            return None
        if self.keep.unit in (Unit.DAY, Unit.MONTH, Unit.YEAR):  # what `due` calls nominal, without the rolling nobody asks for
            return nominal_last_day(calendar.local_date(since), self.keep)
        return due(since, self.keep, calendar).counted.nominal
