"""Applications that an inspector be recused, written down, and the matters that they open (handbook scenarios 33, 34)."""

from __future__ import annotations

import json
from datetime import datetime

from inspector.domain import challenge
from inspector.domain.calendar import due
from inspector.domain.challenge import Applicant, Challenge, ChallengeState, Head, head_of, next_look
from inspector.domain.decision import Order, OrderKind
from inspector.domain.errors import Missing
from inspector.domain.fieldnote import Times
from inspector.domain.person import same
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.flows import deputies
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import ASKED, DECIDED, tell_seat
from inspector.store.tx import Tx

TOO_LATE = "recused_too_late"
"""The matter of an inspector who was recused after the result was entered: a person looks at the result again."""


def seat_of(tx: Tx, held: Visit, staff: str) -> Seat:
    """The seat that an inspector holds, or has made the visit in. Raises Missing (`seat_not_held`)."""
    sitting = [one for one in tx.visits.team(held.id) if one.state.there]
    found = next((one for one in sitting if one.inspector == staff), None)
    if found is None:
        raise Missing("seat_not_held", visit=held.id, inspector=staff[:80])
    return found


def seat_name(tx: Tx, visit_id: str, staff: str) -> str:
    """The name of the seat that an inspector holds or held at a visit: by it matters call whom an application is about.

    A matter is read by more people than the draw's list is, and without an entry of the ledger: it names no inspector.
    """
    return last_seat(tx, visit_id, staff).name


def last_seat(tx: Tx, visit_id: str, staff: str) -> Seat:
    """The seat that an inspector holds or held last at a visit."""
    return next(one for one in reversed(tx.visits.team(visit_id)) if one.inspector == staff)


def about_seat(tx: Tx, name: str) -> Challenge:
    """The last application about whoever holds, or held, a seat, by the seat's name. Raises Missing."""
    visit_id, place, turn = name.rsplit(":", 2)
    seat = tx.visits.seat(visit_id, int(place), int(turn))
    asked = tx.challenges.of_visit(visit_id, seat.inspector)
    if not asked:
        raise Missing("challenge_unknown", visit=visit_id, inspector=seat.inspector)
    return asked[-1]


def parted(tx: Tx, held: Visit) -> list[str]:
    """Who goes, or has made the visit, by staff code and by name: nobody of them decides about one of them."""
    sitting = [one for one in tx.visits.team(held.id) if one.state.there]
    return [name for one in sitting for name in known_as(tx, one.agency, one.inspector)]


def known_as(tx: Tx, agency: str, staff: str) -> tuple[str, ...]:
    """How an inspector may sign: staff code, and name in the register."""
    return (staff, tx.rosters.inspector(agency, staff).name)


def line(office: Office, tx: Tx, agency: str) -> list[Head]:
    """The heads of an agency and of those above it, nearest first, with who stands in for them now."""
    now = office.now()
    return [
        Head(agency=one, names=office.tree[one].heads, deputies=tuple(deputies.standing(office, tx, one, now)))
        for one in office.line(agency)
    ]


def head(office: Office, tx: Tx, held: Visit, asked: Challenge) -> Head:
    """Whose head decides an application, or who in the head's stead, as the team stands and who is away now (handbook 1.2.21)."""
    about = known_as(tx, asked.agency, asked.inspector)
    return head_of(line(office, tx, asked.agency), about, (asked.applied_by, *about, *parted(tx, held)))


def enter(  # noqa: PLR0913 - an application in all its parts
    office: Office,
    tx: Tx,
    held: Visit,
    seat: Seat,
    *,
    applicant: Applicant,
    by: str,
    reason: str,
    evidence: str,
    now: datetime,
    times: Times | None = None,
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
        times=times,
        unsettled=unsettled(office, tx, held, seat.agency, now),
    )
    tx.challenges.add(decision.state)
    record(tx, held.id, decision, now, {})
    tell_head(office, tx, held, decision.state, seat, now)
    return decision.state


def unsettled(office: Office, tx: Tx, held: Visit, agency: str, now: datetime) -> str:
    """By which article the result of a visit is not final yet, so that somebody may still say who should not have made it; else empty.

    While a case of it is undecided, or in the days from the result on in which its subject might object by the draw's pack.
    """
    if held.state is not VisitState.DONE or held.done_at is None:
        return ""
    if any(tx.cases.get(one).outcome is None for one in held.cases_of(agency)):
        return challenge.BASIS
    row = office.book.get(tx.draws.get(held.draw).pack).credit.objection
    return row.basis if now <= due(held.done_at, row.own, office.calendar).at else ""


def may_be_asked(office: Office, tx: Tx, held: Visit, seat: Seat, now: datetime) -> tuple[str, ...]:
    """The inspectors of whom a member of the team can write down that the firm asks them to stay away, or should have stayed away."""
    if held.looks_at or not held.released:
        return ()
    team = tx.visits.team(held.id)
    if seat.state is SeatState.ACCEPTED and held.state.open:
        return tuple(one.inspector for one in team if one.state.open)
    made = seat.state.made and unsettled(office, tx, held, seat.agency, now)
    return tuple(one.inspector for one in team if one.state.made) if made else ()


def tell_head(office: Office, tx: Tx, held: Visit, asked: Challenge, seat: Seat, now: datetime, looks: int = 0) -> None:
    """The matter of an application, at the agency whose head decides it (where none is named, at the inspector's own), and its next look.

    `looks`: how often the head was told of it again. Where somebody stands in for the head, the matter says who.
    """
    who, at = head(office, tx, held, asked), next_look(held.due_at, now, office.calendar)
    due_at, agency = held.due_at.isoformat(), who.agency or seat.agency
    facts: dict[str, object] = {
        "applicant": asked.applicant.value,
        "due_at": due_at,
        "overdue": held.due_at <= now,
        "looks": looks,
    }
    for deputy in who.deputies:
        if any(same(deputy.officer, one) for one in who.names):  # of a head who goes along nobody reads so in a matter
            facts |= {"officer": deputy.officer, "instead": deputy.deputy}
    tx.attention.open(ASKED, agency, seat.name, facts, now)
    tx.work.order([_order(held, asked, seat, looks, at)], now)


def look(office: Office, tx: Tx, agency: str, now: datetime) -> None:
    """Every open application about an agency's inspectors has its clock: also one of before there were any. Twice is as good as once."""
    for asked in tx.challenges.open_of([agency]):
        held = tx.visits.get(asked.visit)
        seat = last_seat(tx, held.id, asked.inspector)
        tx.work.order([_order(held, asked, seat, 0, next_look(held.due_at, now, office.calendar))], now)


def running(tx: Tx, seat: str, asked: Challenge) -> str:
    """The key of the clock that runs, by what its matter tells."""
    matter = tx.attention.get(f"{ASKED}:{seat}")
    return clock(seat, asked, int(json.loads(matter["body"]).get("looks", 0)) if matter is not None else 0)


def clock(seat: str, asked: Challenge, looks: int) -> str:
    """The key of an application's look after so many: by the seat, for who reads of work need not know who is meant."""
    return f"{OrderKind.CHALLENGE_DUE.value}:{seat}:{asked.number}:{looks}"


def _order(held: Visit, asked: Challenge, seat: Seat, looks: int, at: datetime) -> Order:
    about = {"visit": held.id, "place": seat.place, "turn": seat.turn, "cases": list(held.cases_of(seat.agency))}
    return Order(
        kind=OrderKind.CHALLENGE_DUE,
        key=clock(seat.name, asked, looks),
        due_at=at,
        urgent_by=held.due_at,
        payload={**about, "number": asked.number, "looks": looks + 1},
    )


def from_register(office: Office, tx: Tx, held: Visit, seat: Seat, now: datetime) -> None:
    """Whoever holds a seat by now, and had a conflict declared before, though after the draw's registers were frozen.

    That is an application too, once: else conflicts declared in advance would say where a re-deal ends.
    """
    declared = tx.rosters.recusal(seat.agency, held.code, seat.inspector)
    if declared is not None and not tx.challenges.of_visit(held.id, seat.inspector):
        reason, by = declared
        enter(
            office,
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


def heard(tx: Tx, held: Visit, seat: Seat) -> list[Challenge]:
    """What the head has decided of applications about who sits in a seat, or that he or she has entered: the page says it, and why."""
    asked = tx.challenges.of_visit(held.id)
    return [one for one in asked if one.state is not ChallengeState.OPEN and seat.inspector in (one.inspector, one.applied_by)]


def tell_decided(office: Office, tx: Tx, held: Visit, made: Challenge, now: datetime) -> None:
    """Who goes, or has gone, and was meant by an application, or has entered it, hears that it is decided (art. 43).

    Who is recused and still sits hears that he or she need not go, once the seat is dealt again.
    """
    for seat in tx.visits.team(held.id):
        relieved = seat.inspector == made.inspector and seat.state.open and made.state is ChallengeState.GRANTED
        if seat.inspector in (made.inspector, made.applied_by) and not relieved and (seat.state.there):
            tell_seat(office, tx, held, seat, DECIDED, f"recusal{made.inspector}{made.number}", now)


def challenged(tx: Tx, held: Visit) -> frozenset[str]:
    """Whose recusal from a visit was applied for and not refused: what they do is marked from then on."""
    asked = tx.challenges.of_visit(held.id)
    return frozenset(one.inspector for one in asked if one.state is not ChallengeState.REFUSED)
