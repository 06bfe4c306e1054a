"""An application that an inspector who holds a seat be recused (回避): somebody applies, the head decides (Penalties Law art. 43).

Nobody gives up a seat by one person's word after a draw, or whoever declares conflicts chooses who comes. Until it is decided the
inspector goes on: the law suspends nothing meanwhile (handbook 1.2.21, scenarios 33 and 34).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from inspector.domain.calendar import WorkingCalendar, reminder
from inspector.domain.decision import Because, Decision
from inspector.domain.deputy import Deputy
from inspector.domain.errors import Forbidden, Invalid, Refusal
from inspector.domain.fieldnote import Times, clocks, written
from inspector.domain.person import said, same
from inspector.domain.roster import Recusal
from inspector.domain.visit import Seat, Visit, VisitState

BASIS = "S1:43"


class Applicant(StrEnum):
    """Who applies. `REGISTER`: a conflict that was declared when the inspector held no seat yet, and does hold one now."""

    INSPECTOR = "INSPECTOR"
    FIRM = "FIRM"
    COLLEAGUE = "COLLEAGUE"
    REGISTER = "REGISTER"


class ChallengeState(StrEnum):
    """Where an application stands."""

    OPEN = "OPEN"
    GRANTED = "GRANTED"
    REFUSED = "REFUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """One application about the inspector of a visit; `number` counts those about the same one, for a refused one may be made anew.

    `applied_by` is who entered it, `reason` a code, `evidence` where the proof lies. `why` and `decided_by` are the head's;
    `stead` is the head in whose stead a deputy has decided. `times`: when it was written down and sent, where it comes from a phone.
    """

    visit: str
    agency: str
    inspector: str
    number: int
    applicant: Applicant
    applied_by: str
    reason: Recusal
    evidence: str
    applied_at: datetime
    state: ChallengeState = ChallengeState.OPEN
    decided_by: str = ""
    decided_at: datetime | None = None
    why: str = ""
    stead: str = ""
    times: Times | None = None


def unsaid(by: str, reason: str, evidence: str) -> None:
    """Raise Invalid (`challenge_reason`, `draw_field_unusable`) where an application does not say why, or where the proof lies."""
    if reason not in {one.value for one in Recusal}:
        raise Invalid("challenge_reason", reason=reason[:40], known=", ".join(Recusal))
    said("by", by)
    said("evidence", evidence)


def apply(  # noqa: PLR0913 - an application in all its parts
    held: Visit,
    seat: Seat,
    before: Collection[Challenge],
    *,
    applicant: Applicant,
    by: str,
    reason: str,
    evidence: str,
    pack: str,
    now: datetime,
    times: Times | None = None,
    unsettled: str = "",
) -> Decision[Challenge]:
    """An application about who holds a seat. `before` are those about the same one.

    Whoever is checked reads the record last: what it says is not final while a case waits for a decision, nor within the days in which
    the pack lets a subject object (`unsettled`: by which article it is taken after the result; empty: not any more). One that lay in a
    phone since before the visit was made is taken when it comes: late is told, and takes no right away (art. 43).
    Raises Refusal (`visit_closed`, `challenge_open`, `challenge_granted`) and Invalid (`challenge_reason`, `draw_field_unusable`).
    """
    if not (held.state.open or unsettled or _written_before(held, times)):
        raise Refusal("visit_closed", visit=held.id, state=held.state)
    for one in before:
        if one.state is ChallengeState.OPEN:
            raise Refusal("challenge_open", visit=held.id, inspector=seat.inspector)
        if one.state is ChallengeState.GRANTED:
            raise Refusal("challenge_granted", visit=held.id, inspector=seat.inspector)
    unsaid(by, reason, evidence)
    made = Challenge(
        visit=held.id,
        agency=seat.agency,
        inspector=seat.inspector,
        number=len(before) + 1,
        applicant=applicant,
        applied_by=said("by", by),
        reason=Recusal(reason),
        evidence=said("evidence", evidence),
        applied_at=now,
        times=times,
    )
    facts: dict[str, object] = {
        "inspector": seat.inspector,
        "applicant": applicant.value,
        "by": made.applied_by,
        "reason": reason,
    }
    facts |= {"evidence": made.evidence, "number": made.number, **(clocks(times) if times is not None else {})}
    basis = tuple(dict.fromkeys((BASIS, *(unsettled.split(";") if unsettled and not held.state.open else ()))))
    return Decision(state=made, because=Because(rule="challenge.apply", basis=basis, pack=pack, facts=facts))


def _written_before(held: Visit, times: Times | None) -> bool:
    """Whether it was written before a visit was made, by how long it lay in its phone; one whose clock was lost says nothing."""
    if held.state is not VisitState.DONE or held.done_at is None or times is None:
        return False
    at = written(held, times)
    return at is not None and at <= held.done_at


def next_look(due_at: datetime, now: datetime, calendar: WorkingCalendar) -> datetime:
    """When an open application is looked at next: the working day before the visit's date, on that day, then on each working day."""
    at = reminder(due_at, 1, calendar)
    if at <= now:
        at = calendar.opening(calendar.local_date(due_at))
    return at if at > now else calendar.opening(calendar.add_working_days(calendar.local_date(now), 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """Who decides: the heads of an agency, by the names under which they sign, and who stands in for one of them (`deputies`, today's).

    Nobody: both are empty.
    """

    agency: str = ""
    names: tuple[str, ...] = ()
    deputies: tuple[Deputy, ...] = ()

    @property
    def deciders(self) -> tuple[str, ...]:
        """All who may decide."""
        return tuple(dict.fromkeys((*self.names, *(one.deputy for one in self.deputies))))


def head_of(line: Sequence[Head], about: Collection[str], parted: Collection[str]) -> Head:
    """Whose head decides an application: of the nearest agency of the line where one, or a deputy of one, has no part in it (`parted`).

    A head's own recusal (`about`: as the inspector is known) is decided above, neither by another head of the same agency nor by a
    deputy of that head. Whom somebody with a part in it has named is no deputy in it: nobody chooses who decides about him or her. And a
    head's deputy is named by a head, of that agency or above: an officer would put whom he likes in the head's place.
    """
    for place, held in enumerate(line):
        if _any_same(held.names, about):
            continue
        free = tuple(one for one in held.names if not _any_same([one], parted))
        instead = tuple(
            one
            for one in held.deputies
            if _any_same([one.officer], held.names) and not _any_same((one.deputy, one.named_by), parted)
        )
        heads = [name for above in line[place:] for name in above.names]
        instead = tuple(one for one in instead if _any_same([one.named_by], heads))
        if free or instead:
            return replace(held, names=free, deputies=instead)
    return Head()


def _any_same(ones: Collection[str], others: Collection[str]) -> bool:
    return any(same(one, other) for one in ones for other in others)


def decide(
    held: Challenge,
    parted: Collection[str],
    head: Head,
    *,
    granted: bool,
    by: str,
    why: str,
    pack: str,
    now: datetime,
) -> Decision[Challenge]:
    """The head decides, with a reason that the applicant is told.

    Neither who entered the application decides it, nor anybody of the visit's team, whom it is about or not (`parted`: as they are
    known); and of others the `head` alone, or who stands in for one. Raises Refusal (`challenge_decided`, `challenge_own`,
    `challenge_headless`), Forbidden (`challenge_not_head`) and Invalid (`draw_field_unusable`).
    """
    if held.state is not ChallengeState.OPEN:
        raise Refusal("challenge_decided", visit=held.visit, inspector=held.inspector, state=held.state)
    by, why = said("by", by), said("reason", why)
    if _any_same([by], (held.applied_by, held.inspector, *parted)):
        raise Refusal("challenge_own", visit=held.visit, by=by)
    if not head.deciders:
        raise Refusal("challenge_headless", visit=held.visit, agency=held.agency)
    if not _any_same([by], head.deciders):
        raise Forbidden("challenge_not_head", visit=held.visit, by=by, agency=head.agency, heads=", ".join(head.deciders))
    stead = "" if _any_same([by], head.names) else next(one.officer for one in head.deputies if same(by, one.deputy))
    state = ChallengeState.GRANTED if granted else ChallengeState.REFUSED
    made = replace(held, state=state, decided_by=by, decided_at=now, why=why, stead=stead)
    facts = {
        "inspector": held.inspector,
        "by": by,
        "granted": granted,
        "why": why,
        "applicant": held.applicant.value,
        "head_of": head.agency,
        **({"stead": stead} if stead else {}),
    }
    because = Because(rule="challenge.decide", basis=(BASIS,), pack=pack, facts=facts | {"reason": held.reason})
    return Decision(state=made, because=because)
