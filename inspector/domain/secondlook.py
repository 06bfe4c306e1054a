"""Second looks (抽查复核): of the results that found nothing a random share is looked at again, by another team, from what was entered.

What is looked at is the work: nobody goes to the subject again, no cap is used, and the subject need do nothing. Nothing follows by
itself, against the subject or against anybody of the first team: a difference is a matter for a named officer (the plan, item 7;
handbook 2.3, "Second-line re-check"). Nobody is ranked: what is counted is how many looks said what, never whose work it was.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from inspector.domain.errors import Invalid
from inspector.domain.evidence import Verdict, blank
from inspector.domain.finding import Finding, Seen
from inspector.domain.publish import SecondLookRow
from inspector.domain.unmet import ticks
from inspector.domain.visit import Visit, VisitState

NEW, OWED = "second-look", "second-look-owed"
"""The strata of a frame of results: those that stand in one for the first time, and those once drawn whose look came to nothing."""
FIRST_TEAM = "first-team"
"""The ban of everybody who ever had a seat at the visit itself: another team looks."""
DIFFERS, UNCLEAR = "second_look_differs", "second_look_unclear"
"""The matters of a look that says otherwise than the result, and of one by which nobody can say: a named officer decides what follows."""
_MILLION = 1_000_000


def shares(row: SecondLookRow) -> dict[str, tuple[int, int]]:
    """(parts per million, least number) by stratum: what is owed is drawn whole, or a look left undone would let a result escape."""
    return {NEW: (-(-row.share.numerator * _MILLION // row.share.denominator), 0), OWED: (_MILLION, 0)}


def began(slot: str) -> datetime | None:
    """When the period of a draw began, by the name of its slot or of one that follows it; None before a plan's first slot has come.

    A frame holds what was entered before that moment: whoever announces, and when, has no say in whose result stands in it.
    """
    try:
        return datetime.fromisoformat(slot.rstrip("+"))
    except ValueError:
        return None


def said(visit: Visit, agency: str) -> tuple[Finding, ...]:
    """What an agency's team has said of facts, on a visit of several agencies without the others' facts."""
    others = {(one.case_id, one.claim) for one in visit.doubts if one.agency != agency}
    return tuple(one for one in visit.findings if (one.case_id, one.claim) not in others)


def sound(visit: Visit, agency: str) -> bool:
    """Whether a visit is a result that found nothing, as far as an agency's own part goes: only such are looked at again.

    What found something, or could not say, is read by an officer anyway.
    """
    made = visit.state is VisitState.DONE and not visit.looks_at and any(one.agency == agency for one in visit.parts)
    return (
        made
        and not visit.found_by(agency)
        and not ticks(visit, agency)
        and all(one.verdict is Verdict.MATCH for one in said(visit, agency))
    )


def framed(results: Iterable[Visit], looks: Iterable[Visit], before: Collection[str], agency: str) -> dict[str, str]:
    """The stratum of each result that is in a frame, by the visit's id.

    `before` are those that stood in a frame that was drawn from, `looks` every look that was ever drawn for the agency. Drawn is
    drawn: one whose looks were all called off, are short or belong to a void draw is owed, so that nobody's look is voided away.
    """
    asked: dict[str, list[Visit]] = {}
    for one in looks:
        asked.setdefault(one.looks_at, []).append(one)
    owed = {name for name, held in asked.items() if all(one.state.short or one.state is VisitState.CANCELLED for one in held)}
    new = {one.id for one in results if sound(one, agency) and one.id not in asked and one.id not in before}
    return dict.fromkeys(sorted(new), NEW) | dict.fromkeys(sorted(owed), OWED)


def refuse_unsaid(visit: Visit, seen: Seen | None, remarks: str) -> None:
    """Raise Invalid: `seen_not_of_visit` where somebody who went says that the files do not show it; `look_wordless`, without words."""
    if seen is Seen.UNCLEAR and not visit.looks_at:
        raise Invalid("seen_not_of_visit", field="seen", visit=visit.id)
    if visit.looks_at and seen in (Seen.FINDING, Seen.UNCLEAR) and blank(remarks):
        raise Invalid("look_wordless", field="remarks", visit=visit.id)


def matter(seen: Seen | None) -> str | None:
    """What a person is told of a look; None where it bears the result out."""
    match seen:
        case Seen.FINDING:
            return DIFFERS
        case Seen.UNCLEAR:
            return UNCLEAR
        case _:
            return None
