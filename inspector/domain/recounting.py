"""Dates that are counted again because the calendar has changed: a year's notice arrived, or was amended.

The office's own dates (verification, review) are the law's and move both ways; one that comes nearer is told to a person and to the
approving system, never moved in silence. A date that somebody else was told (another agency in a letter, an inspector in an
assignment) is only ever put off: where the new count would be earlier, what was told stands, and a person hears of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from inspector.domain.assistance import AssistanceState, Dispute, Request, Rung
from inspector.domain.calendar import Counting, Due, WorkingCalendar, again, due
from inspector.domain.case import Case, CaseState
from inspector.domain.catalogue import Entry
from inspector.domain.deadline import answer, within
from inspector.domain.decision import Because, Decision, OrderKind, Told
from inspector.domain.ladder import UPPER, accept_by, rungs
from inspector.domain.peace import dated
from inspector.domain.policy import Policy
from inspector.domain.quiet import QuietRow, pull
from inspector.domain.selfproof import ProofState, SelfProof
from inspector.domain.terms import ReviewTerm, VerifyTerm
from inspector.domain.visit import Seat, Visit

Change = Literal["later", "earlier", "kept", "same"]
"""What became of a date. `kept`: the count is earlier now, but the date that was told stands; `same`: only its certainty changed."""

RULE = "calendar.recount"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recounted:
    """A new count of a date and what becomes of the date: `due` is the one that binds from now on."""

    due: Due
    change: Change


def own(was: datetime, told: Counting, calendar: WorkingCalendar, keep: Callable[[Due], Due] | None = None) -> Recounted | None:
    """The office's own date anew; None when the count is what it was. `keep`: what else holds for the date, besides the count."""
    anew = again(told, calendar)
    if anew is not None and keep is not None:
        anew = keep(anew)
    if anew is None or anew.counted == told:
        return None
    return Recounted(due=anew, change="same" if anew.at == was else "later" if anew.at > was else "earlier")


def told_to_others(
    was: datetime, told: Counting, calendar: WorkingCalendar, keep: Callable[[Due], Due] | None = None
) -> Recounted | None:
    """A date that somebody else was told: put off, never brought forward. None when nothing changes or nobody need hear of it."""
    found = own(was, told, calendar, keep)
    if found is None or found.change != "earlier":
        return found
    kept = replace(told, awaited=found.due.counted.awaited, kept_by=found.due.counted.versions)
    return Recounted(due=Due(at=was, counted=kept), change="kept") if kept != told else None


def recount_case(case: Case, calendar: WorkingCalendar, now: datetime) -> tuple[Decision[Case], Change] | None:
    """The date that binds an open case now, anew; in review the one of the verification, too, while it is still to come.

    The verification is not over while an officer has it, and whoever reads the case is told its date. None when no count is other than
    it was, or nothing is waited for.
    """
    term = _binding(case)
    found = own(term.due_at, term.due_counted, calendar) if term is not None else None
    beneath = _beneath(case, calendar, now)
    first = found or beneath
    if term is None or first is None:
        return None
    state, bound = case if beneath is None else case.redated(beneath.due), found.due if found is not None else None
    if bound is not None and isinstance(term, ReviewTerm):
        moved = replace(term, due_at=bound.at, due_provisional=bound.provisional, due_counted=bound.counted)
        state = replace(state, review_term=moved)
    elif bound is not None:
        state = state.redated(bound)
    change: Change = next((one.change for one in (found, beneath) if one is not None and one.change != "same"), "same")
    facts = {
        "was_due": term.due_at.isoformat(),
        "due_at": (bound.at if bound is not None else term.due_at).isoformat(),
        "due_provisional": bound.provisional if bound is not None else term.due_provisional,
        "calendar": list(first.due.counted.versions),
        "change": change,
    }
    if beneath is not None and case.verify_term is not None:
        facts |= {"verify_was_due": case.verify_term.due_at.isoformat(), "verify_due_at": beneath.due.at.isoformat()}
    because = Because(rule=RULE, basis=(term.basis,), pack=case.pack, facts=facts)
    told = Told(type="deadline.moved", data={name: facts[name] for name in ("was_due", "due_at", "due_provisional")})
    binding = found is not None and found.change != "same"
    return Decision(state=state, because=because, told=(told,) if binding else ()), change


def _beneath(case: Case, calendar: WorkingCalendar, now: datetime) -> Recounted | None:
    """The verification's date of a case that lies with an officer; one that has passed stays what was gone by."""
    term = case.verify_term
    if case.state is not CaseState.REVIEW or term is None or term.due_at <= now:
        return None
    return own(term.due_at, term.due_counted, calendar)


def _binding(case: Case) -> VerifyTerm | ReviewTerm | None:
    match case.state:
        case CaseState.RATING | CaseState.VERIFYING:
            return case.verify_term
        case CaseState.REVIEW:
            return case.review_term
        case CaseState.CLOSED | CaseState.WITHDRAWN | CaseState.SENT_BACK | CaseState.POOLED:
            return None


def recount_request(request: Request, policy: Policy, calendar: WorkingCalendar) -> tuple[Decision[Request], Change] | None:
    """The reply's date, the superior's and the last of an open request, anew; none of them is brought forward."""
    if not request.state.open:
        return None
    if request.state is AssistanceState.DISPUTED and request.dispute is not None:
        return _recount_dispute(request, request.dispute, policy, calendar)
    reply = told_to_others(request.due_at, request.due_counted, calendar)
    due_at = reply.due.at if reply else request.due_at
    steps = _steps(request, due_at, policy, calendar)
    escalate = next(rung for rung in steps if rung.kind is OrderKind.ASSIST_DUE)
    assert escalate.counted is not None, "the superior's day is counted"
    end = told_to_others(request.end_at, request.end_counted, calendar) if request.end_at and request.end_counted else None
    changes = [found.change for found in (reply, end) if found is not None]
    moved = escalate.at > request.escalate_at
    if not changes and not moved:
        return None
    acknowledge = _accept_by(request, steps) if moved or reply else request.accept_by
    state = replace(
        request,
        due_at=due_at,
        due_counted=reply.due.counted if reply else request.due_counted,
        due_provisional=reply.due.provisional if reply else request.due_provisional,
        escalate_at=escalate.at if moved else request.escalate_at,
        escalate_counted=escalate.counted if moved else request.escalate_counted,
        rungs=steps if moved or reply else request.rungs,
        accept_by=acknowledge,
        hear_by=_hear_by(request, acknowledge, due_at),
        end_at=end.due.at if end else request.end_at,
        end_counted=end.due.counted if end else request.end_counted,
    )
    change: Change = "kept" if "kept" in changes else "later" if moved or "later" in changes else "same"
    facts = {"request": request.id, "was_due": request.due_at.isoformat(), "due_at": due_at.isoformat(), "change": change}
    because = Because(rule=RULE, basis=(request.basis,), pack=policy.label, facts=facts)
    return Decision(state=state, because=because), change


def _steps(request: Request, due_at: datetime, policy: Policy, calendar: WorkingCalendar) -> tuple[Rung, ...]:
    """The steps that the clock has, anew. By when to acknowledge the agency was told; what follows the date is only ever put off, too."""
    held, found = {rung.kind: rung for rung in request.rungs}, []
    above = _above(request, due_at, calendar)
    counted = {rung.kind: rung for rung in rungs(due_at, request.opened_at, policy, calendar)} | {
        rung.kind: rung for rung in above
    }
    for rung in counted.values():
        before = held.get(rung.kind)
        if rung.kind is OrderKind.ASSIST_ACK or (held and before is None):
            continue  # its day is counted below; a step that the clock did not have is not added to it
        after = before is not None and rung.counted is not None and rung.at < before.at
        found.append(before if before is not None and after else rung)
    if (ack := held.get(OrderKind.ASSIST_ACK)) is not None and ack.counted is not None:
        moved = told_to_others(ack.at, ack.counted, calendar)
        found.append(replace(ack, at=moved.due.at, counted=moved.due.counted) if moved else ack)
    return tuple(sorted(found, key=lambda rung: rung.at))


def _above(request: Request, due_at: datetime, calendar: WorkingCalendar) -> Iterator[Rung]:
    """The steps behind the date, each counted anew from what it was counted from: the date, the step before, or, where one was taken late,

    that moment. Those of before it was kept from when are left to the date.
    """
    was, new = request.due_at, due_at
    for kind in UPPER:
        rung = next((one for one in request.rungs if one.kind is kind), None)
        told = rung.counted if rung is not None else None
        if rung is None or told is None or told.since is None:
            continue
        term = due(new if told.since == was else told.since, told.term, calendar, told.event, told.stops, told.extended)
        was, new = rung.at, max(rung.at, term.at)
        yield replace(rung, at=term.at, counted=term.counted)


def _accept_by(request: Request, steps: tuple[Rung, ...]) -> datetime | None:
    """By when to acknowledge, as its step has it now; what an earlier clock said stays."""
    was, new = accept_by(request.rungs), accept_by(steps)
    return new if request.accept_by is not None and request.accept_by == was else request.accept_by


def _hear_by(request: Request, acknowledge: datetime | None, due_at: datetime) -> datetime | None:
    """When the first word is due, as what it is bound to has it now: by when to acknowledge, or else the date of the answer."""
    if request.hear_by is None or request.hear_by not in (request.accept_by, request.due_at):
        return request.hear_by
    return acknowledge if request.hear_by == request.accept_by else due_at


def _recount_dispute(
    request: Request, told: Dispute, policy: Policy, calendar: WorkingCalendar
) -> tuple[Decision[Request], Change] | None:
    """The common superior's date, anew; it is not brought forward either."""
    found = told_to_others(told.due_at, told.counted, calendar)
    if found is None:
        return None
    state = replace(request, dispute=replace(told, due_at=found.due.at, counted=found.due.counted))
    facts = {
        "request": request.id,
        "was_due": told.due_at.isoformat(),
        "due_at": found.due.at.isoformat(),
        "change": found.change,
    }
    return Decision(state=state, because=Because(rule=RULE, basis=(request.basis,), pack=policy.label, facts=facts)), found.change


def recount_proof(proof: SelfProof, calendar: WorkingCalendar) -> tuple[Decision[SelfProof], Change] | None:
    """By when a subject is to show something, anew: he or she was told, so it is only put off. And by when somebody is to have read it."""
    pack_free = Because(rule=RULE, basis=(proof.basis,), pack="")
    if proof.state is ProofState.RECEIVED and proof.read_by is not None and proof.read_counted is not None:
        found = own(proof.read_by, proof.read_counted, calendar)
        if found is None:
            return None
        state = replace(proof, read_by=found.due.at, read_counted=found.due.counted)
        facts = {"was_due": proof.read_by.isoformat(), "due_at": found.due.at.isoformat(), "change": found.change}
        return Decision(state=state, because=replace(pack_free, facts=facts)), found.change
    found = told_to_others(proof.due_at, proof.due_counted, calendar) if proof.state.asked else None
    if found is None:
        return None
    state = replace(proof, due_at=found.due.at, due_counted=found.due.counted, due_provisional=found.due.provisional)
    facts = {"was_due": proof.due_at.isoformat(), "due_at": found.due.at.isoformat(), "change": found.change}
    return Decision(state=state, because=replace(pack_free, facts=facts)), found.change


def recount_visit(
    visit: Visit, rows: Sequence[QuietRow], limit: datetime | None, calendar: WorkingCalendar
) -> tuple[Visit, Change] | None:
    """By when a visit is to be made, anew; its inspectors were told, so it is only put off, and never into one of the quiet `rows`.

    `limit` is the first date of the cases that it is for.
    """

    def keep(found: Due) -> Due:
        bounded = within(found, limit, visit.opened_at, calendar)
        return pull(bounded, visit.opened_at, rows, visit.whom, calendar)

    found = told_to_others(visit.due_at, visit.due_counted, calendar, keep)
    if found is None:
        return None
    return dated(visit, found.due, rows, calendar), found.change


def recount_filing(held: Entry, calendar: WorkingCalendar) -> tuple[Decision[Entry], Change] | None:
    """By when a change of the catalogue is to be filed, anew: the office's own date. None when nothing waits or changes."""
    duty = held.unfiled
    found = own(duty.due_at, duty.counted, calendar) if duty is not None else None
    if duty is None or found is None:
        return None
    state = replace(held, duty=replace(duty, due_at=found.due.at, counted=found.due.counted))
    facts = {
        "edition": held.content.edition,
        "was_due": duty.due_at.isoformat(),
        "due_at": found.due.at.isoformat(),
        "change": found.change,
    }
    return Decision(
        state=state, because=Because(rule=RULE, basis=(duty.basis,), pack=held.content.pack, facts=facts)
    ), found.change


def recount_codeless(visit: Visit, pack: str, calendar: WorkingCalendar) -> tuple[Decision[Visit], Change] | None:
    """By when a visit is to be filed on which no code was read, anew: the office's own date. None when nothing waits or changes."""
    held = visit.filing
    found = own(held.duty.due_at, held.duty.counted, calendar) if held is not None and held.open else None
    if held is None or found is None:
        return None
    duty = replace(held.duty, due_at=found.due.at, counted=found.due.counted)
    facts = {"was_due": held.duty.due_at.isoformat(), "due_at": found.due.at.isoformat(), "change": found.change}
    because = Because(rule="visit.filing_moved", basis=(duty.basis,), pack=pack, facts=facts)  # another date than the visit's own
    return Decision(state=replace(visit, filing=replace(held, duty=duty)), because=because), found.change


def recount_seat(seat: Seat, visit: datetime, calendar: WorkingCalendar) -> Seat | None:
    """By when an inspector is to accept, anew, the visit being due then: nobody's silence counts over days that have become days off."""

    def keep(found: Due) -> Due:
        return answer(found, visit, seat.handed_at or seat.ordered_at, calendar)

    found = told_to_others(seat.accept_by, seat.accept_counted, calendar, keep)
    if found is None or found.change == "kept":
        return None
    return replace(seat, accept_by=found.due.at, accept_counted=found.due.counted)
