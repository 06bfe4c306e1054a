"""Applications that an inspector be recused, written down, and the matters that they open (handbook scenarios 33, 34)."""

from __future__ import annotations

from datetime import datetime

from inspector.domain import challenge
from inspector.domain.challenge import Applicant, Challenge, ChallengeState
from inspector.domain.errors import Missing
from inspector.domain.visit import Seat, SeatState, Visit
from inspector.flows.record import record
from inspector.flows.seats import ASKED
from inspector.store.tx import Tx

TOO_LATE = "recused_too_late"
"""The matter of an inspector who was recused after the result was entered: a person looks at the result again."""


def seat_of(tx: Tx, held: Visit, staff: str) -> Seat:
    """The seat that an inspector holds, or has made the visit in. Raises Missing (`seat_not_held`)."""
    sitting = [one for one in tx.visits.team(held.id) if one.state.open or one.state is SeatState.DONE]
    found = next((one for one in sitting if one.inspector == staff), None)
    if found is None:
        raise Missing("seat_not_held", visit=held.id, inspector=staff[:80])
    return found


def seat_name(tx: Tx, visit_id: str, staff: str) -> str:
    """The name of the seat that an inspector holds or held at a visit: by it matters call whom an application is about.

    A matter is read by more people than the draw's list is, and without an entry of the ledger: it names no inspector.
    """
    return next(one.name for one in reversed(tx.visits.team(visit_id)) if one.inspector == staff)


def enter(
    tx: Tx, held: Visit, seat: Seat, *, applicant: Applicant, by: str, reason: str, evidence: str, now: datetime
) -> Challenge:
    """Write an application down and tell the head; the visit is held locked. Raises Refusal and Invalid (`challenge.apply`)."""
    decision = challenge.apply(
        held,
        seat,
        tx.challenges.of_visit(held.id, seat.inspector),
        applicant=applicant,
        by=by,
        reason=reason,
        evidence=evidence,
        pack=tx.draws.get(held.draw).pack,
        now=now,
    )
    tx.challenges.add(decision.state)
    record(tx, held.id, decision, now, {})
    tx.attention.open(ASKED, seat.agency, seat.name, {"applicant": applicant.value}, now)
    return decision.state


def from_register(tx: Tx, held: Visit, seat: Seat, now: datetime) -> None:
    """Whoever holds a seat by now, and had a conflict declared before, though after the draw's registers were frozen.

    That is an application too, once: else conflicts declared in advance would say where a re-deal ends.
    """
    declared = tx.rosters.recusal(seat.agency, held.code, seat.inspector)
    if declared is not None and not tx.challenges.of_visit(held.id, seat.inspector):
        reason, by = declared
        enter(
            tx,
            held,
            seat,
            applicant=Applicant.REGISTER,
            by=by or "register",
            reason=reason,
            evidence="register",
            now=now,
        )


def granted(tx: Tx, held: Visit, staff: str) -> bool:
    """Whether the head has recused an inspector from a visit."""
    return any(one.state is ChallengeState.GRANTED for one in tx.challenges.of_visit(held.id, staff))


def challenged(tx: Tx, held: Visit) -> frozenset[str]:
    """Whose recusal from a visit was applied for and not refused: what they do is marked from then on."""
    asked = tx.challenges.of_visit(held.id)
    return frozenset(one.inspector for one in asked if one.state is not ChallengeState.REFUSED)
