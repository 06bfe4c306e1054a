"""An unlawful act that is found later than two years after it is punished no more; five where it has done grave harm. Pure.

Penalties Law art. 36: from the day of the act, of one that went on from the day on which it ended. What is promised falsely is promised on
the day of the letter.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from inspector.domain.calendar import SHANGHAI, nominal_last_day
from inspector.domain.case import Case
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Evidence, Verdict, blank
from inspector.domain.grading import Harm
from inspector.domain.onset import Onset
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


def onset(case: Case, given: Opening, row: ConsequenceRow, evidence: Iterable[Evidence], today: date) -> Onset | None:
    """The days of a penalty that is proposed. None: it is none, or neither the row nor who opens it says anything of days.

    A proceeding that was opened on paper before it is entered here was opened on that day: found is what was filed.
    """
    if given.proposal is not Proposal.PENALTY or (row.found is None and given.since is None and given.opened_on is None):
        return None
    since, found = given.since or began(case), min(found_on(evidence, today), given.opened_on or today)
    last = last_day(row, since, grave=given.found.harm is Harm.GRAVE)
    return Onset(since=since, found_on=found, last=last, opened_on=given.opened_on, document=given.document.strip())


def refuse_untrue(case: Case, given: Opening, today: date) -> None:
    """Raise Invalid for days that cannot be so: not of a penalty, of before the act or of the future, a paper that nobody names.

    `onset_of_penalty`, `onset_out_of_range`, `onset_unproven`.
    """
    if given.proposal is not Proposal.PENALTY and (given.since is not None or given.opened_on is not None):
        field = "since" if given.since is not None else "opened_on"
        raise Invalid("onset_of_penalty", proposal=given.proposal, field=field)
    first = began(case)
    for field, day in (("since", given.since), ("opened_on", given.opened_on)):
        if day is not None and not first <= day <= today:
            raise Invalid("onset_out_of_range", on=day.isoformat(), first=first.isoformat(), last=today.isoformat(), field=field)
    if (given.opened_on is None) is not blank(given.document):
        raise Invalid("onset_unproven", field="document" if given.opened_on is not None else "opened_on")


def late(case: Case, given: Opening, row: ConsequenceRow, evidence: Iterable[Evidence], today: date) -> Refusal | None:
    """Why no penalty is proposed any more: the act was found too late. None: it is in time, or the row says nothing."""
    told = onset(case, given, row, evidence, today)
    if told is None or told.last is None or told.in_time:
        return None
    days = {"since": told.since.isoformat(), "last": told.last.isoformat(), "found": told.found_on.isoformat()}
    return Refusal("penalty_out_of_time", case=case.id, basis=row.basis, **days)
