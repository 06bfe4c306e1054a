"""Second looks over HTTP: what the first team entered, for whoever has accepted to look at it; and how many looks said what.

The work is shown and not whose it was. Each photo that is opened is an entry of the ledger about the visit it was taken at.
"""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter, Request
from starlette.responses import Response

from inspector.domain.attempt import AttemptWay
from inspector.domain.errors import InspectorError
from inspector.domain.finding import Finding, Seen
from inspector.domain.material import MaterialKind
from inspector.domain.secondlook import said
from inspector.domain.visit import Seat, Visit
from inspector.flows import attempts, fieldnotes, secondlook
from inspector.flows.gone import at_door
from inspector.store.tx import Tx
from inspector.web import seatdoor
from inspector.web.answers import Shown
from inspector.web.assigned import DoubtShown
from inspector.web.body import JsonRoute
from inspector.web.caller import ResultReader
from inspector.web.checksheets import CollatedShown, unnamed
from inspector.web.desk import AtDesk, Desk
from inspector.web.errors import READS, answers
from inspector.web.fieldnotes import CameShown, FoundShown, PlaceShown, as_file, field_shown
from inspector.web.fields import Digest, NamePath
from inspector.web.phone import shut
from inspector.web.seatdoor import SeatLink

router = APIRouter(prefix="/v1", tags=["visits"], route_class=JsonRoute)
pages = APIRouter(include_in_schema=False)
_SEEN = READS | answers(409)
"""A visit that is no second look, or one that nobody has accepted, shows nothing."""
_FILES = {kind.value: {"schema": {"type": "string", "format": "binary"}} for kind in MaterialKind}


class LookedNote(Shown):
    """A note of the first team, without who wrote it."""

    findings: tuple[FoundShown, ...]
    seen: Seen | None
    remarks: str
    visited_on: date | None
    place: PlaceShown
    came: CameShown


class LookedPhoto(Shown):
    """A photo of the first team, without who took it; `digest` opens it."""

    digest: str
    kind: MaterialKind
    size: int
    case_id: str
    claim: str
    remark: str
    place: PlaceShown
    came: CameShown


class LookedAttempt(Shown):
    """An attempt of the first team to reach the firm, without who made it."""

    at: datetime
    way: AttemptWay
    words: str


class LookedAtShown(Shown):
    """A result that is looked at again: what an agency's team had entered. `asked`: what was in question.

    `promised` says by claim what of it was promised: where the visit had several cases, what is true of the last of them alone. `sheet`:
    what its check sheets come to, with the firm's statement and signature, in which no `inspector` is named.
    """

    visit: str
    done_at: datetime | None
    visited_on: date | None
    seen: Seen | None
    remarks: str
    promised: dict[str, str]
    asked: tuple[DoubtShown, ...]
    findings: tuple[FoundShown, ...]
    notes: tuple[LookedNote, ...]
    photos: tuple[LookedPhoto, ...]
    sheet: CollatedShown
    attempts: tuple[LookedAttempt, ...]


class LooksShown(Shown):
    """How many looks of an agency are `open`, were called off, or said what (`nothing`, `finding`, `unclear`)."""

    agency: str
    became: str
    count: int


class LooksPage(Shown):
    """All looks of the agencies of the token, counted; nobody's name is near them, and nobody is ranked by them."""

    looks: tuple[LooksShown, ...]


@router.get("/seats/{name}/looked-at", responses=_SEEN)
def show_looked_at(desk: AtDesk, _link: SeatLink, name: NamePath) -> LookedAtShown:
    """What the first team entered, for who has accepted the second look."""

    def ask(tx: Tx) -> LookedAtShown:
        held, seat = at_door(tx, name)
        return work_of(desk, tx, held, seat)

    return desk.look(ask)


@router.get("/seats/{name}/looked-at/{digest}", response_class=Response, responses=_SEEN | {200: {"content": _FILES}})
def look_at_photo(desk: AtDesk, _link: SeatLink, name: NamePath, digest: Digest) -> Response:
    """A photo of the first team's. That it was opened for the look, and by whom, is an entry of the ledger."""
    return _photo(desk, name, digest)


@router.get("/second-looks", responses=READS)
def count_looks(desk: AtDesk, caller: ResultReader) -> LooksPage:
    """How many second looks said what, by agency."""
    rows = desk.look(lambda tx: secondlook.counted(tx, caller.sees))
    return LooksPage(looks=tuple(LooksShown(agency=agency, became=became, count=count) for agency, became, count in rows))


@pages.get("/seat/{name}/{token}/looked-at/{digest}", name="looked_photo")
def show_photo(request: Request, desk: AtDesk, name: str, token: str, digest: Digest) -> Response:
    """The same behind the page's own link."""
    try:
        seatdoor.enter(request, desk, name, token)
        return _photo(desk, name, digest)
    except InspectorError as error:
        return shut(request, error)


def work_of(desk: Desk, tx: Tx, held: Visit, seat: Seat) -> LookedAtShown:
    """What was entered at the visit that a look is at. Raises Refusal (`look_none`, `not_accepted`)."""
    first = secondlook.looked_at(tx, held, seat)
    part = next((one for one in first.parts if one.agency == held.agency), None)
    field = field_shown("", fieldnotes.field_of(desk.office, tx, first, held.agency))
    return LookedAtShown(
        visit=first.id,
        done_at=first.done_at,
        visited_on=part.on if part is not None else None,
        seen=part.seen if part is not None else None,
        remarks=part.remarks if part is not None else "",
        promised={one.claim: one.claimed for one in first.doubts if one.agency == held.agency},
        asked=tuple(DoubtShown.model_validate(one) for one in first.doubts if one.agency == held.agency),
        findings=tuple(_found(one) for one in said(first, held.agency)),
        notes=tuple(LookedNote.model_validate(one) for one in field.notes),
        photos=tuple(LookedPhoto.model_validate(one) for one in field.photos),
        sheet=unnamed(field.sheet),
        attempts=tuple(
            LookedAttempt(at=one.at, way=one.way, words=one.words) for one in attempts.of_visit(tx, first, held.agency)
        ),
    )


def filled(tx: Tx, held: Visit) -> Visit:
    """The visit whose check sheet is read on a page: of a look the first team's."""
    return tx.visits.get(held.looks_at) if held.looks_at else held


def _found(one: Finding) -> FoundShown:
    return FoundShown.model_validate(one)


def _photo(desk: Desk, name: str, digest: str) -> Response:
    def do(tx: Tx, now: datetime) -> Response:
        held, seat = at_door(tx, name)
        first = secondlook.looked_at(tx, held, seat)
        kind = fieldnotes.photo_of(tx, first, held.agency, digest).kind
        return as_file(fieldnotes.looked(tx, first, digest, seat.inspector, now), kind, digest)

    return desk.act(do)
