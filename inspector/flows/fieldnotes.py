"""Notes and photos from the spot: taken in whenever they come, brought together with the team's, and never written over.

Every operation is called in the caller's transaction and raises Invalid, Refusal or Forbidden before anything is written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import date, datetime

from inspector.domain import result, version
from inspector.domain.checksheet import NO_SHEET, Sheet
from inspector.domain.collated import SheetClash
from inspector.domain.decision import Because, Decision
from inspector.domain.errors import Invalid, Missing
from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import FieldNote, Photo, Place, Times, before_team, day, is_late, noted, taken
from inspector.domain.finding import UNMET, Doubt, Finding, Seen
from inspector.domain.inorder import superseded
from inspector.domain.peace import made as made_on
from inspector.domain.version import Came, Choice, Clash, Gathered
from inspector.domain.visit import Seat, Visit
from inspector.domain.visitcode import ArrivalHow, arrived
from inspector.flows import attested, clues, dispatch, gone, listing, peace, secondlook, supervision, teamnotes
from inspector.flows.checksheets import on_sheet
from inspector.flows.office import Office
from inspector.flows.record import record
from inspector.flows.seated import by_name, pack
from inspector.flows.seats import short_of
from inspector.flows.selfproof import Taken
from inspector.flows.versions import gathered as gathered_of
from inspector.flows.versions import look_at, part_of, standing
from inspector.store.tx import Tx, new_id

UNSAID = Place()
"""Where nobody says where it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What a phone, or a form, says of what was seen; `arrival`: how the firm's code was read, and what was read."""

    findings: tuple[Finding, ...]
    seen: Seen | None
    remarks: str
    on: date | None
    place: Place = UNSAID
    captured_at: datetime | None = None
    sent_at: datetime | None = None
    sheet: Sheet = NO_SHEET
    arrival: tuple[ArrivalHow, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """What a phone says of a photo: `digest` is the SHA-256 that it made when the photo was taken.

    `named_at`: when a platform's result named it that gives it only now; it is one of that moment, whoever has left meanwhile.
    """

    digest: str
    case_id: str
    claim: str
    remark: str
    place: Place
    captured_at: datetime | None
    sent_at: datetime | None
    named_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """All that has come from the spot of one agency's visit, and what it comes to; `lead` decides between versions."""

    notes: tuple[FieldNote, ...]
    photos: tuple[Photo, ...]
    choices: tuple[Choice, ...]
    gathered: Gathered
    lead: Seat | None


def field_of(office: Office, tx: Tx, held: Visit, agency: str) -> Field:
    """What has come from the spot of a visit by an agency's team."""
    notes, choices = tx.fieldnotes.notes(held.id, agency), tx.fieldnotes.choices(held.id, agency)
    return Field(
        notes=tuple(notes),
        photos=tuple(tx.fieldnotes.photos(held.id, agency)),
        choices=tuple(choices),
        gathered=gathered_of(office, tx, held, agency),
        lead=version.lead(gone.team(tx, held), agency),
    )


def enter(
    office: Office, tx: Tx, name: str, given: Noted, now: datetime, *, whole: bool = False
) -> tuple[FieldNote, Came, Gathered]:
    """A note comes in. With the last fact answered, and no two answers that differ, it is the team's result.

    `whole`: it must answer every fact in question by itself, as a form does whose page says beside it what lacks.
    """
    held, seat, exempt = _locked(tx, name)
    given = replace(given, findings=teamnotes.about_now(office, tx, held, given.findings))
    before = teamnotes.of_before(tx, held, seat.agency)
    times = Times(captured_at=given.captured_at, sent_at=given.sent_at, received_at=now)
    times = replace(times, late=is_late(held, seat.agency, times))
    times, seat = gone.marked(tx, held, seat, times), gone.passed(tx, held, seat)
    on = given.on or day(held, times, office.calendar)
    made = made_on(held, on, peace.of(office, tx, held), now, office.calendar)
    listed = replace(held, unpublished=tuple(sorted(listing.unlisted(office, tx, held, made.on))))
    note = _as_note(held, seat, given, on, times)
    policy = pack(tx, held)
    team = tx.visits.team(held.id)
    former = before_team(held, team, note, on, office.calendar)
    may = (*exempt, *before)
    decision = noted(listed, team, seat, note, may, policy, *on_sheet(office, tx, held, seat.agency), former=former)
    if whole:
        result.whole(held, seat, given.findings)
    tx.fieldnotes.add(note)
    record(tx, held.id, decision, now, {"agency": seat.agency, "seat": seat.name})
    if (seat.lapsed or former) and attested.look(office, tx, tx.visits.get(held.id), seat.agency, now) is not None:
        held, seat = by_name(tx, name)
    elif seat.lapsed or former:
        attested.ask(tx, held, seat, on, now)
        teamnotes.apart(tx, held, seat, note, now)
        told = version.gather((), ()) if seat.lapsed else gathered_of(office, tx, held, seat.agency)  # what others say is theirs
        return note, Came.KEPT, told
    past = {(one.case_id, one.claim) for one in before} - {(one.case_id, one.claim) for one in exempt}
    _keep_past(office, tx, held, note, past, made.on, now)
    held = tx.visits.get(held.id)
    if part_of(held, seat.agency) is not None or not held.state.open:
        _beside(office, tx, held, note, past, made.on, now)
        gathered = look_at(office, tx, held, seat.agency, now, spoke=seat.name)
        return note, Came.CLASH if gathered.clashing else Came.KEPT, gathered
    return note, *_go_on(office, tx, held, seat, now)


def report(office: Office, tx: Tx, name: str, given: Noted, now: datetime) -> Came:
    """A whole result that one of the team has entered by another door than the page, with what the team's notes say beside it.

    Nothing that a colleague has seen is lost by it: a finding stays one, remarks are kept, and where two say different things of one
    fact this one is entered and the lead decides (`look_at`). One with a check sheet is a note as well, for there the sheet stands.
    From a seat that has passed on it is a note, as from a phone: kept, and an officer asks whether the visit was made (`enter`).
    Raises as `dispatch.report` does, and what `noted` does of a sheet.
    """
    held, seat, exempt = _locked(tx, name)
    if seat.lapsed or gone.called_off(held, seat):
        return enter(office, tx, name, given, now)[1]
    given = replace(given, findings=teamnotes.about_now(office, tx, held, given.findings))
    said = _as_note(held, seat, given, given.on, Times(captured_at=None, sent_at=None, received_at=now))
    if not given.sheet.empty:
        said = replace(said, times=replace(said.times, late=is_late(held, seat.agency, said.times)))
        team, sheet = tx.visits.team(held.id), on_sheet(office, tx, held, seat.agency)
        tx.fieldnotes.add(said)
        record(
            tx,
            held.id,
            noted(held, team, seat, said, exempt, pack(tx, held), *sheet),
            now,
            {"agency": seat.agency, "seat": seat.name},
        )
    gathered = gathered_of(office, tx, held, seat.agency, [] if not given.sheet.empty else [said])
    found = {(one.case_id, one.claim): one for one in (*given.findings, *gathered.findings)}
    seen = None if given.seen is None and gathered.seen is Seen.NOTHING else gathered.seen  # nobody says that for who enters it
    on = given.on or gathered.on
    entered = dispatch.report(office, tx, name, found.values(), gathered.remarks, now, seen=seen, on=on)
    look_at(office, tx, entered, seat.agency, now, spoke=seat.name)
    return Came.RESULT


def photo(office: Office, tx: Tx, name: str, what: Taken, given: Shot, most: int, now: datetime) -> Photo:
    """A photo comes in; the same bytes twice from one seat are one beside one fact. Beside another they are kept once, and told twice.

    Raises Invalid (`photo_digest_differs`) and what `taken` does.
    """
    held, seat, exempt = _locked(tx, name)
    if given.digest != what.received:
        raise Invalid("photo_digest_differs", field="digest")
    own = [one for one in tx.fieldnotes.photos(held.id, seat.agency) if one.seat == seat.name]
    same = [one for one in own if one.received == what.received]
    if (before := next((one for one in same if one.about == (given.case_id, given.claim)), None)) is not None:
        return before
    times = Times(captured_at=given.captured_at, sent_at=given.sent_at, received_at=now)
    named = replace(times, sent_at=given.named_at, received_at=given.named_at) if given.named_at is not None else times
    times = replace(times, late=is_late(held, seat.agency, named))
    if given.named_at is None:
        times, seat = gone.marked(tx, held, seat, times), gone.passed(tx, held, seat)
    came = Photo(
        receipt="",
        visit=held.id,
        seat=seat.name,
        agency=seat.agency,
        inspector=seat.inspector,
        digest=hashlib.sha256(what.kept.content).hexdigest(),
        received=what.received,
        kind=what.kept.kind,
        size=len(what.kept.content),
        case_id=given.case_id,
        claim=given.claim,
        remark=given.remark,
        place=given.place,
        times=times,
    )
    beside = (*exempt, *teamnotes.of_before(tx, held, seat.agency))
    cases = {*held.cases_of(seat.agency), *(one.case_id for one in beside)}
    on = day(held, named, office.calendar) or office.calendar.local_date(named.received_at)
    listed = replace(held, unpublished=tuple(sorted(listing.unlisted(office, tx, held, on))))
    team = tx.visits.team(held.id)
    former = before_team(held, team, came, on, office.calendar)
    decision = taken(listed, team, seat, came, cases, len(own), most, pack(tx, held), former=former)
    receipt = record(tx, held.id, decision, now, {"agency": seat.agency, "seat": seat.name})
    came = replace(came, receipt=receipt)
    tx.materials.keep(held.id, came.digest, came.kind, what.kept.content, now)
    tx.fieldnotes.keep(came, again=bool(same))
    if _asks(held, seat, came, former=former) and given.named_at is None:
        attested.ask(tx, held, seat, on, now)
    return came


def choose(  # noqa: PLR0913 - a choice in all its parts
    office: Office,
    tx: Tx,
    name: str,
    case_id: str,
    claim: str,
    note: str,
    reasons: str,
    now: datetime,
    *,
    captured_at: datetime | None = None,
    shown: Collection[str] = (),
) -> Came:
    """The team's lead says which of two versions stands, of those that were `shown`; if nothing else lacks it is the team's result."""
    held, seat, _ = _locked(tx, name)
    told = gathered_of(office, tx, held, seat.agency)
    clash: Clash | SheetClash | None = next((one for one in told.clashes if (one.case_id, one.claim) == (case_id, claim)), None)
    if not case_id:
        clash = next((one for one in told.sheet.clashes if one.line == claim), None)
    team, said = gone.team(tx, held), {"number": new_id(), "pack": pack(tx, held)}
    decision = version.choose(held, team, seat, clash, note, reasons, **said, now=now, captured_at=captured_at, shown=shown)
    tx.fieldnotes.choose(decision.state)
    record(tx, held.id, decision, now, {"agency": seat.agency, "seat": seat.name})
    if part_of(held, seat.agency) is not None or not held.state.open:
        return Came.CLASH if look_at(office, tx, held, seat.agency, now, spoke=seat.name).clashing else Came.KEPT
    return _go_on(office, tx, held, seat, now)[0]


def go_on(office: Office, tx: Tx, name: str, now: datetime) -> None:
    """That a team made its visit has come to stand (`attested`): what its notes say already is its result, where nothing lacks.

    The caller holds its cases and the visit.
    """
    held, seat = by_name(tx, name)
    _go_on(office, tx, held, seat, now)


def looked(tx: Tx, held: Visit, digest: str, by: str, now: datetime) -> bytes:
    """A photo, to be seen by an officer; who has looked at it is on record. Raises Missing."""
    content = tx.materials.content(held.id, digest)
    because = Because(rule="visit.looked", basis=(), pack="", facts={"by": by, "digest": digest})
    record(tx, held.id, Decision(state=None, because=because), now, {})
    return content


def photo_of(tx: Tx, held: Visit, agency: str, digest: str) -> Photo:
    """A photo of a visit by what is kept of it. Raises Missing."""
    found = next((one for one in tx.fieldnotes.photos(held.id, agency) if one.digest == digest), None)
    if found is None:
        raise Missing("material_unknown", digest=digest)
    return found


def _locked(tx: Tx, name: str) -> tuple[Visit, Seat, tuple[Doubt, ...]]:
    """A seat's visit, held to the end of the transaction behind its cases, as everywhere; and what may be answered beside it."""
    before, seat = by_name(tx, name)
    exempt = supervision.beside(tx, before, seat.agency)
    tx.cases.lock({*before.case_ids, *(doubt.case_id for doubt in exempt)})
    held, seat = by_name(tx, name, lock=True)
    return held, seat, exempt


def _asks(held: Visit, seat: Seat, came: Photo, *, former: bool) -> bool:
    """Whether an officer is asked what it means that a photo comes: from a seat that has passed on, or with a team of before, as of a note.

    Of who is gone since nobody asks once the visit is over.
    """
    return held.state.open if came.times.apart else seat.lapsed or former


def _as_note(held: Visit, seat: Seat, given: Noted, on: date | None, times: Times) -> FieldNote:
    return FieldNote(
        id=new_id(),
        visit=held.id,
        seat=seat.name,
        agency=seat.agency,
        inspector=seat.inspector,
        findings=given.findings,
        seen=given.seen,
        remarks=given.remarks,
        on=on,
        place=given.place,
        times=times,
        sheet=given.sheet,
        arrival=arrived(held, *given.arrival) if given.arrival is not None else None,
        stated=given.on is not None,
    )


def _go_on(office: Office, tx: Tx, held: Visit, seat: Seat, now: datetime) -> tuple[Came, Gathered]:
    """The team's result is entered, once its notes answer everything and none of them differ."""
    gathered = look_at(office, tx, held, seat.agency, now, spoke=seat.name)
    if not gathered.whole:
        return Came.CLASH if gathered.clashing else Came.WAITS, gathered
    on = gathered.on or next((one.on for one in held.attested if one.agency == seat.agency), None)
    dispatch.report(office, tx, seat.name, gathered.findings, gathered.remarks, now, seen=gathered.seen, on=on)
    if seat.agency in held.vouched:
        teamnotes.entered(office, tx, held.id, seat.agency, now)
    return Came.RESULT, gathered


def _keep_past(
    office: Office, tx: Tx, held: Visit, note: FieldNote, past: AbstractSet[tuple[str, str]], on: date, now: datetime
) -> None:
    """What was seen of a promise of before is evidence about that, and enters no result; where it speaks against, a person reads it."""
    found = [one for one in note.findings if (one.case_id, one.claim) in past]
    for one in found:
        dispatch.weigh(tx, office, held, one, on, now, note.id)
    if against := [one for one in found if one.verdict is Verdict.MISMATCH]:
        teamnotes.tell(tx, held, by_name(tx, note.seat)[1], against, {note.id}, now)


def _beside(
    office: Office, tx: Tx, held: Visit, note: FieldNote, past: AbstractSet[tuple[str, str]], on: date, now: datetime
) -> None:
    """What comes after the result says more, or otherwise: it is evidence beside the result's, for whoever decides sees both.

    An inspector's earlier word that only comes now, which he or she has replaced since, stays a note.
    """
    former = superseded(held, note, tx.fieldnotes.notes(held.id, note.agency))
    stands = {(one.case_id, one.claim): one.verdict for one in standing(held, note.agency)}
    for finding in note.findings:
        about = finding.case_id, finding.claim
        if about not in (*former, *past) and stands.get(about) is not finding.verdict:
            dispatch.weigh(tx, office, held, finding, on, now, note.id)
    part = part_of(held, note.agency)
    if held.looks_at:
        secondlook.tell(tx, held, note.seen, now)
        return
    if not note.sheet.empty:
        clues.look(office, tx, held, by_name(tx, note.seat)[1], now)
    if note.seen in (Seen.FINDING, *UNMET) and (part is None or part.seen not in (Seen.FINDING, note.seen)):
        facts = {"draw": held.draw, "seat": note.seat, "cases": list(held.cases_of(note.agency))}
        tx.attention.open(supervision.FOUND, note.agency, short_of(held, note.agency), facts, now)
