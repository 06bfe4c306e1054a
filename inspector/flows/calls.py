"""The visits that serve a case, as its explanation tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspector.domain.calendar import Counting
from inspector.domain.counting import Tallied, tally
from inspector.domain.finding import Seen
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.flows.office import Office


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What the team of the case's agency has said beside its findings, word for word."""

    at: datetime
    seen: Seen | None
    remarks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A visit that serves the case."""

    id: str
    draw: str
    state: VisitState
    due_at: datetime
    due_counted: Counting
    due_days: tuple[Tallied, ...]
    seats: tuple[SeatState, ...]
    told: tuple[Entered, ...]


def call(office: Office, held: Visit, team: tuple[Seat, ...], agency: str) -> Call:
    """A visit, with what the team of that agency has said."""
    return Call(
        id=held.id,
        draw=held.draw,
        state=held.state,
        due_at=office.calendar.local(held.due_at),
        due_counted=held.due_counted,
        due_days=tally(held.due_counted),
        seats=tuple(seat.state for seat in team),
        told=tuple(
            Entered(at=office.calendar.local(part.at), seen=part.seen, remarks=part.remarks)
            for part in held.parts
            if part.agency == agency and (part.seen or part.remarks)
        ),
    )
