"""What waits for an officer's decision: one list, in the order of the legal dates (the founding plan, items 7 and 8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.domain.calendar import WorkingCalendar, reminder

SPOKE = "subject_spoke"
"""The matter of a subject who has said something that a person is to read and answer; one for each notice."""


AMEND_BY_HAND = "credit_amend_by_hand"
"""The matter of a receiver that cannot be told by a program what became of an entry: a person tells it."""
AMEND_STUCK = "credit_amend_stuck"
"""The matter of what a receiver does not take of what became of an entry, by kind; over when it has."""
BAR_CONTESTED = "bar_contested"
"""The matter of a bar of another authority that its subject says is none: whoever entered it looks, and annuls it or answers."""
STOOD_IN = "head_stood_in"
"""The matter of what was decided in a head's stead: a head reads it, and nobody else puts it away."""
HELD_ENTRY = "credit_held"
"""The matter of an entry to somebody's discredit that waits for a rule; over when its proceeding is opened, or when the outcome falls."""

PENALTY_LIMIT = "penalty_limit"
"""The matter of a case whose act has to be found by a day that comes before the office would look anyhow (Penalties Law art. 36)."""

RECUSAL_ASKED = "recusal_asked"
"""The matter of an application that an inspector be recused: the head decides it, and nobody who had a part in it."""
DISCLOSURE = "penalty_disclosure"
"""The matter of a penalty of which nobody has said whether it is of such an influence that it is public (Penalties Law, art. 48)."""
LETTER_SCOPE = "letter_scope"
"""The matter of a letter whose own words of publicity no program understands: an officer says whether they take in the register."""
VISIT_MATTERS = (
    *("visit_finding", "note_against", "note_clash", "note_lapsed", "visit_conflict"),
    *("team_short", "recused_too_late", "push_undelivered"),
)
"""Matters of a visit that wait for somebody of the office and have no date of the law: they are to be seen to at once."""


class DocketKind(StrEnum):
    """What is to be decided: a case's outcome, the next step of a consequence, an objection, a repair that was asked for, a withdrawal.

    `STRIKING`: one officer has entered a document against the entry of a kept promise, and another one enters the same or lets it stand.
    `SHAKEN`: whether a decision in force stands of which the ground has fallen; `REGRADE`: whether a grade does.
    `SEND_BACK`: whether a case came by mistake, as one officer says. `SPOKEN`: words of a subject that fit no proceeding, to be answered.
    `RETRACTION`: an entry that a receiver has not taken back by its date, or will not. `AMENDMENT`: a receiver that a person tells what
    became of one. `UNTAKEN`: a receiver that has not taken what became of one. `HELD`: an entry that waits for a rule of the pack.
    `BAR`: a bar of another authority that its subject contests. `STOOD_IN`: what was decided in a head's stead, for a head to read.
    `RECUSAL`: whether the inspector of a visit stays, for the head. `VISIT`: what somebody has to see to about a visit, now.
    `OVERTAKEN`: a case that was withdrawn, and had been concluded before. `DISCLOSURE`: whether a penalty is to be public.
    `LETTER`: whether a commitment letter's own words let it stand on the register. `LIMIT`: by when an act has to be found for a penalty.
    """

    REVIEW = "REVIEW"
    CONSEQUENCE = "CONSEQUENCE"
    OBJECTION = "OBJECTION"
    REPAIR = "REPAIR"
    WITHDRAWAL = "WITHDRAWAL"
    STRIKING = "STRIKING"
    SHAKEN = "SHAKEN"
    REGRADE = "REGRADE"
    SEND_BACK = "SEND_BACK"
    SPOKEN = "SPOKEN"
    RETRACTION = "RETRACTION"
    AMENDMENT = "AMENDMENT"
    UNTAKEN = "UNTAKEN"
    HELD = "HELD"
    BAR = "BAR"
    STOOD_IN = "STOOD_IN"
    RECUSAL = "RECUSAL"
    VISIT = "VISIT"
    OVERTAKEN = "OVERTAKEN"
    LIMIT = "LIMIT"
    DISCLOSURE = "DISCLOSURE"
    LETTER = "LETTER"


class Nearness(StrEnum):
    """How near a legal date is, in the working days of the office's calendar."""

    OVERDUE = "OVERDUE"
    TODAY = "TODAY"
    SOON = "SOON"
    LATER = "LATER"


_SOON = 3
"""Working days before it: the middle one of the steps in which metrics tell dates at risk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a list goes on: behind this date and this thing, of which several may be due; an empty `kind`: before all of them."""

    due_at: datetime
    id: str
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocketRow:
    """One decision that is due: of what, in which case (empty: of none), by when."""

    kind: DocketKind
    id: str
    case_id: str
    due_at: datetime

    @property
    def place(self) -> Place:
        """Where the list goes on behind it."""
        return Place(due_at=self.due_at, id=self.id, kind=self.kind.value)


def nearness(due_at: datetime, now: datetime, calendar: WorkingCalendar) -> Nearness:
    """How near a date is now: what is over by a second is overdue, whatever day it is."""
    if due_at < now:
        return Nearness.OVERDUE
    if calendar.local_date(due_at) == calendar.local_date(now):
        return Nearness.TODAY
    return Nearness.SOON if now >= reminder(due_at, _SOON, calendar) else Nearness.LATER
