"""An unlawful act that is found later than two years after it is punished no more; five where it has done grave harm. Pure.

Penalties Law art. 36: from the day of the act, of one that went on from the day on which it ended. What is promised falsely is promised on
the day of the letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from inspector.domain.calendar import SHANGHAI, nominal_last_day
from inspector.domain.case import Case
from inspector.domain.errors import Refusal
from inspector.domain.evidence import Evidence, Verdict
from inspector.domain.grading import Harm
from inspector.domain.opening import Opening
from inspector.domain.proposal import ConsequenceRow, Proposal


def last_day(row: ConsequenceRow, since: date, *, grave: bool = False) -> date | None:
    """The last day on which an act of a day may be found; None: the row says nothing of it."""
    term = row.found_grave if grave and row.found_grave is not None else row.found
    return nominal_last_day(since, term) if term is not None else None


def began(case: Case) -> date:
    """The day on which the act that a case is about was done, unless an officer says that it went on: that of the letter."""
    signed = case.letter.signed_on if case.letter is not None else None
    return signed if signed is not None else case.opened_at.astimezone(SHANGHAI).date()


def found_on(evidence: Iterable[Evidence], today: date) -> date:
    """The day on which it was found: when the first piece of evidence against it came, or now."""
    days = [one.asked_at.astimezone(SHANGHAI).date() for one in evidence if one.verdict is Verdict.MISMATCH]
    return min(days, default=today)


def late(case: Case, given: Opening, row: ConsequenceRow, evidence: Iterable[Evidence], today: date) -> Refusal | None:
    """Why no penalty is proposed any more: the act was found too late. None: it is in time, or the row says nothing."""
    if given.proposal is not Proposal.PENALTY:
        return None
    since, found = given.since or began(case), found_on(evidence, today)
    last = last_day(row, since, grave=given.found.harm is Harm.GRAVE)
    if last is None or found <= last:
        return None
    told = {"since": since.isoformat(), "last": last.isoformat(), "found": found.isoformat()}
    return Refusal("penalty_out_of_time", case=case.id, basis=row.basis, **told)
