"""Why and how long the clock of a verification may stand still, and by how much its term may be lengthened: rows of a pack, and acts.

Handbook 2.4: only for listed reasons, each with a start, an end and a person. Waiting for another agency is none of them: the request
has clocks of its own (`assistance`), and the case goes on meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from inspector.domain.calendar import Term, WorkingCalendar
from inspector.domain.stop import Stop


class Reason(StrEnum):
    """The reasons of handbook 2.4, all there are: a pack lists those that hold for its agency, with a basis each.

    `PERSON`: the person is to do something within a set term. None of them is an agency's silence.
    """

    TESTING = "TESTING"
    EXPERT = "EXPERT"
    PUBLIC_NOTICE = "PUBLIC_NOTICE"
    PERSON = "PERSON"
    FORCE_MAJEURE = "FORCE_MAJEURE"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspensionRow:
    """A reason for which the clock may stand still, by the name its document gives it, and for how long at most.

    `longest` is that of all suspensions of a case for the reason together; None: no bound, which PERSON may not be.
    """

    row: str
    reason: Reason
    name: str
    longest: Term | None
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """One suspension of a case's clock: from `since` to the end of the day `until`, for a reason with its row, basis and evidence.

    `by` is the officer. Where it ended sooner, `ended_at` says when, `ended_by` who ended it and `ended_for` why; when it came to its
    end by itself, or the verification was over before, nobody did.
    """

    reason: Reason
    row: str
    basis: str
    evidence: str
    by: str
    since: datetime
    until: date
    ends_at: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    ended_for: str = ""

    def stop(self, calendar: WorkingCalendar) -> Stop:
        """What a count makes of it: while it goes on, by its planned end."""
        return stop(self.reason.value, self.row, self.since, self.ended_at or self.ends_at, calendar)


class Approver(StrEnum):
    """Who may lengthen a term: the officer, or the head of the agency, another person, whom the officer names."""

    OFFICER = "OFFICER"
    HEAD = "HEAD"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRow:
    """By how much the verification's term may be lengthened, how many `times`, and who allows it. Only terms of the same unit."""

    row: str
    term: Term
    times: int
    approver: Approver
    basis: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """One extension of a case's term: by which row, for what reason, by which officer, and whom it was allowed by (empty: the officer)."""

    row: str
    term: Term
    basis: str
    reason: str
    by: str
    approved_by: str
    at: datetime


def midnight_after(day: date, calendar: WorkingCalendar) -> datetime:
    """The moment a day is over where the office stands."""
    return calendar.opening(day).replace(hour=0, minute=0) + timedelta(days=1)


def stop(reason: str, row: str, since: datetime, until: datetime, calendar: WorkingCalendar) -> Stop:
    """A stop with its days: those on which the clock stood when business stopped."""
    first, last, day = calendar.local_date(since), calendar.local_date(until), timedelta(days=1)
    if calendar.local(since) > calendar.closing(first):
        first += day
    if calendar.local(until) <= calendar.closing(last):
        last -= day
    return Stop(reason=reason, row=row, since=calendar.local(since), until=calendar.local(until), first=first, last=last)
