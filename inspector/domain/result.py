"""A visit's result: when one may be entered, what it must say, and when the visit is done by it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime

from inspector.domain import secondlook
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.evidence import Verdict, blank
from inspector.domain.finding import UNMET, Doubt, Finding, Made, Part, Seen
from inspector.domain.visit import Seat, SeatState, Visit, VisitState

LEAST = 2
"""Officers of each agency at a visit (Penalties Law art. 42)."""


def hindrance(visit: Visit, team: tuple[Seat, ...], by: Seat) -> Refusal | None:
    """Why no result of this seat's team would be taken now, whatever it says; None where one would.

    Two officers make a visit (Penalties Law art. 42), and one who never said yes was not there. The refusal is `visit_closed`,
    `part_given`, `team_short`, `visit_unpublished`, `visit_embargoed`, `not_accepted` or `team_not_accepted`.
    """
    if not visit.state.open:
        return Refusal("visit_closed", visit=visit.id, state=visit.state)
    if by.agency in {part.agency for part in visit.parts}:
        return Refusal("part_given", visit=visit.id, agency=by.agency)
    there, vouched = _there(team), by.agency in visit.vouched  # who had made it before is short of nobody by what came since
    short = any(sum(1 for seat in there if seat.agency == agency) < LEAST for agency in visit.agencies)
    if not vouched and (visit.state.short or short):
        return Refusal("team_short", visit=visit.id)
    if visit.unpublished:
        return Refusal("visit_unpublished", visit=visit.id, items=", ".join(visit.unpublished))
    if not visit.released:
        # "": a look, veiled from what previews
        opens = f"{visit.release_at:%Y-%m-%d %H:%M}" if visit.release_at is not None else ""
        return Refusal("visit_embargoed", visit=visit.id, release_at=opens)
    if not enters(visit, by):
        return Refusal("not_accepted", visit=visit.id, inspector=by.inspector)
    waited = [seat.inspector for seat in there if not (seat.state is SeatState.ACCEPTED or seat.state.made)]
    if waited and not vouched:
        return Refusal("team_not_accepted", visit=visit.id, inspectors=", ".join(waited))
    return None


def enters(visit: Visit, seat: Seat) -> bool:
    """Whether who sits here may enter a result: who has accepted, or had made the visit before the seats of the team passed on."""
    entered = seat.agency in {part.agency for part in visit.parts}
    return seat.state is SeatState.ACCEPTED or (seat.state.made and seat.agency in visit.vouched and not entered)


def _there(team: Iterable[Seat]) -> list[Seat]:
    """Who of a team goes, or has gone."""
    return [seat for seat in team if seat.state.there]


def report(  # noqa: PLR0913 - a result in all its parts
    visit: Visit,
    team: tuple[Seat, ...],
    by: Seat,
    findings: tuple[Finding, ...],
    remarks: str,
    pack: str,
    now: datetime,
    *,
    seen: Seen | None = None,
    exempt: Iterable[Doubt] = (),
    challenged: Collection[str] = (),
    made: Made | None = None,
) -> Decision[Visit]:
    """A team's result. Needs full teams that have accepted to the last seat, and an answer to every fact in question.

    In a joint check each agency answers for its own facts, once; the visit is done when nobody owes a part any more. A mismatch goes
    against somebody and may open an ended case again, so it says what was seen. `exempt` are promises that are not verified one by
    one: they may be answered, and need not be; one that is contradicted makes the part a finding. Whose recusal was applied for
    (`challenged`) goes on, and what the team of such a one enters is marked; so is a visit `made` on a day on which nobody might go.
    Raises Refusal (see `hindrance`) and Invalid (`findings_missing`, `findings_unknown`, `findings_wordless`, `finding_wordless`,
    `seen_of_no_case`, `unmet_wordless`).
    """
    if (hindered := hindrance(visit, team, by)) is not None:
        raise hindered
    there = _there(team)
    seen = _checked(visit, by, findings, remarks, seen, exempt)
    marked = tuple(seat.inspector for seat in there if seat.agency == by.agency and seat.inspector in challenged)
    on, quiet = (made.on, made.quiet) if made is not None else (None, ())
    part = Part(agency=by.agency, by=by.inspector, at=now, remarks=remarks, seen=seen, challenged=marked, on=on, quiet=quiet)
    state = ended(replace(visit, parts=(*visit.parts, part), findings=(*visit.findings, *findings)), now)
    because = Because(
        rule="visit.report",
        basis=(visit.basis,),
        pack=pack,
        facts={
            "by": by.inspector,
            "team": [seat.inspector for seat in there if seat.agency == by.agency],
            "findings": [f.verdict.value for f in findings],
            "seen": seen.value if seen else None,
            "remarks": remarks,
            **({"challenged": list(marked)} if marked else {}),
            **({"visited_on": made.on.isoformat()} if made is not None else {}),
            **({"quiet": list(made.quiet)} if made is not None and made.quiet else {}),
        },
    )
    return Decision(state=state, because=because)


def _checked(
    visit: Visit, by: Seat, findings: tuple[Finding, ...], remarks: str, seen: Seen | None, exempt: Iterable[Doubt]
) -> Seen | None:
    """What the team has seen, once nothing lacks in what it says. Raises Invalid."""
    whole(visit, by, findings)
    if visit.looks_at and seen is None:
        raise Invalid("seen_missing", field="seen")
    return sound(visit, by, findings, remarks, seen, exempt)


def whole(visit: Visit, by: Seat, findings: Iterable[Finding]) -> None:
    """Raise Invalid (`findings_missing`) while a fact in question has no answer."""
    answered = {(finding.case_id, finding.claim) for finding in findings}
    if missing := _asked(visit, by) - answered:
        raise Invalid(
            "findings_missing", visit=visit.id, missing=", ".join(sorted(claim for _, claim in missing)), field="findings"
        )


def sound(
    visit: Visit, by: Seat, findings: Collection[Finding], remarks: str, seen: Seen | None, exempt: Iterable[Doubt]
) -> Seen | None:
    """What has been seen, once every answer that is given can stand. Raises Invalid."""
    asked, answered = _asked(visit, by), {(finding.case_id, finding.claim) for finding in findings}
    beside = {(doubt.case_id, doubt.claim) for doubt in exempt} - asked
    if unknown := answered - asked - beside:
        raise Invalid(
            "findings_unknown", visit=visit.id, unknown=", ".join(sorted(claim for _, claim in unknown)), field="findings"
        )
    against = [one for one in findings if one.verdict is Verdict.MISMATCH]
    if wordless := sorted(one.claim for one in against if blank(one.note)):
        raise Invalid("findings_wordless", visit=visit.id, wordless=", ".join(wordless), field="findings")
    if any((one.case_id, one.claim) in beside for one in against):
        return Seen.FINDING
    secondlook.refuse_unsaid(visit, seen, remarks)
    if seen in UNMET and (visit.looks_at or visit.cases_of(by.agency)):
        raise Invalid("seen_of_no_case", visit=visit.id, field="seen")  # there an officer says it of each case
    if seen in UNMET and seen is not Seen.UNREACHABLE and blank(remarks):
        raise Invalid("unmet_wordless", visit=visit.id, field="remarks")
    if seen is Seen.FINDING and blank(remarks):
        raise Invalid("finding_wordless", visit=visit.id, field="remarks")
    return seen


def _asked(visit: Visit, by: Seat) -> set[tuple[str, str]]:
    """The facts in question that a seat's agency answers for."""
    return {(doubt.case_id, doubt.claim) for doubt in visit.doubts if doubt.agency == by.agency}


def ended(visit: Visit, now: datetime) -> Visit:
    """The visit, done if somebody has entered a part of it and nobody owes one any more."""
    return replace(visit, state=VisitState.DONE, done_at=now) if visit.parts and not visit.owing else visit


def overseen(visit: Visit, part: Part, pack: str) -> Because:
    """What an exempt case is told of a visit that found something: a person looks at it, a rule never does (the plan, item 7)."""
    facts = {"visit": visit.id, "by": part.by, "seen": part.seen.value if part.seen else None, "remarks": part.remarks}
    return Because(rule="supervision.found", basis=(visit.basis,), pack=pack, facts=facts)
