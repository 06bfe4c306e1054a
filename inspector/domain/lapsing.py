"""Acceptances of whole teams of which nothing was heard: over with the time to enter a result, and dealt again (decision 102)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from inspector.domain.decision import Because, Decision
from inspector.domain.visit import LAPSED, Seat, SeatState, Visit, VisitState


def lapsing(
    visit: Visit, team: Iterable[Seat], heard: Collection[str], over: Mapping[str, datetime], now: datetime
) -> tuple[Seat, ...]:
    """Whose acceptance is over: of whole teams that nothing was `heard` of (their agencies) by the moment each seat's is `over`.

    Nobody's, while the visit could not be made: blocked, embargoed, without an open day, short, or somebody has yet to accept.
    """
    if visit.state is not VisitState.ASSIGNED or visit.conflict or visit.unpublished or not visit.released:
        return ()
    held = [seat for seat in team if seat.state.open]
    if any(seat.state is not SeatState.ACCEPTED for seat in held):
        return ()
    teams = ([seat for seat in held if seat.agency == agency] for agency in visit.agencies if agency not in heard)
    return tuple(seat for own in teams for seat in own if all(over[one.name] <= now for one in own))


def lapse(seat: Seat, over: datetime, pack: str, basis: str) -> Decision[Seat]:
    """An acceptance is over: the seat is dealt again by the rule, as that of one who never answered is. Nothing is held against anybody."""
    facts = {"inspector": seat.inspector, "place": seat.place, "over_at": over.isoformat()}
    because = Because(rule="seat.lapse", basis=(basis,), pack=pack, facts=facts)
    return Decision(state=replace(seat, state=SeatState.EXPIRED, reason=LAPSED), because=because)
