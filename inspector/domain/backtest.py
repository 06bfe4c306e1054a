"""A recorded case judged again, by the pack that it was decided by and by one that might follow: what each makes of the same facts.

By `verification.begin`, as the daemon decides. By its own pack a case comes out as it is recorded, to the byte, or something is wrong
with the record or with the program, and that is said. Nothing here is stored, and nothing here decides about anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from inspector.domain import credit
from inspector.domain.calendar import WorkingCalendar
from inspector.domain.case import Case, CaseState, ClaimFile, LevelReason, Method, Rated, Step, Strategy
from inspector.domain.deadline import decided
from inspector.domain.errors import Invalid
from inspector.domain.evidence import Evidence, span
from inspector.domain.policy import Policy
from inspector.domain.terms import VerifyTerm
from inspector.domain.verification import begin, settles

Key = tuple[str, Method, str]
"""What an answer is an answer to: the claim, the way, and who was asked."""


class Course(StrEnum):
    """What a pack makes of a case that comes in."""

    VERIFIED = "VERIFIED"
    LEVEL_AWAITED = "LEVEL_AWAITED"
    POOLED = "POOLED"
    REFUSED = "REFUSED"


class Change(StrEnum):
    """In what two rulings may differ."""

    COURSE = "COURSE"
    ROW = "ROW"
    LEVEL = "LEVEL"
    METHODS = "METHODS"
    WHEN = "WHEN"
    STRATUM = "STRATUM"
    DUE = "DUE"
    BASIS = "BASIS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What a pack makes of a case. `row` is the strategy's, where one is chosen; `refusal` the code of the error otherwise.

    `ways` are the ordered steps of each claim by its key; `strategy` is what the case holds of the choice.
    """

    course: Course
    refusal: str = ""
    strategy: Strategy | None = None
    ways: tuple[tuple[str, tuple[Step, ...]], ...] = ()
    term: VerifyTerm | None = None

    @property
    def name(self) -> str:
        """The row, or what became of the case without one."""
        if self.strategy is not None:
            return self.strategy.row
        return f"{self.course.value}:{self.refusal}" if self.refusal else self.course.value

    @property
    def stratum(self) -> str | None:
        """The stratum it is drawn under."""
        return self.strategy.stratum if self.strategy is not None else None

    @property
    def due_at(self) -> datetime | None:
        """By when it is to be verified."""
        return self.term.due_at if self.term is not None else None


def recorded(case: Case) -> Ruling:
    """What the case holds of its ruling; what has become of it since says nothing here.

    A case without a term was enrolled and never verified; one with a term alone has been waiting for its level.
    """
    ways = tuple((held.claim.key, held.steps) for held in case.claims)
    if case.strategy is not None:
        return Ruling(course=Course.VERIFIED, strategy=case.strategy, ways=ways, term=case.verify_term)
    course = Course.POOLED if case.verify_term is None else Course.LEVEL_AWAITED
    return Ruling(course=course, ways=ways, term=case.verify_term)


def afresh(case: Case) -> Case:
    """The case as it came in, or as it was last corrected: what was promised, and nothing that was found."""
    return replace(
        case,
        state=CaseState.RATING,
        claims=tuple(ClaimFile(claim=held.claim, steps=()) for held in case.claims),
        verify_term=None,
        strategy=None,
        outcome=None,
        review_reason=None,
        review_term=None,
        entry=None,
        ended_at=None,
        remarks=(),
        send_back=None,
    )


def ruled(case: Case, policy: Policy, level: Rated | None, calendar: WorkingCalendar) -> Ruling:
    """What a pack makes of an `afresh` case. What the pack would refuse is a ruling as well."""
    try:
        state = begin(replace(case, concluded_at=None), policy, level, _judged_at(case), calendar).state
    except Invalid as error:
        return Ruling(course=Course.REFUSED, refusal=error.code)
    if case.concluded_at is not None:
        state = decided(replace(state, concluded_at=case.concluded_at), policy.item(case.item), calendar)
    return recorded(state)


def alike(before: Policy, after: Policy) -> bool:
    """Whether two packs rule every case alike, since they differ in nothing but their names and in what speaks of draws and reports.

    None of that is asked when a case comes in; all the rest must be equal, whatever of it may be asked.
    """
    others = {name: getattr(after, name) for name in _NOT_ASKED}
    return replace(before, **others) == after


_NOT_ASKED = (
    *(
        "id",
        "version",
        "title",
        "effective_from",
        "effective_to",
        "approval",
        "digest",
        "extends",
        "sources",
        "clauses",
        "founding",
    ),
    *("samplings", "bounds", "limits", "draw", "publish", "report", "acts", "retentions", "sheet"),
)


def level_of(case: Case, own: Policy, by: Policy) -> Rated | None:
    """The level as a pack reads what had been stated, on its scale and by how old it lets a level grow; `own` is the case's pack.

    By its own pack it must be the one that was frozen. Persons have none. None where none was ever chosen by, which for a firm's
    pooled case is nobody's omission; where nothing was stated it is unrated for the reason it was.
    """
    if not credit.needs_rating(case.subject.kind):
        return credit.rated_unknown(by, LevelReason.PERSON)
    held = case.strategy.level if case.strategy is not None else None
    if held is None:
        return None
    told = _stated(held)
    if told is None:
        reason = LevelReason.UNKNOWN if held.reason is LevelReason.PERSON else held.reason  # this is no person
        return credit.rated_unknown(by, reason, **held.facts)
    level, as_of, source = told
    return credit.rated(by, level, as_of, source, _looked_up(case.opened_at, held.reason, as_of, own))


def _stated(held: Rated) -> tuple[str, datetime, str] | None:
    """What was stated, of when and by whom; None where nothing was that a pack could read."""
    match held.reason:
        case LevelReason.STATED if held.as_of is not None:
            return held.level, held.as_of, held.source
        case LevelReason.COMBINED if held.as_of is not None:
            return held.facts.get("stated", ""), held.as_of, held.source
        case LevelReason.STALE | LevelReason.FUTURE | LevelReason.OFF_SCALE if "stated_as_of" in held.facts:
            as_of = datetime.fromisoformat(held.facts["stated_as_of"])
            return held.facts.get("stated", ""), as_of, held.facts.get("stated_by", "")
        case _:
            return None


def _looked_up(opened_at: datetime, reason: LevelReason, as_of: datetime, own: Policy) -> datetime:
    """The earliest moment at which it can have been read as it was, since when exactly is not in the case.

    What counted then had counted from the start; what was stale may have become so while the platform did not answer.
    """
    match reason:
        case LevelReason.FUTURE:
            return opened_at
        case LevelReason.STALE:
            return max(opened_at, as_of + span(own.stale_after) + timedelta.resolution)
        case _:
            return max(opened_at, as_of)


def changes(before: Ruling, after: Ruling) -> tuple[Change, ...]:
    """In what two rulings differ; which pack they are of is no difference."""
    found = {
        Change.COURSE: (before.course, before.refusal) != (after.course, after.refusal),
        Change.DUE: before.due_at != after.due_at,
        Change.METHODS: before.ways != after.ways and _methods(before) != _methods(after),
        Change.STRATUM: before.stratum != after.stratum,
    }
    one, other = before.strategy, after.strategy
    if one is not None and other is not None:
        found |= {
            Change.ROW: one.row != other.row,
            Change.LEVEL: one.level.level != other.level.level,
            Change.WHEN: one.before_decision != other.before_decision,
            Change.BASIS: _bases(before) != _bases(after),
        }
    return tuple(change for change in Change if found.get(change))


class Deviation(StrEnum):
    """Why a recorded ruling is not what its own pack makes of the case. `CALENDAR` is no fault: its year's days have changed since."""

    CALENDAR = "CALENDAR"
    FAULT = "FAULT"


def deviation(record: Ruling, again: Ruling) -> Deviation | None:
    """How the record and the same decision made again compare: None when they are the same, every field of them.

    A case that nobody waits for any more keeps the date it was counted by (`recounting`): where nothing but the count differs, and
    the calendar it cites is not today's, the calendar is the reason. Everything else is a fault of the record or of the program.
    """
    if record == again:
        return None
    one, other = record.term, again.term
    if one is None or other is None or replace(record, term=other, strategy=_dated(record.strategy, other)) != again:
        return Deviation.FAULT
    told, anew = one.due_counted, other.due_counted
    cited = (told.versions, told.awaited) != (anew.versions, anew.awaited)
    same_rule = (told.term, told.since, told.event, one.basis) == (anew.term, anew.since, anew.event, other.basis)
    whole = _dated(record.strategy, one) == record.strategy
    return Deviation.CALENDAR if cited and same_rule and whole else Deviation.FAULT


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """Whom a ruling makes ask, how often: `sure` by what is recorded, `most` if nobody settled what no answer is recorded for.

    `visit`: somebody has to go to the premises; `may_visit`: perhaps.
    """

    sure: Mapping[tuple[Method, str], int] = field(default_factory=dict)
    most: Mapping[tuple[Method, str], int] = field(default_factory=dict)
    visit: bool = False
    may_visit: bool = False


def heard(evidence: Iterable[Evidence]) -> dict[Key, Evidence]:
    """The first answer to each question, by which the daemon went on; what came later changed no way."""
    told: dict[Key, Evidence] = {}
    for one in evidence:
        told.setdefault((one.claim, one.method, one.via), one)
    return told


def needs(ruling: Ruling, told: Mapping[Key, Evidence]) -> Needs:
    """Follow each claim's ways by the recorded answers.

    The first is asked for certain, the next where those before are known to have settled nothing, and at most where nobody was asked.
    """
    sure: dict[tuple[Method, str], int] = {}
    most: dict[tuple[Method, str], int] = {}
    for key, steps in ruling.ways:
        for step, certain in _asked(key, steps, told):
            whom = step.method, step.via
            most[whom] = most.get(whom, 0) + 1
            if certain:
                sure[whom] = sure.get(whom, 0) + 1
    site = Method.ON_SITE, ""
    may_visit, visit = most.pop(site, 0) > 0, sure.pop(site, 0) > 0
    return Needs(sure=sure, most=most, visit=visit, may_visit=may_visit)


def _asked(key: str, steps: tuple[Step, ...], told: Mapping[Key, Evidence]) -> Iterator[tuple[Step, bool]]:
    certain = True
    for step in steps:
        yield step, certain
        answer = told.get((key, step.method, step.via))
        if answer is None:
            certain = False
        elif settles(answer) is not None:
            return


def _judged_at(case: Case) -> datetime:
    """When it was admitted. A corrected letter may have been signed after the case came in; the term runs from then all the same."""
    opened = case.opened_at
    if not case.former or case.letter is None:
        return opened
    return max(opened, datetime.combine(case.letter.signed_on, time(), opened.tzinfo))


def _methods(ruling: Ruling) -> list[tuple[str, list[tuple[Method, str, str]]]]:
    return [(key, [(step.method, step.via, step.ground) for step in steps]) for key, steps in ruling.ways]


def _bases(ruling: Ruling) -> list[object]:
    own = [ruling.strategy.basis if ruling.strategy else None, ruling.term.basis if ruling.term else None]
    return [*own, *([step.basis for step in steps] for _, steps in ruling.ways)]


def _dated(strategy: Strategy | None, term: VerifyTerm) -> Strategy | None:
    if strategy is None:
        return None
    return replace(strategy, due_at=term.due_at, due_provisional=term.due_provisional, due_counted=term.due_counted)
