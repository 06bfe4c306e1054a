"""Visit codes: made for the phones of a team, and read by firms' phones, which tell us of it when there is network."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inspector.domain import visitcode
from inspector.domain.errors import Invalid, Refusal
from inspector.domain.fieldnote import Times, written
from inspector.domain.roster import InspectorRecord
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.domain.visitcode import EntryScan, Person, VisitCode
from inspector.flows import attested, codeless, fieldnotes, peace, supervision
from inspector.flows.office import AgencyNode, Office
from inspector.flows.record import record
from inspector.flows.seated import pack
from inspector.flows.seats import short_of
from inspector.labels import of
from inspector.store.tx import Tx
from inspector.visitkeys import VisitKey

REPLAYED = "visit_code_replayed"
"""The matter of a code that more than one phone has read."""
OVER = "visit_certificate_over"
"""The matter of a code shown by somebody whose certificate was over on that day."""
APART = "visit_code_apart"
"""The matter of a code shown by somebody who does not go any more, or for a visit that had been called off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A code of one day, as text."""

    day: date
    code: VisitCode
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a firm's phone says: the text that it has read and found good, when (by its own clock), and when it sends this."""

    text: str
    phone: str
    at: datetime | None
    sent_at: datetime | None


def signing(office: Office, agency: str) -> VisitKey | None:
    """The key that signs for an agency: its own or the nearest one above it."""
    return next((key for one in office.line(agency) if (key := office.keys.signing.get(one)) is not None), None)


def codes(office: Office, tx: Tx, held: Visit, seat: Seat, now: datetime) -> tuple[Shown, ...]:
    """The codes that an inspector may show, of today and the next days; the same text whenever it is asked for.

    Raises Refusal: why there is none (`visit_code_unsigned`, `visit_code_person`, `visit_code_quiet`, and see `result.hindrance`).
    """
    key = signing(office, held.agency)
    if key is None:
        raise Refusal("visit_code_unsigned", agency=held.agency)
    team = tx.visits.team(held.id)
    if (refusal := visitcode.withheld(held, team, seat)) is not None:
        raise refusal
    today, due = office.calendar.local_date(now), office.calendar.local_date(held.due_at)
    days = visitcode.days(peace.known(office, tx, held, now), today, due)
    if not days:
        raise Refusal("visit_code_quiet", visit=held.id)
    node, mark, drawn = office.agency(held.agency), visitcode.visit_mark(held.id), tx.draws.get(held.draw)
    people, scope = _people(tx, team, seat), _scope(office, tx, held, node)
    told = []
    for day in days:
        code = VisitCode(
            agency=node.name,
            draw=held.draw,
            w=drawn.w or "",
            visit=mark,
            firm=visitcode.firm_mark(mark, held.code),
            people=people,
            scope=scope,
            first=datetime.combine(day, node.visit_from, now.tzinfo),
            last=datetime.combine(day, node.visit_until, now.tzinfo),
        )
        signed = visitcode.payload(code)
        told.append(Shown(day=day, code=code, text=visitcode.text_of(signed, key.sign(signed))))
    return tuple(told)


def scanned(office: Office, tx: Tx, given: Reading, now: datetime) -> tuple[EntryScan, int]:
    """A firm's phone has read a code: kept once for each code and phone; also how many phones have read it by now.

    One by which somebody came whose certificate was over that day is a matter: only who has one may enforce (Penalties Law art. 42), the
    firm may refuse whoever shows none (art. 55), and what was done there is for a person to judge. So is one by which somebody came who
    was not to go any more: a phone cannot know that, and the house does (handbook 1.2.18). One that more than one phone has read
    is a matter, and no more: a firm may have two phones at its gate, and a code that was photographed may have been shown elsewhere.
    Raises Invalid (`visit_code_unreadable`, `visit_code_false`) and Refusal (`visit_code_worn`).
    """
    signed, signature = visitcode.taken_apart(given.text)
    if not office.keys.believed(signed, signature):
        raise Invalid("visit_code_false", field="code")
    code, name = visitcode.read(signed), visitcode.name_of(signed)
    found = next((one for one in tx.visits.of_draw(code.draw) if visitcode.visit_mark(one.id) == code.visit), None)
    if found is None:
        raise Invalid("visit_code_false", field="code")
    tx.cases.lock({*found.case_ids, *(one.case_id for one in supervision.beside(tx, found, found.agency))})  # before the visit
    held = tx.visits.get(found.id, lock=True)
    before = tx.entryscans.of_code(name)
    if (same := next((one for one in before if one.phone == given.phone), None)) is not None:
        return same, len(before)
    if len(before) >= visitcode.MOST_PHONES:
        raise Refusal("visit_code_worn", most=visitcode.MOST_PHONES)
    team = tx.visits.team(held.id)
    shows = visitcode.shown_by(code, _sat(tx, team))
    off = held.state in (VisitState.CANCELLED, VisitState.CEASED)
    before_off = off and _before_off(tx, held, given, now)
    scan = EntryScan(
        code=name,
        phone=given.phone,
        visit=held.id,
        agency=held.agency,
        at=given.at,
        sent_at=given.sent_at,
        received_at=now,
        day=code.first.date(),
        seat=(shows.name if shows is not None else "") if code.people else None,
    )
    then = (
        held.state.open
        and shows is not None
        and scan.seat is not None
        and attested.sat(office, tx, held, shows, attested.read_at(held, scan))
    )
    apart = (off and not before_off) or bool(code.people and not then and not _goes(tx, shows, before_off=before_off))
    late = now > code.last + timedelta(days=1)
    over = visitcode.lapsed(code, (_person(one) for one in _registered(tx, team)))
    by = pack(tx, held)
    told = visitcode.scanned(held, scan, late, len(before) + 1, by, tuple(one.certificate for one in over), apart=apart)
    record(tx, held.id, told, now, {"agency": held.agency})
    tx.entryscans.keep(scan)
    if then and shows is not None and not shows.state.there:
        _was_there(office, tx, held, shows, scan.day, now)
    codeless.scanned(office, tx, tx.visits.get(held.id), by, now)
    if over:
        lapse = {"draw": held.draw, "day": code.first.date().isoformat(), "certificates": [one.certificate for one in over]}
        tx.attention.open(OVER, held.agency, short_of(held, held.agency), lapse, now)
    if apart:
        told_of = {"draw": held.draw, "day": code.first.date().isoformat(), "seat": scan.seat or "", "state": held.state.value}
        tx.attention.open(APART, held.agency, short_of(held, held.agency), told_of, now)
    if before:
        facts = {"draw": held.draw, "code": name[:16], "phones": len(before) + 1}
        tx.attention.open(REPLAYED, held.agency, short_of(held, held.agency), facts, now)
    return scan, len(before) + 1


def _people(tx: Tx, team: tuple[Seat, ...], shows: Seat) -> tuple[Person, ...]:
    """Who comes, whoever shows the code first, with the numbers of the certificates that they must show."""
    there = [one for one in team if visitcode.goes(one)]
    return tuple(_person(one) for one in _registered(tx, sorted(there, key=lambda one: one.name != shows.name)))


def _sat(tx: Tx, seats: Iterable[Seat]) -> Iterator[tuple[Seat, Person]]:
    """Who sits or sat there, with the card that the register has, or had."""
    for seat in seats:
        yield seat, _person(tx.rosters.removed(seat.agency, seat.inspector)[0])


def _was_there(office: Office, tx: Tx, held: Visit, shows: Seat, on: date | None, now: datetime) -> None:
    """By its phone a code was read while who showed it sat there, and it tells now: the rule says it, or officers do."""
    if attested.look(office, tx, held, shows.agency, now) is None:
        attested.ask(tx, held, shows, on, now)
    else:
        fieldnotes.go_on(office, tx, shows.name, now)


def _before_off(tx: Tx, held: Visit, given: Reading, now: datetime) -> bool:
    """Whether a code was read before its visit was called off, by how long that lay in the firm's phone; not where none can say."""
    read = written(held, Times(captured_at=given.at, sent_at=given.sent_at, received_at=now))
    ended = [at for at, _ in tx.ledger.facts(("visit.cancel", "visit.replace", "visit.ceased"), held.id)]
    return read is not None and bool(ended) and read < ended[-1]


def _goes(tx: Tx, seat: Seat | None, *, before_off: bool) -> bool:
    """Whether who shows a code makes the visit: who was struck off the register does not, also before anybody has looked.

    `before_off`: who went then until all was called off.
    """
    if seat is None or not (visitcode.goes(seat) or (before_off and seat.state is SeatState.CANCELLED)):
        return False
    return seat.state.made or tx.rosters.in_force(seat.agency, seat.inspector) is not None


def _registered(tx: Tx, seats: Iterable[Seat]) -> Iterator[InspectorRecord]:
    """What the register says now of those who sit there; nothing of whom it does not know any more."""
    for seat in seats:
        if (held := tx.rosters.in_force(seat.agency, seat.inspector)) is not None:
            yield held


def _person(held: InspectorRecord) -> Person:
    return Person(name=held.name, certificate=held.certificate, until=held.certificate_until)


def _scope(office: Office, tx: Tx, held: Visit, node: AgencyNode) -> tuple[str, ...]:
    """The items that the visit is about, by their names; what kind of check it is where it serves no case."""
    cases = [tx.cases.get(one) for one in held.case_ids]
    names = [office.book.get(case.pack).item(case.item).name for case in cases]
    return visitcode.shortened(names or [of(held.check, node.language)])
