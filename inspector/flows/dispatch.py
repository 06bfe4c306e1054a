"""Assignments that the drawn inspectors have (`pushing`): accepted, declined or silent; the visit's result comes back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time

from inspector.domain import push, result, verification, visit
from inspector.domain.calendar import SHANGHAI
from inspector.domain.case import CaseState, Method
from inspector.domain.decision import OrderKind
from inspector.domain.evidence import FORM, Evidence, unfresh
from inspector.domain.finding import Finding, Seen
from inspector.domain.peace import made as made_on
from inspector.domain.trail import entered
from inspector.domain.visit import Seat, SeatState, Visit
from inspector.flows import (
    attempts,
    challenges,
    clues,
    codeless,
    declines,
    late,
    listing,
    overdue,
    peace,
    relief,
    secondlook,
    stopped,
    supervised,
    supervision,
)
from inspector.flows.assign import redeal
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seated import by_name, pack, read, settle_seat
from inspector.flows.seats import end_clock, rise
from inspector.flows.settle import Settlement, settle_case
from inspector.store.tx import Tx
from inspector.store.work import Work


def acceptance_due(work: Work, office: Office) -> Settlement:
    """No word by the date, counted from the hand-over: the seat goes to whom the dealing names next.

    Where this house was not there to hear a word when the date passed, there is another term.
    """

    def write(tx: Tx, now: datetime) -> None:
        seat, held = read(tx, work, lock=True)
        decision = visit.expire(seat, pack(tx, held))
        its_own = work.key == seat.clock(OrderKind.ACCEPT_DUE)  # and not that of a hand-over that came to nobody
        if not its_own or decision.because.rule == "timer.obsolete" or not held.state.open:
            return
        if overdue.away(office, work, now):
            policy = office.book.get(tx.draws.pack_of(held.draw, seat.agency))
            settle_seat(tx, held, seat, push.another_term(seat, held, policy, now, office.calendar), now)
        else:
            settle_seat(tx, held, seat, decision, now)
            _pass_on(tx, office, held, decision.state, visit.EXPIRED_RECALLED if seat.recalled else visit.EXPIRED, now)

    return Settlement(write=write)


def release(work: Work, office: Office) -> Settlement:
    """The moment of the release has come: behind their links the team now reads whom the visit is to, unless it is blocked."""

    def write(tx: Tx, now: datetime) -> None:
        held = listing.look_at(office, tx, tx.visits.get(str(work.payload["visit"]), lock=True), now)
        listing.release(office, tx, held, now)

    return Settlement(write=write)


def accept(tx: Tx, name: str, now: datetime) -> Seat:
    """An inspector accepts."""
    held, seat = by_name(tx, name, lock=True)
    decision = visit.accept(seat, pack(tx, held))
    settle_seat(tx, held, seat, decision, now)
    stopped.end(tx, seat.timers, now)
    return decision.state


def decline(
    office: Office,
    tx: Tx,
    name: str,
    reason: str,
    now: datetime,
    *,
    captured_at: datetime | None = None,
    sent_at: datetime | None = None,
    unaccepted: bool = False,
) -> Seat:
    """An inspector declines with a reason: re-dealt at once.

    What lay in a phone (`captured_at`, `sent_at`: by its clock) and comes when the seat has passed on is kept, and decides nothing.
    """
    held, seat = by_name(tx, name, lock=True)
    if seat.state is SeatState.EXPIRED and captured_at is not None:
        late = visit.decline_late(seat, reason, pack(tx, held), captured_at=captured_at, sent_at=sent_at)
        settle_seat(tx, held, seat, late, now)
        return late.state
    decision = visit.decline(seat, reason, pack(tx, held), knowing=held.released, unaccepted=unaccepted)
    settle_seat(tx, held, seat, decision, now)
    stopped.end(tx, seat.work, now)
    declines.look_at(office, tx, decision.state, now)
    if held.state.open:
        _pass_on(tx, office, held, decision.state, "declined", now)
    return decision.state


def report(
    office: Office,
    tx: Tx,
    name: str,
    findings: Iterable[Finding],
    remarks: str,
    now: datetime,
    *,
    seen: Seen | None = None,
    on: date | None = None,
) -> Visit:
    """A team member enters the result of his or her agency; it becomes evidence in each of its cases, and they go on.

    What was found beside the facts in question is a matter for a person, never by itself an outcome (the plan, item 7; handbook 7.6).
    So is a visit made (`on` a day; today where that is unsaid) when nobody might go.
    """
    before, seat = by_name(tx, name)
    others = supervision.beside(tx, before, seat.agency)
    tx.cases.lock({*before.case_ids, *(doubt.case_id for doubt in others)})  # cases before visits, as withdrawal locks them
    held, seat = by_name(tx, name, lock=True)
    team, given = tx.visits.team(held.id), tuple(findings)
    policy = pack(tx, held)
    made = made_on(held, on, peace.of(office, tx, held), now, office.calendar)
    gone = tuple(sorted(listing.unlisted(office, tx, held, made.on)))  # by the list of the visit's own day
    if seen is Seen.UNREACHABLE and not held.looks_at and not held.cases_of(seat.agency):
        attempts.refuse_unsought(office, tx, held, seat.agency)
    decision = result.report(
        replace(held, unpublished=gone),
        team,
        seat,
        given,
        remarks,
        policy,
        now,
        seen=seen,
        exempt=others,
        challenged=challenges.challenged(tx, held),
        made=made,
    )
    tx.visits.put(replace(decision.state, unpublished=held.unpublished))
    told = {"agency": seat.agency, "visit": {"entered": entered(decision.state.parts[-1], given)}}
    record(tx, held.id, decision, now, told)
    rise(tx, [other for other in team if other.agency == seat.agency or not decision.state.state.open], now)
    if not decision.state.state.open:
        end_clock(tx, decision.state, now)
    for finding in given:
        weigh(tx, office, decision.state, finding, made.on, now)
    if held.looks_at:
        secondlook.tell(tx, decision.state, decision.state.parts[-1].seen, now)
    else:
        supervision.tell(tx, decision.state, seat, others, policy, now)
        supervised.made(tx, decision.state, {doubt.case_id for doubt in others}, now)
        clues.look(office, tx, decision.state, seat, now, entered=True)
    peace.tell_inside(tx, decision.state, seat.agency, now)
    codeless.done(office, tx, decision.state, now)
    return decision.state


def seat_name(seat: Seat) -> str:
    """A seat's name in keys and links."""
    return seat.name


def weigh(tx: Tx, office: Office, held: Visit, finding: Finding, on: date, now: datetime, note: str = "") -> None:
    """An inspectors' finding as evidence: on a case still verifying it settles the claim, on one that has ended it may be a lead.

    One of a `note` that came after the result stands beside the result's own: two in conflict are for a person. It is of the day `on`
    which the visit was made, whenever it is entered: a day that is past is its midnight, as with a source.
    """
    case = tx.cases.get(finding.case_id, lock=True)
    policy = office.book.get(case.pack)
    as_of = now if on == office.calendar.local_date(now) else datetime.combine(on, time.min, SHANGHAI)
    claim = next((held.claim for held in case.claims if held.claim.key == finding.claim), None)
    valid_for = policy.item(case.item).fact(claim.fact).valid_for if claim is not None else None
    early = unfresh(finding.verdict, as_of, claim.on if claim is not None else date.min, valid_for, now)
    item = Evidence(
        id=f"visit:{held.id}:{finding.case_id}:{finding.claim}" + (f":{note}" if note else ""),
        claim=finding.claim,
        method=Method.ON_SITE,
        via="",
        verdict=finding.verdict,
        fresh=not early,
        asked_at=now,
        as_of=as_of,
        note=early,
        remark=finding.note,
        form=FORM,
    )
    known = finding.claim in {one.claim.key for one in case.claims}
    if not known or case.state not in (CaseState.VERIFYING, CaseState.REVIEW, CaseState.CLOSED, CaseState.POOLED):
        late.beside(tx, case, item, now)  # corrected or withdrawn while the inspectors were on their way; what they saw is kept
        return
    tx.cases.add_evidence(case, item)
    if case.state in (CaseState.VERIFYING, CaseState.REVIEW):
        settle_case(tx, office, verification.weigh(case, item, policy, now, office.calendar), policy, now)
    else:
        supervision.found(office, tx, case, item, now)


def _pass_on(tx: Tx, office: Office, held: Visit, gone: Seat, reason: str, now: datetime) -> None:
    """The seat goes to whom the rule names, and on from there while the registers say that this one cannot or must not go."""
    redeal(tx, office, held, gone, reason, now)
    relief.look_at(office, tx, tx.visits.get(held.id), now)
