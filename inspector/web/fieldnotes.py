"""What comes from the spot over HTTP: notes and photos of a team, sent when there is signal, and the lead's choice between versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from starlette.responses import JSONResponse, Response

from inspector.domain.errors import Forbidden, Missing
from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import FieldNote, Photo, PlaceHow, Times
from inspector.domain.finding import Seen
from inspector.domain.known import knows
from inspector.domain.material import MaterialKind
from inspector.domain.version import Came, Clash, Gathered
from inspector.domain.visit import Seat, Visit
from inspector.domain.visitcode import ArrivalHow
from inspector.flows import embargo, fieldnotes, selfproof
from inspector.flows.fieldnotes import Field as FromField
from inspector.flows.fieldnotes import Noted, Shot
from inspector.flows.gone import at_door
from inspector.flows.seated import by_name
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.caller import Caller
from inspector.web.checksheets import NO_SHEET, CollatedShown, SheetIn, SheetShown, collated_shown, sheet_shown
from inspector.web.chosen import MadeShown, made_shown
from inspector.web.desk import AtDesk, Desk
from inspector.web.errors import READS, WRITES
from inspector.web.fields import NOTE, CaseId, ClaimName, ClockTime, Day, Digest, Line, MessageId, NamePath, Strict, Text
from inspector.web.links import BySeat
from inspector.web.material import SANDBOX, FileIn
from inspector.web.messages import FindingIn
from inspector.web.seatdoor import Seated, SeatLink, SeatRoute
from inspector.web.whereabouts import NOWHERE, ArrivalIn, PlaceIn

router = APIRouter(prefix="/v1/seats", tags=["visits"], route_class=SeatRoute)
_FILES = {kind.value: {"schema": {"type": "string", "format": "binary"}} for kind in MaterialKind}
_ENDINGS = {MaterialKind.JPEG: "jpg", MaterialKind.PNG: "png", MaterialKind.PDF: "pdf"}
Note = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=NOTE)]


class FromPhone(Strict):
    """When it was written or taken, and when it was sent: both as the phone's own clock says, which is stated and not trusted."""

    captured_at: ClockTime | None = None
    sent_at: ClockTime | None = None
    place: PlaceIn = NOWHERE


class NoteIn(FromPhone):
    """What one inspector has seen of the facts and beside them; without `visited_on` it is of the day it began to lie in the phone."""

    findings: Annotated[tuple[FindingIn, ...], Field(max_length=200)] = ()
    seen: Seen | None = None
    remarks: Text = ""
    visited_on: Day | None = None
    sheet: SheetIn = NO_SHEET
    arrival: ArrivalIn | None = None

    def noted(self) -> Noted:
        """As the flow takes it. Raises Invalid."""
        return Noted(
            findings=tuple(one.finding() for one in self.findings),
            seen=self.seen,
            remarks=self.remarks,
            on=self.visited_on,
            place=self.place.place(),
            captured_at=self.captured_at,
            sent_at=self.sent_at,
            sheet=self.sheet.sheet(),
            arrival=(self.arrival.how, self.arrival.code) if self.arrival is not None else None,
        )


class PhotoIn(FromPhone, FileIn):
    """A photo in base64: JPEG, PNG or PDF. `digest`: the SHA-256 of its bytes as they are sent, made when it was taken.

    A page that scales a photo down hashes what it sends, and says so in the remark.
    """

    digest: Digest
    case_id: CaseId | None = None
    claim: ClaimName | None = None
    remark: Text = ""

    def shot(self) -> Shot:
        """What is said of it. Raises Invalid."""
        return Shot(
            digest=self.digest,
            case_id=self.case_id or "",
            claim=self.claim or "",
            remark=self.remark,
            place=self.place.place(),
            captured_at=self.captured_at,
            sent_at=self.sent_at,
        )


class ChoiceIn(Strict):
    """Which version of a fact stands, by its note (`stands`: the one in the result), and why; of a line of the sheet no case is named.

    `shown` are the notes of the versions that lay before the lead, who may have been without signal: one that came meanwhile is
    decided by itself. Without it all that are there count as seen.
    """

    case_id: CaseId | Literal[""] = ""
    claim: Line
    note: Note
    reasons: Text
    shown: Annotated[tuple[Note, ...], Field(max_length=50)] = ()
    captured_at: ClockTime | None = None
    sent_at: ClockTime | None = None


class PlaceShown(Shown):
    """A place, and how it is known."""

    how: PlaceHow
    words: str
    latitude: float | None
    longitude: float | None
    within: float | None


class CameShown(Shown):
    """When captured and sent by the phone's clock, and received by ours; `clock_off`: seconds it is behind; `apart`: it decides nothing."""

    captured_at: datetime | None
    sent_at: datetime | None
    received_at: datetime
    late: bool
    apart: bool
    clock_off: int | None


class FoundShown(Shown):
    """An answer to one fact."""

    case_id: str
    claim: str
    verdict: Verdict
    note: str


class NoteShown(Shown):
    """A note as it was received."""

    id: str
    inspector: str
    findings: tuple[FoundShown, ...]
    seen: Seen | None
    remarks: str
    visited_on: date | None
    arrival: ArrivalHow | None
    place: PlaceShown
    came: CameShown
    sheet: SheetShown


class PhotoShown(Shown):
    """The receipt of a photo: `receipt` is its entry in the ledger; SHA-256 of the bytes as they came, and of those that are kept."""

    receipt: str
    inspector: str
    digest: str
    received: str
    kind: MaterialKind
    size: int
    case_id: str
    claim: str
    remark: str
    place: PlaceShown
    came: CameShown


class VersionShown(Shown):
    """One word on a fact; `note` names it, and `stands` is the one in the result."""

    note: str
    inspector: str
    verdict: Verdict
    words: str
    received_at: datetime


class ClashShown(Shown):
    """Different words of one team on one fact."""

    case_id: str
    claim: str
    versions: tuple[VersionShown, ...]


class MissingShown(Shown):
    """A fact that nobody of the team has answered."""

    case_id: str
    claim: str


class NotedShown(Shown):
    """What has become of a note, and what still keeps the team's result back."""

    note: str
    became: Came
    came: CameShown
    missing: tuple[MissingShown, ...]
    clashes: tuple[ClashShown, ...]


class ChosenShown(Shown):
    """What has become of the team's result with the choice."""

    became: Came


class FieldShown(Shown):
    """All that has come from the spot of a visit by one agency's team; `lead` decides between versions, `choices` are those made."""

    seat: str
    lead: str
    notes: tuple[NoteShown, ...]
    photos: tuple[PhotoShown, ...]
    missing: tuple[MissingShown, ...]
    clashes: tuple[ClashShown, ...]
    choices: tuple[MadeShown, ...]
    sheet: CollatedShown


@router.post("/{name}/notes", response_model=NotedShown, responses=WRITES)
def enter_note(desk: AtDesk, seated: SeatLink, given: NoteIn, message_id: MessageId = None) -> JSONResponse:
    """What an inspector has noted on the spot, sent at once or later. It is kept whatever others of the team have said.

    Once the team's notes answer every fact in question and none of them differ, they are its result.
    """
    return enter(desk, seated, given, message_id)


@router.post("/{name}/photos", response_model=PhotoShown, responses=WRITES)
def enter_photo(desk: AtDesk, seated: SeatLink, given: PhotoIn, message_id: MessageId = None) -> JSONResponse:
    """A photo of an inspector's, by the digest that was made when it was taken; the answer is its receipt.

    The same bytes twice are one beside one fact; beside another fact they have a receipt of their own, and are kept once.
    """
    taken = selfproof.take(given.decoded(desk.settings.max_material_bytes))
    shot, most = given.shot(), desk.settings.max_photos

    def do(tx: Tx, now: datetime) -> PhotoShown:
        return photo_shown(fieldnotes.photo(desk.office, tx, seated.name, taken, shot, most, now))

    said = given.model_copy(update={"content": taken.received, "sent_at": None})
    return seated.once(desk, message_id, "photo", said, do)


@router.post("/{name}/choices", response_model=ChosenShown, responses=WRITES)
def choose_version(desk: AtDesk, seated: SeatLink, given: ChoiceIn, message_id: MessageId = None) -> JSONResponse:
    """The team's lead says which of two versions stands, and why. The other one stays to be read."""
    return choose(desk, seated, given, message_id)


@router.get("/{name}/notes", responses=READS)
def show_field(desk: AtDesk, by: BySeat, name: NamePath) -> FieldShown:
    """What has come from the spot, with every version; by a token it is noted that it was read, as it is for the assignment."""

    def do(tx: Tx, now: datetime) -> FieldShown:
        held, seat = _let_in(tx, by, name)
        if not isinstance(by, str):
            embargo.note(tx, held.draw, by.name, f"api:notes:{name}", now)
        return field_shown(name, fieldnotes.field_of(desk.office, tx, held, seat.agency))

    return desk.act(do)


@router.get("/{name}/photos/{digest}", response_class=Response, responses=READS | {200: {"content": _FILES}})
def look_at_photo(desk: AtDesk, by: BySeat, name: NamePath, digest: Digest) -> Response:
    """A photo as it is kept, by the digest of that. Who of the agency has looked at it is an entry of the ledger."""

    def do(tx: Tx, now: datetime) -> Response:
        held, seat = _let_in(tx, by, name)
        kind = fieldnotes.photo_of(tx, held, seat.agency, digest).kind
        if isinstance(by, str):
            return as_file(tx.materials.content(held.id, digest), kind, digest)
        return as_file(fieldnotes.looked(tx, held, digest, by.name, now), kind, digest)

    return desk.act(do)


def as_file(content: bytes, kind: MaterialKind, digest: str) -> Response:
    """A file to be saved, under a policy that carries nothing in it out."""
    headers = {
        "Content-Disposition": f'attachment; filename="{digest[:16]}.{_ENDINGS[kind]}"',
        "Content-Security-Policy": SANDBOX,
    }
    return Response(content, media_type=kind.value, headers=headers)


def enter(desk: Desk, seated: Seated, given: NoteIn, message_id: str | None, *, whole: bool = False) -> JSONResponse:
    """A note, by interface and by form alike: one that a phone has sent by the form, without hearing the answer, counts once."""
    noted = given.noted()

    def do(tx: Tx, now: datetime) -> NotedShown:
        note, became, gathered = fieldnotes.enter(desk.office, tx, seated.name, noted, now, whole=whole)
        missing, clashes = _missing(gathered), tuple(clash_shown(one) for one in gathered.clashes)
        return NotedShown(note=note.id, became=became, came=came_shown(note.times), missing=missing, clashes=clashes)

    said = given.model_copy(update={"sent_at": None})  # each try is sent at another moment, and is the same message
    return seated.once(desk, message_id, "note", said, do)


def choose(desk: Desk, seated: Seated, given: ChoiceIn, message_id: str | None) -> JSONResponse:
    """A choice, by interface and by form alike."""

    def do(tx: Tx, now: datetime) -> ChosenShown:
        told = given.case_id, given.claim, given.note, given.reasons
        at, seen = given.captured_at, given.shown
        return ChosenShown(became=fieldnotes.choose(desk.office, tx, seated.name, *told, now, captured_at=at, shown=seen))

    said = given.model_copy(update={"sent_at": None})  # each try is sent at another moment, and is the same message
    return seated.once(desk, message_id, "choice", said, do)


def field_shown(name: str, told: FromField) -> FieldShown:
    """All of it as it goes out."""
    return FieldShown(
        seat=name,
        lead=told.lead.inspector if told.lead is not None else "",
        notes=tuple(_note_shown(one) for one in told.notes),
        photos=tuple(photo_shown(one) for one in told.photos),
        missing=_missing(told.gathered),
        clashes=tuple(clash_shown(one) for one in told.gathered.clashes),
        choices=tuple(made_shown(one, told.notes) for one in told.choices),
        sheet=collated_shown(told.gathered.sheet),
    )


def photo_shown(held: Photo) -> PhotoShown:
    """A photo's receipt."""
    plain = {name: getattr(held, name) for name in PhotoShown.model_fields if name not in ("place", "came")}
    return PhotoShown.model_validate({**plain, "place": held.place, "came": came_shown(held.times)})


def clash_shown(held: Clash) -> ClashShown:
    """Versions that differ."""
    versions = [
        VersionShown(
            note=one.note, inspector=one.inspector, verdict=one.finding.verdict, words=one.finding.note, received_at=one.at
        )
        for one in held.versions
    ]
    return ClashShown(case_id=held.case_id, claim=held.claim, versions=tuple(versions))


def _note_shown(held: FieldNote) -> NoteShown:
    return NoteShown(
        id=held.id,
        inspector=held.inspector,
        findings=tuple(FoundShown.model_validate(one) for one in held.findings),
        seen=held.seen,
        remarks=held.remarks,
        visited_on=held.on,
        arrival=held.arrival,
        place=PlaceShown.model_validate(held.place),
        came=came_shown(held.times),
        sheet=sheet_shown(held.sheet),
    )


def came_shown(times: Times) -> CameShown:
    """When something was captured, sent and received, as it goes out."""
    off = times.off
    return CameShown(
        captured_at=times.captured_at,
        sent_at=times.sent_at,
        received_at=times.received_at,
        late=times.late,
        apart=times.apart,
        clock_off=round(off.total_seconds()) if off is not None else None,
    )


def _missing(held: Gathered) -> tuple[MissingShown, ...]:
    return tuple(MissingShown(case_id=case_id, claim=claim) for case_id, claim in held.missing)


def _let_in(tx: Tx, by: Caller | str, name: str) -> tuple[Visit, Seat]:
    """The visit and seat, for the seat's own link while its inspector may know, or an officer of its agency. Raises Missing, Forbidden."""
    if not isinstance(by, str):
        by.reads()
    held, seat = at_door(tx, name) if isinstance(by, str) else by_name(tx, name)
    if isinstance(by, str) and not knows(held, seat):
        raise Forbidden("seat_passed_on")
    if not isinstance(by, str) and seat.agency not in by.sees:
        raise Missing("seat_unknown", seat=name)
    return held, seat
