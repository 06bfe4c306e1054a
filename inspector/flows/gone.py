"""Who has been at a visit and is gone since: off the register or out of the post, or recused by the head after the result.

The seat stays one from which the visit was made, for who was there is a fact. Its link opens nothing any more, and what still comes
from the phone is kept beside the rest, marked, and decides nothing (handbook 1.2.18; Penalties Law art. 43).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain.challenge import ChallengeState
from inspector.domain.errors import Forbidden
from inspector.domain.fieldnote import Times, brought
from inspector.domain.visit import GONE, Seat, SeatState, Visit, VisitState
from inspector.flows.seated import by_name
from inspector.store.tx import Tx


def at_door(tx: Tx, name: str) -> tuple[Visit, Seat]:
    """The visit and seat behind a seat's name for whoever comes by its link: as one that has passed on, where its inspector is gone."""
    held, seat = by_name(tx, name)
    return held, passed(tx, held, seat)


def passed(tx: Tx, held: Visit, seat: Seat) -> Seat:
    """A seat as its inspector may know of it now. It is to be read, and never written.

    Of a visit that was made, and called off before its result was in, nobody goes on with it: what its team saw is kept and read.
    """
    return replace(seat, state=SeatState.RELIEVED, reason=GONE) if called_off(held, seat) or _left(tx, held, seat)[0] else seat


def called_off(held: Visit, seat: Seat) -> bool:
    """Whether a visit was made from a seat, and called off before its result was in."""
    off = held.state in (VisitState.CANCELLED, VisitState.CEASED) and seat.agency in held.vouched
    return off and seat.state.made


def team(tx: Tx, held: Visit) -> tuple[Seat, ...]:
    """A visit's team, in which who is gone leads no more."""
    return tuple(passed(tx, held, one) for one in tx.visits.team(held.id))


def marked(tx: Tx, held: Visit, seat: Seat, times: Times) -> Times:
    """The times of what came by a seat, marked where its inspector is gone.

    Raises Forbidden (`seat_passed_on`) of what was not written before.
    """
    gone, since = _left(tx, held, seat)
    if gone and not brought(held, times, since):
        raise Forbidden("seat_passed_on")
    return replace(times, apart=gone)


def _left(tx: Tx, held: Visit, seat: Seat) -> tuple[bool, datetime | None]:
    """Whether who has made a visit from a seat is gone, and since when; the register has no moment for who has left a post."""
    if not seat.state.made:
        return False, None
    asked = tx.challenges.of_visit(held.id, seat.inspector)
    if (granted := next((one for one in asked if one.state is ChallengeState.GRANTED), None)) is not None:
        return True, granted.decided_at
    person, removed_at = tx.rosters.removed(seat.agency, seat.inspector)
    return removed_at is not None or not person.in_post, removed_at
