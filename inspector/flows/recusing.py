"""A conflict is declared, an application for recusal is made, the head decides (Penalties Law art. 43; handbook scenarios 33, 34, 36).

Who holds no seat at the object is kept from it in every draw to come. Who holds one goes on until the head has decided: then only
that seat is dealt again by the rule; where the register has moved one of the team before, the visit goes to a supplementary draw.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain import challenge
from inspector.domain.challenge import Applicant, Challenge, ChallengeState
from inspector.domain.errors import Forbidden, Missing
from inspector.domain.fieldnote import Times, is_late
from inspector.domain.person import same
from inspector.domain.roster import Recusal
from inspector.domain.visit import SeatState
from inspector.flows import attested, clashing, deputies, edits, embargo, gone, relief, stopped
from inspector.flows.challenges import (
    TOO_LATE,
    enter,
    head,
    known_as,
    parted,
    running,
    seat_name,
    seat_of,
    tell_decided,
    tell_head,
)
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seated import by_name, read
from inspector.flows.seats import ASKED
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx
from inspector.store.work import Work


def declare(  # noqa: PLR0913 - a declaration in all its parts
    office: Office,
    tx: Tx,
    agency: str,
    code: str,
    staff: str,
    *,
    applicant: Applicant,
    by: str,
    reason: str,
    evidence: str,
    now: datetime,
) -> list[Challenge]:
    """Keep an inspector from an object in draws to come; where he or she holds a seat at it, apply to the head instead.

    Returns the applications, none where it was declared at once; one that waits for the head already stands for this one. Whoever is
    told that somebody goes there has read of the draw before its time: that is an entry. Raises Missing, and Invalid where no evidence
    is named, before anybody looks who is seated: what is refused leaves no entry, and would tell for nothing who was drawn.
    """
    challenge.unsaid(by, reason, evidence)
    tx.draws.take_turn(agency)  # before visits are held; no frame is frozen that has this conflict and does not count it
    tx.rosters.inspector(agency, staff)
    seated = tx.visits.seated(agency, staff, code)
    tx.visits.lock(seated)
    made = []
    for visit_id in seated:
        held = tx.visits.get(visit_id, lock=True)
        seat, last = seat_of(tx, held, staff), next(reversed(tx.challenges.of_visit(visit_id, staff)), None)
        embargo.note(tx, held.draw, by, f"conflict:{staff}", now)
        if last is not None and last.state is ChallengeState.OPEN:
            made.append(last)
        elif last is None or last.state is ChallengeState.REFUSED:
            made.append(enter(office, tx, held, seat, applicant=applicant, by=by, reason=reason, evidence=evidence, now=now))
    if not made:
        if not tx.rosters.recused(agency, code, staff):
            edits.note_conflict(office, tx, agency, code, staff, by, now, holds=True)
        tx.rosters.declare(agency, code, staff, Recusal(reason), by)
    return made


def end(office: Office, tx: Tx, agency: str, code: str, staff: str, *, by: str, now: datetime) -> list[str]:
    """A declared conflict holds no longer, from the next draw on: by every code of the organisation by which it was declared.

    Returns these, for the one that is left would bar as before. Raises Missing (`conflict_unknown`).
    """
    tx.draws.take_turn(agency)
    ended = tx.rosters.end_conflict(agency, code, staff, now)
    if not ended:
        raise Missing("conflict_unknown", object=code, inspector=staff)
    for one in ended:
        edits.note_conflict(office, tx, agency, one, staff, by, now, holds=False)
    return ended


def apply(  # noqa: PLR0913 - an application in all its parts
    office: Office,
    tx: Tx,
    visit_id: str,
    staff: str,
    *,
    applicant: Applicant,
    by: str,
    reason: str,
    evidence: str,
    now: datetime,
) -> Challenge:
    """Apply that the inspector of a visit be recused. The visit is not suspended. Raises Missing, Refusal, Invalid."""
    held = tx.visits.get(visit_id, lock=True)
    seat = seat_of(tx, held, staff)
    return enter(office, tx, held, seat, applicant=applicant, by=by, reason=reason, evidence=evidence, now=now)


def at_door(  # noqa: PLR0913 - an application in all its parts
    office: Office,
    tx: Tx,
    name: str,
    staff: str,
    *,
    reason: str,
    evidence: str,
    now: datetime,
    captured_at: datetime | None = None,
    sent_at: datetime | None = None,
) -> Challenge:
    """The firm says at its door that one of the team is to stay away: whoever goes writes it down, of a colleague as of himself.

    The law gives the right to apply to whoever is checked, and suspends nothing meanwhile (art. 43). `captured_at`, `sent_at`: by the
    clock of the phone in which it may have lain. Raises what `apply` raises, and
    Forbidden (`seat_passed_on`) to whoever does not go.
    """
    held, seat = by_name(tx, name, lock=True)
    if not (held.released and (seat.state is SeatState.ACCEPTED or seat.state.made)):
        raise Forbidden("seat_passed_on")
    about, by = seat_of(tx, held, staff), seat.inspector
    times = Times(captured_at=captured_at, sent_at=sent_at, received_at=now)
    times = replace(times, late=is_late(held, about.agency, times))
    times = gone.marked(tx, held, seat, times)  # the firm's word that was written before counts as any other
    told = {"reason": reason, "evidence": evidence}
    return enter(office, tx, held, about, applicant=Applicant.FIRM, by=by, **told, now=now, times=times)


def undecided(work: Work, office: Office) -> Settlement:
    """The head has not decided yet: he or she is told anew, with the visit's date, as long as it is about somebody who goes."""

    def write(tx: Tx, now: datetime) -> None:
        seat, held = read(tx, work, lock=True)
        about = tx.challenges.of_visit(held.id, seat.inspector)
        last = next((one for one in about if one.number == work.payload["number"]), None)
        sits = seat.state.there
        if last is not None and last.state is ChallengeState.OPEN and sits:
            tell_head(office, tx, held, last, seat, now, int(work.payload["looks"]))

    return Settlement(write=write)


def decide(office: Office, tx: Tx, visit_id: str, staff: str, *, granted: bool, by: str, why: str, now: datetime) -> Challenge:
    """The head decides. Granted: the seat is dealt again, and the inspector is kept from the object in draws to come.

    A visit that stands as made by whom it is about, and has no result yet, is owed. One that was entered meanwhile stands, marked, and a
    person is told. Raises Missing (`challenge_unknown`), Refusal,
    Forbidden and Invalid (`challenge.decide`).
    """
    held = tx.visits.get(visit_id, lock=True)
    asked = tx.challenges.of_visit(visit_id, staff)
    if not asked:
        raise Missing("challenge_unknown", visit=visit_id, inspector=staff[:80])
    last, pack = asked[-1], tx.draws.get(held.draw).pack
    out = (*parted(tx, held), *known_as(tx, last.agency, staff))
    who = head(office, tx, held, last)
    decision = challenge.decide(last, out, who, granted=granted, by=by, why=why, pack=pack, now=now)
    tx.challenges.put(decision.state)
    record(tx, visit_id, decision, now, {})
    tell_decided(office, tx, held, decision.state, now)
    seat = seat_name(tx, visit_id, staff)
    if stead := decision.state.stead:  # of a head who goes along nobody reads so in a matter
        named = {"officer": stead} if any(same(stead, one) for one in who.names) else {}
        deputies.hear(office, tx, who.agency, seat, by, {**named, "visit": visit_id}, now)
    stopped.end(tx, [running(tx, seat, last)], now)
    tx.attention.close(f"{ASKED}:{seat}", now)
    if decision.state.state is not ChallengeState.GRANTED:
        if last.applicant is Applicant.REGISTER:
            tx.rosters.end_conflict(last.agency, held.code, staff, now)  # the head has said that it is none, by none of its codes
        return decision.state
    tx.rosters.declare(last.agency, held.code, staff, last.reason, by)
    own = [part for part in held.parts if part.agency == last.agency]
    if any(staff in part.challenged for part in held.parts) or any(part.at <= last.applied_at for part in own):
        tx.attention.open(TOO_LATE, last.agency, seat, {"visit": visit_id}, now)
    sat = any(one.state.made for one in tx.visits.team(held.id) if (one.agency, one.inspector) == (last.agency, staff))
    if sat and held.state.open and last.agency in held.vouched & held.owing:  # who is recused made no lawful visit (decision 219)
        held = attested.unmade(office, tx, held, last.agency, relief.RECUSED, now)
    relief.look_at(office, tx, held, now)
    clashing.pass_on(office, tx, held, now)
    return decision.state
