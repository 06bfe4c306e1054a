"""Attempts to reach a subject (联系尝试): "unreachable" is the commonest end of a check, and is said of nobody after one knock at a door.

It is an outcome of its own, never a false commitment: its only consequence is that the keeper of the register is told (handbook 1.2.36,
1.2.37, 2.7; issue 6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.domain.calendar import WorkingCalendar
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import blank
from inspector.domain.seeking import SeekingRow

CITED = "attempt:"
"""What an attempt is cited by begins so, and ends with its entry in the ledger."""
RULE = "contact.attempt"
"""The rule of an attempt's entry in the ledger, which is its record."""


class AttemptWay(StrEnum):
    """How somebody was sought."""

    ON_SITE = "ON_SITE"
    TELEPHONE = "TELEPHONE"
    LETTER = "LETTER"
    MESSAGE = "MESSAGE"
    E_MAIL = "E_MAIL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt: how, when, and in words at which address or number and what came of it; `by` whom. `id` is what it is cited by.

    One that does not count (`counts`) is kept and decides nothing: it was entered by who stood for the visit no more, or was recused.
    `at` is stated and `entered_at` is ours: whoever decides sees how long afterwards it was written down.
    """

    way: AttemptWay
    at: datetime
    words: str
    by: str
    id: str = ""
    counts: bool = True
    entered_at: datetime | None = None


def attempted(attempt: Attempt, since: datetime, pack: str, now: datetime, basis: str) -> Decision[Attempt]:
    """An attempt is written down; `since`: when the case came in, or who has tried could know of it.

    Raises Invalid (`attempt_wordless`, `attempt_out_of_range`).
    """
    if blank(attempt.words):
        raise Invalid("attempt_wordless", field="words")
    if not since.replace(second=0, microsecond=0) <= attempt.at <= now:  # a form says the minute
        raise Invalid("attempt_out_of_range", field="at", since=f"{since:%Y-%m-%d %H:%M}")
    facts: dict[str, object] = {"way": attempt.way.value, "at": attempt.at.isoformat(), "words": attempt.words, "by": attempt.by}
    facts |= {} if attempt.counts else {"counts": False}
    return Decision(state=attempt, because=Because(rule=RULE, basis=tuple(filter(None, (basis,))), pack=pack, facts=facts))


def lacking(attempts: Collection[tuple[AttemptWay, datetime]], calendar: WorkingCalendar, by: SeekingRow) -> Refusal | None:
    """Why nobody may be called unreachable yet; None where they were sought long enough by a pack's row.

    What was tried in one way on one day is one attempt, whoever has entered it and how often: two who went together write it down at
    two minutes, and who did not answer at ten has been sought no better by a call at eleven.
    """
    told = {(way, calendar.local_date(at)) for way, at in attempts}
    ways, days = {way for way, _ in told}, {day for _, day in told}
    if len(told) >= by.least and len(ways) >= by.ways and len(days) >= by.days:
        return None
    needed = {"least": by.least, "least_ways": by.ways, "least_days": by.days}
    return Refusal("attempts_lacking", count=len(told), ways=len(ways), days=len(days), **needed)
