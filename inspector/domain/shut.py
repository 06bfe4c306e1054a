"""The house was shut over a date: nobody could speak at its door, so the date is put off. Our outage is nobody's silence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

from inspector.domain import selfproof
from inspector.domain.assistance import TIMERS, AssistanceState, Request, Rung, noted
from inspector.domain.calendar import Counting, Due, WorkingCalendar, due
from inspector.domain.decision import Because, Decision, Order, OrderKind, Told
from inspector.domain.doorway import Span
from inspector.domain.ladder import UPPER, accept_by, rungs, wait, waits
from inspector.domain.pause import stop
from inspector.domain.policy import Policy
from inspector.domain.selfproof import SelfProof
from inspector.domain.stop import Stop

RULE = "assistance.shut"
"""The rule of a clock that stood still while the house was shut over a date of it."""


class Stood(StrEnum):
    """Why the clock of a request stood still: for a reason of ours, and for no other."""

    OUTAGE = "OUTAGE"


def put_off(request: Request, shut: Span, policy: Policy, now: datetime, calendar: WorkingCalendar) -> Decision[Request] | None:
    """The dates of a request that came while the house was `shut`, counted without that time; None where none did.

    A date of days is counted without those on which the house was shut when business stopped (Civil Code art. 203), one of hours without
    those hours. Of an agency that lacks a letter of ours nothing is due; its time begins with that letter.
    """
    stood = _stood(shut, calendar)
    moved = _moved(request, shut, stood, policy, calendar) if request.state.open else None
    if moved is None:
        return None
    held, orders = moved
    facts = {"was_due": request.due_at.isoformat(), "due_at": held.due_at.isoformat()}
    facts |= {"shut_since": stood.since.isoformat(), "shut_until": stood.until.isoformat()}
    because = Because(rule=RULE, basis=(request.basis,), pack=policy.label, facts=facts)
    data = {"request": held.id, "claim": held.claim, "due_at": held.due_at.isoformat()}
    told = (Told(type="assistance.moved", data=data),) if held.due_at != request.due_at else ()
    return Decision(state=noted(held, RULE, now), because=because, orders=orders, told=told, ends=TIMERS)


def put_off_proof(
    proof: SelfProof, shut: Span, policy: Policy, now: datetime, calendar: WorkingCalendar
) -> Decision[SelfProof] | None:
    """The same for a date by which a subject was to show something; None where it did not come while the house was `shut`."""
    if not proof.state.asked or not shut.holds(proof.due_at):
        return None
    stood = _stood(shut, calendar)
    facts = {"shut_since": stood.since.isoformat(), "shut_until": stood.until.isoformat()}
    return selfproof.put_off(proof, _again(proof.due_at, proof.due_counted, stood, calendar), facts, policy, now, calendar)


def _stood(shut: Span, calendar: WorkingCalendar) -> Stop:
    """The time as a stop of a clock; a house that opens at the very moment at which business stops was shut at that (`Span.holds`)."""
    held = stop(Stood.OUTAGE.value, "", shut.since, shut.until + timedelta.resolution, calendar)
    return replace(held, until=shut.until)


def _moved(
    request: Request, shut: Span, stood: Stop, policy: Policy, calendar: WorkingCalendar
) -> tuple[Request, tuple[Order, ...]] | None:
    told, turn = request.dispute, request.turn + 1
    if request.state is AssistanceState.DISPUTED and told is not None:
        if not shut.holds(told.due_at):
            return None
        term = _again(told.due_at, told.counted, stood, calendar)
        held = replace(request, turn=turn, dispute=replace(told, due_at=term.at, counted=term.counted))
        return held, (wait(held, OrderKind.ASSIST_DECIDE, term.at),)
    if not request.knows:
        return None
    if request.end_at is not None and request.end_counted is not None:
        if not shut.holds(request.end_at):
            return None
        term = _again(request.end_at, request.end_counted, stood, calendar)
        held = replace(request, turn=turn, end_at=term.at, end_counted=term.counted)
        return held, (wait(held, OrderKind.ASSIST_END, term.at),)
    return _clock(request, shut, stood, policy, calendar)


def _clock(
    request: Request, shut: Span, stood: Stop, policy: Policy, calendar: WorkingCalendar
) -> tuple[Request, tuple[Order, ...]] | None:
    """The clock before the superior: the answer's date, by when to acknowledge, and the steps behind the date."""
    bound = [rung for rung in request.rungs if rung.kind in UPPER or (rung.kind is OrderKind.ASSIST_ACK and not request.accepted)]
    if not any(map(shut.holds, (request.due_at, *(rung.at for rung in bound)))):
        return None
    term = Due(at=request.due_at, counted=request.due_counted)
    if shut.holds(term.at):
        term = _again(term.at, term.counted, stood, calendar)
    steps = tuple(sorted(_steps(request, term, shut, stood, policy, calendar), key=lambda rung: rung.at))
    superior = next(rung for rung in steps if rung.kind is OrderKind.ASSIST_DUE)
    assert superior.counted is not None, "the superior's day is counted"
    held = replace(
        request,
        turn=request.turn + 1,
        due_at=term.at,
        due_counted=term.counted,
        due_provisional=term.provisional,
        escalate_at=superior.at,
        escalate_counted=superior.counted,
        rungs=steps,
    )
    if (was := accept_by(request.rungs)) is not None and was == request.accept_by:
        held = replace(held, accept_by=accept_by(steps))
    if request.hear_by in (was, request.due_at):
        held = replace(held, hear_by=held.accept_by if request.hear_by == was else term.at)
    return held, waits(held, shut.since)


def _steps(request: Request, term: Due, shut: Span, stood: Stop, policy: Policy, calendar: WorkingCalendar) -> Iterator[Rung]:
    """The steps that the clock has, anew; none is brought forward."""
    found = {rung.kind: rung for rung in rungs(term.at, request.opened_at, policy, calendar, (stood,))}
    for rung in request.rungs:
        fresh = found.get(rung.kind, rung)
        if rung.kind is OrderKind.ASSIST_ACK:
            missed = shut.holds(rung.at) and rung.counted is not None
            counted = _again(rung.at, rung.counted, stood, calendar) if missed and rung.counted is not None else None
            yield replace(rung, at=counted.at, counted=counted.counted) if counted else rung
        else:
            yield fresh if fresh.at > rung.at else rung


def _again(at: datetime, told: Counting, stood: Stop, calendar: WorkingCalendar) -> Due:
    """A term counted without the time the house was shut; of an agreed date of before, whose begin nobody kept, the next day after it."""
    if told.since is not None:
        return due(told.since, told.term, calendar, told.event, (*told.stops, stood), told.extended)
    last = calendar.add_working_days(max(stood.last, calendar.local_date(at)), 1)
    return Due(at=calendar.closing(last), counted=replace(told, last=last, stops=(*told.stops, stood)))
