"""A visit's date has passed without a result: a person is told, and in the end whoever has accepted and was not heard of makes room.

Somebody who says yes and does not go stops a visit longer than one who says nothing (issue 6: an acceptance expires); so does a team whose
made visit stands and that enters nothing of it. Nothing is held
against anybody by it. Nobody's acceptance ends while the visit could not be made, while anything at all has come from the spot, or by
hours in which this house was not there to hear: what waits on a phone is taken in afterwards, too (`fieldnotes`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from inspector.domain import appointing, lapsing
from inspector.domain import peace as windows
from inspector.domain.attested import UNENTERED
from inspector.domain.calendar import due
from inspector.domain.decision import Order, OrderKind
from inspector.domain.policy import Policy
from inspector.domain.start import StartEvent
from inspector.domain.timer import Timer
from inspector.domain.visit import LAPSED, Seat, Visit, VisitState
from inspector.flows import attempts, attested, codeless, peace, relief, seatlink, stopped, teamnotes
from inspector.flows.assign import redeal
from inspector.flows.office import Office
from inspector.flows.seated import settle_seat
from inspector.flows.seats import CONFLICT, OVERDUE, tell_off
from inspector.flows.settle import Settlement
from inspector.store.tx import Tx
from inspector.store.work import Work

_AWAY = timedelta(hours=1)
"""A look that comes so much after its date finds a house that was away, or could not keep up: then there is another term to be heard."""


def visit_due(work: Work, office: Office) -> Settlement:
    """The visit's date has passed without a result: a person is told. Nothing is held against the subject."""

    def write(tx: Tx, now: datetime) -> None:
        held = tx.visits.get(str(work.payload["visit"]), lock=True)
        if held.state.open:
            tx.attention.open(OVERDUE, held.agency, held.id, {"due_at": held.due_at.isoformat()}, now)
            _missed(office, tx, held, now)
            _look_again(office, tx, held, 0, now)

    return Settlement(write=write)


def acceptance_over(work: Work, office: Office) -> Settlement:
    """The time to enter a result is over, too: the seats of a team that nothing was heard of pass on by the re-deal rule (ruling 15)."""

    def write(tx: Tx, now: datetime) -> None:
        held = tx.visits.get(str(work.payload["visit"]), lock=True)
        if not held.state.open:
            return
        if not _missed(office, tx, held, now) and not away(office, work, now):
            _pass_on(office, tx, held, now)
        _look_again(office, tx, tx.visits.get(held.id), int(work.payload["number"]) + 1, now)

    return Settlement(write=write)


def filing_due(work: Work, _office: Office) -> Settlement:
    """The date is over by which a visit was to be filed on which no code was read: a person is told, and the duty stays."""

    def write(tx: Tx, now: datetime) -> None:
        codeless.tell(tx, tx.visits.get(str(work.payload["visit"]), lock=True), now)

    return Settlement(write=write)


def away(office: Office, work: Work, now: datetime) -> bool:
    """Whether a look at a date finds a house that was not there to hear when it passed; by the machine's clock, as all lateness is."""
    return office.waited(work.due_at, now) >= _AWAY


def _pass_on(office: Office, tx: Tx, held: Visit, now: datetime) -> None:
    team, policy = tx.visits.team(held.id), _policy(office, tx, held)
    over = {seat.name: _over(office, held, seat, policy) for seat in team}
    gone = lapsing.lapsing(held, team, _heard(office, tx, held, team), over, now)
    for seat in gone:
        decision = lapsing.lapse(seat, over[seat.name], policy.label, policy.term(Timer.ENTRY).basis)
        settle_seat(tx, held, seat, decision, now)
        stopped.end(tx, seat.work, now)
        tell_off(office, tx, held, [seat], now)
        redeal(tx, office, tx.visits.get(held.id), decision.state, LAPSED, now)
    if gone:
        relief.look_at(office, tx, tx.visits.get(held.id), now)
    for agency in _unentered(office, tx, held, policy, now):
        attested.unmade(office, tx, tx.visits.get(held.id), agency, UNENTERED, now)


def _unentered(office: Office, tx: Tx, held: Visit, policy: Policy, now: datetime) -> list[str]:
    """The agencies whose team had made the visit before its seats passed on, and has answered nothing since, for the term for results.

    Who is not let enter anything, or has no link to enter it by, is not silent.
    """
    if held.unpublished or not held.released:
        return []
    since = {told["agency"]: at for at, told in tx.ledger.facts(("visit.attested",), held.id)}
    shut = {one.agency for one in tx.visits.team(held.id) if one.state.made and seatlink.closed(tx, one.name)}
    silent, term = (held.vouched & held.owing) - teamnotes.seen(office, tx, held) - shut, policy.term(Timer.ENTRY).term
    return [one for one in sorted(silent) if due(max(held.due_at, since[one]), term, office.calendar).at <= now]


def _over(office: Office, held: Visit, seat: Seat, policy: Policy) -> datetime:
    """When an acceptance is over: the term for results after the visit's date; of a seat given later, after the term of a visit."""
    begin = held.due_at
    if seat.ordered_at >= begin:
        begin = due(seat.ordered_at, policy.term(Timer.VISIT).term, office.calendar, StartEvent.SEAT_GIVEN).at
    return due(begin, policy.term(Timer.ENTRY).term, office.calendar).at


def _heard(office: Office, tx: Tx, held: Visit, team: Iterable[Seat]) -> set[str]:
    """The agencies of whose team anything has come from the spot: notes, photos, attempts to reach somebody, or a code that was read.

    What comes from who goes no more is no word of those who go now. Nor is a team silent of whom somebody has no link to enter anything by.
    """
    if codeless.readings(tx, held):
        return set(held.agencies)
    sitting = {seat.inspector for seat in team if seat.state.open}
    closed = {seat.agency for seat in team if seat.state.open and seatlink.closed(tx, seat.name)}
    tried = {
        agency
        for agency in held.agencies
        for one in attempts.of_visit(tx, held, agency)
        if one.by in sitting and one.at >= held.opened_at
    }
    return closed | tried | teamnotes.begun(office, tx, held)


def _missed(office: Office, tx: Tx, held: Visit, now: datetime) -> bool:
    """Whether nobody could go on the day that an officer had named, and windows close the next one: then an officer names another.

    Its team waits for that, and is not silent. One that is owed has no team: whom the next draw deals it has a date of its own. Whose
    team has sent something of that day was there: it is asked for its result, and nobody for another day.
    """
    if held.appointed is None or held.state is VisitState.OWED or not appointing.missed(held, now, office.calendar):
        return False
    if held.owing <= held.vouched | teamnotes.begun(office, tx, held, held.appointed.on):
        return False
    known = peace.known(office, tx, held, now)
    if not windows.closed(known, max(office.calendar.local_date(now), held.appointed.on + timedelta(days=1))):
        return False
    told = [f"{one.first.isoformat()}/{one.last.isoformat()}" for one in known.windows]
    tx.attention.open(CONFLICT, held.agency, held.id, {"due_at": held.due_at.isoformat(), "windows": told}, now)
    return True


def _look_again(office: Office, tx: Tx, held: Visit, number: int, now: datetime) -> None:
    """The next look, where the pack has a term for it and the visit is still to be made."""
    term = _policy(office, tx, held).terms.get(Timer.ENTRY)
    if term is None or not held.state.open:
        return
    at = due(now, term.term, office.calendar).at
    key = f"{OrderKind.VISIT_LAPSE.value}:{held.id}" + (f":{number}" if number else "")
    payload = {"visit": held.id, "number": number, "cases": list(held.case_ids)}
    tx.work.order([Order(kind=OrderKind.VISIT_LAPSE, key=key, due_at=at, urgent_by=at, payload=payload)], now)


def _policy(office: Office, tx: Tx, held: Visit) -> Policy:
    return office.book.get(tx.draws.pack_of(held.draw, held.agency))
