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
    """One attempt: how, when, and in words at which address or number and what came of it; `by` whom. `id` is what it is cited by."""

    way: AttemptWay
    at: datetime
    words: str
    by: str
    id: str = ""


def attempted(attempt: Attempt, since: datetime, pack: str, now: datetime, basis: str) -> Decision[Attempt]:
    """An attempt is written down; `since`: when the case came in. Raises Invalid (`attempt_wordless`, `attempt_out_of_range`)."""
    if blank(attempt.words):
        raise Invalid("attempt_wordless", field="words")
    if not since <= attempt.at <= now:
        raise Invalid("attempt_out_of_range", field="at", since=f"{since:%Y-%m-%d %H:%M}")
    facts = {"way": attempt.way.value, "at": attempt.at.isoformat(), "words": attempt.words, "by": attempt.by}
    return Decision(state=attempt, because=Because(rule=RULE, basis=tuple(filter(None, (basis,))), pack=pack, facts=facts))


def lacking(attempts: Collection[tuple[AttemptWay, datetime]], calendar: WorkingCalendar, by: SeekingRow) -> Refusal | None:
    """Why nobody may be called unreachable yet; None where they were sought long enough by a pack's row.

    Two who went together have made one attempt: those of one way at one minute are one.
    """
    told = {(way, at.replace(second=0, microsecond=0)) for way, at in attempts}
    ways, days = {way for way, _ in told}, {calendar.local_date(at) for _, at in told}
    if len(told) >= by.least and len(ways) >= by.ways and len(days) >= by.days:
        return None
    needed = {"least": by.least, "least_ways": by.ways, "least_days": by.days}
    return Refusal("attempts_lacking", count=len(told), ways=len(ways), days=len(days), **needed)
