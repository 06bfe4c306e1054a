"""Visits that were made before the seats of their team passed on, written down: what is known of who sat there, and what follows.

The rule is `domain.attesting`; officers say it in `flows.attesting`. The caller holds the visit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from inspector.domain import appointing, attesting
from inspector.domain.attested import Attested
from inspector.domain.attesting import READ, SCANNED, CheckIn, Sitting
from inspector.domain.decision import Decision
from inspector.domain.errors import Missing, Refusal
from inspector.domain.fieldnote import Times, day, written
from inspector.domain.person import same
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.domain.visitcode import ArrivalHow, EntryScan
from inspector.flows import challenges, holders, stopped
from inspector.flows.assign import owe
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seats import AWAITED, CONFLICT, LAPSED_NOTE, SHORT, put_seat, short_of, tell_off, tell_seat
from inspector.store.tx import Tx

RULES = frozenset({"leave", "uncertified"})
"""Reasons of the register, known by a date, for which a seat passes on unless its team had been there before."""
_LEFT = ("seat.decline", "seat.expire", "seat.lapse", "seat.relieve")


def look(office: Office, tx: Tx, held: Visit, agency: str, now: datetime) -> Visit | None:
    """The visit, where a check-in that the house holds proves that an agency's team made it, though seats have passed on; else None.

    Once that stood and stands no longer (`unmade`) the rule says it no more, and officers do: else one of that team could keep the next
    one away by a word, and might know already whom the lot names.
    """
    if not held.state.open or agency in held.vouched or agency not in held.owing:
        return None
    if any(told["agency"] == agency for _, told in tx.ledger.facts(("visit.unmade",), held.id)):
        return None
    seen = sittings(office, tx, held)
    told = attesting.proven(agency, seen, _checked_in(office, tx, held, agency), office.calendar)
    if told is None:
        return None
    return stands(office, tx, held, told, attesting.by_rule(held, told, tx.draws.pack_of(held.draw, agency)), now)


def stands(office: Office, tx: Tx, held: Visit, told: Attested, decision: Decision[Visit], now: datetime) -> Visit:
    """It was made by who sat there then: their seats are, whoever was dealt since need not go, and nobody need be asked."""
    changed, pack = tx.visits.put(decision.state), decision.because.pack
    record(tx, held.id, decision, now, {"agency": told.agency})
    own = [one for one in tx.visits.team(held.id) if one.agency == told.agency]
    since = [one for one in own if one.state.open and one.name not in told.seats]
    steps = [attesting.stood(one, told.on, pack) for one in own if one.name in told.seats]
    steps += [attesting.needless(one, pack) for one in since]
    was = {one.name: one for one in own}
    for step in steps:
        put_seat(tx, was[step.state.name], step.state, now)
        record(tx, held.id, step, now, {"seat": step.state.name, "seat_state": step.state.state.value})
        stopped.end(tx, step.state.work, now)
    for seat in (step.state for step in steps if step.state.state.made):
        tell_seat(office, tx, changed, seat, AWAITED, str(changed.version), now)
    tell_off(office, tx, changed, since, now)
    about = short_of(held, told.agency)
    tx.attention.over(f"{LAPSED_NOTE}:{about}", now)
    tx.attention.over(f"{SHORT}:{about}", now)
    if appointing.made(changed):
        tx.attention.over(f"{CONFLICT}:{held.id}", now)
    return changed


def unmade(office: Office, tx: Tx, held: Visit, agency: str, reason: str, now: datetime) -> Visit:
    """That its team made it stands no longer: the visit is owed, and a supplementary draw deals it a team by a seed of its own.

    Whoever can have that said would choose who goes, were its seats dealt again by the rule. What the team has noted is kept and read.
    """
    pack = tx.draws.pack_of(held.draw, agency)
    own = [one for one in tx.visits.team(held.id) if one.agency == agency and one.state.made]
    decision = attesting.unmade(held, agency, reason, pack)
    changed = tx.visits.put(decision.state)
    record(tx, held.id, decision, now, {"agency": agency})
    for seat in own:
        step = attesting.passed_on(seat, pack)
        put_seat(tx, seat, step.state, now)
        record(tx, held.id, step, now, {"seat": seat.name, "seat_state": step.state.state.value})
    if changed.state is not VisitState.OWED:
        owe(tx, office, changed, agency, reason, now)
    tell_off(office, tx, held, own, now)
    return tx.visits.get(held.id)


def ask(tx: Tx, held: Visit, seat: Seat, on: date | None, now: datetime) -> None:
    """An officer asks what it means that something comes from who does not go, or is gone: was the visit made? (`attesting.say`)"""
    asked = attesting.asked_of(held, seat.agency)
    facts = {
        "draw": held.draw,
        "seat": seat.name,
        "by": seat.inspector,
        "on": on.isoformat() if on else None,
        "cases": list(held.cases_of(seat.agency)),
        **({"officer": asked.by[0]} if asked is not None else {}),
    }
    tx.attention.open(LAPSED_NOTE, seat.agency, short_of(held, seat.agency), facts, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """What the house holds of who was there: a reading of a code, a note or a photo, `by` a seat, when by phones' clocks and by ours."""

    kind: str
    by: str
    at: datetime | None
    came: datetime


def traces(tx: Tx, held: Visit, agency: str) -> list[Trace]:
    """Everything by which officers may know that an agency's team made a visit, as it came in; the words stand with its cases."""
    notes = [("note", one.seat, one.times) for one in tx.fieldnotes.notes(held.id, agency)]
    photos = [("photo", one.seat, one.times) for one in tx.fieldnotes.photos(held.id, agency)]
    told = [Trace(kind=kind, by=by, at=written(held, times), came=times.received_at) for kind, by, times in (*notes, *photos)]
    scans = (one for one in tx.entryscans.of_visit(held.id) if one.seat)
    told += [Trace(kind=READ, by=one.seat or "", at=read_at(held, one), came=one.received_at) for one in scans]
    return sorted(told, key=lambda one: one.came)


def passed_on(office: Office, tx: Tx, held: Visit, seat: Seat, now: datetime) -> None:
    """A seat has passed on by the register, and its team had sent something from the spot: an officer is asked."""
    team = {one.name for one in tx.visits.team(held.id) if one.agency == seat.agency and one.accepted}
    notes = [one for one in tx.fieldnotes.notes(held.id, seat.agency) if one.seat in team and not one.times.apart]
    photos = [one for one in tx.fieldnotes.photos(held.id, seat.agency) if one.seat in team and not one.times.apart]
    times = [*(one.times for one in photos), *(one.times for one in notes)]
    if held.state.open and times:
        on = notes[-1].on if notes else None
        on = on or day(held, times[-1], office.calendar)
        ask(tx, held, seat, on or office.calendar.local_date(times[-1].received_at), now)


def sat(office: Office, tx: Tx, held: Visit, seat: Seat, at: datetime | None) -> bool:
    """Whether who sat in a seat sat there at a moment."""
    return at is not None and any(one.seat.name == seat.name and one.sat(at) for one in sittings(office, tx, held))


def read_at(held: Visit, scan: EntryScan) -> datetime | None:
    """When a firm's phone had read a code, by how long that lay there; None where nobody can say."""
    return written(held, Times(captured_at=scan.at, sent_at=scan.sent_at, received_at=scan.received_at))


def sittings(office: Office, tx: Tx, held: Visit) -> tuple[Sitting, ...]:
    """Who sat where at a visit and until when, by the ledger, and what the register has of them now."""
    left = {(told.get("inspector"), told.get("place")): at for at, told in tx.ledger.facts(_LEFT, held.id)}
    owed = [at for at, _ in tx.ledger.facts(("visit.owe",), held.id)]
    return tuple(_sitting(office, tx, held, one, left.get((one.inspector, one.place)), owed) for one in tx.visits.team(held.id))


def _sitting(office: Office, tx: Tx, held: Visit, seat: Seat, left: datetime | None, owed: list[datetime]) -> Sitting:
    until = None if seat.state.there else left
    if until is None and not seat.state.there:  # called off with its team: it sat until that; of who was dealt for nothing, never
        until = owed[-1] if seat.state is SeatState.CANCELLED and owed else seat.ordered_at
    try:
        person, removed_at = tx.rosters.removed(seat.agency, seat.inspector)
    except Missing:
        return Sitting(seat=seat, until=until, person=None)
    apart = "declined" if seat.state is SeatState.DECLINED else ""
    apart = "recused" if challenges.granted(tx, held, seat.inspector) else apart
    apart = "exchanged" if not apart and holders.exchanged(office, tx, held.draw, person) else apart
    return Sitting(seat=seat, until=until, person=person, apart=apart, left=removed_at is not None or not person.in_post)


def _checked_in(office: Office, tx: Tx, held: Visit, agency: str) -> Iterator[CheckIn]:
    """The check-ins that the house holds: a firm's phone has read the code of that day, or an inspector's has scanned the firm's."""
    for scan in tx.entryscans.of_visit(held.id):
        at = read_at(held, scan)
        if scan.seat and at is not None and office.calendar.local_date(at) == scan.day:
            yield CheckIn(seat=scan.seat, at=at, came=scan.received_at, kind=READ)
    for note in tx.fieldnotes.notes(held.id, agency):
        at = written(held, note.times)
        if note.arrival is ArrivalHow.SCANNED and at is not None and not note.times.apart:
            yield CheckIn(seat=note.seat, at=at, came=note.times.received_at, kind=SCANNED)


def refuse(tx: Tx, about: str, agency: str, by: str, attention_id: str, now: datetime) -> None:
    """The matter is closed by who does not agree that the visit was made: then nothing is kept of what another one has said of it.

    Raises Refusal (`attention_own`) for who has said it.
    """
    held = tx.visits.get(about.partition(":")[0], lock=True)
    if (asked := attesting.asked_of(held, agency)) is None:
        return
    if same(asked.by[0], by):
        raise Refusal("attention_own", attention=attention_id, by=by)
    denied = attesting.denied(held, agency, by, tx.draws.pack_of(held.draw, agency))
    tx.visits.put(denied.state)
    record(tx, held.id, denied, now, {"agency": agency})
