"""Results that the platform behind a push channel sends back, in a form of its own.

A platform is no phone, and has one secret for all whose links it holds. One that signs what it sends is known by that: what it was itself
handed an assignment of it may answer, whichever phone the link is bound to. One that does not is held to the phone as anybody is, and may
send a key of its own (`X-Phone-Key`): else whoever has seen a link would enter its result by this address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import Field, JsonValue, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from inspector.domain.errors import Invalid, Missing
from inspector.domain.version import Came
from inspector.flows import fetching, fieldnotes, seatlink, selfproof
from inspector.flows.fetching import Named
from inspector.flows.fieldnotes import Noted, Shot
from inspector.flows.selfproof import Taken
from inspector.incoming import Returning, Signing, Unproven
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.assigned import SeatShown
from inspector.web.caller import Unknown
from inspector.web.checksheets import NO_SHEET, SheetIn
from inspector.web.desk import AtDesk, Desk, desk_of
from inspector.web.errors import WRITES
from inspector.web.fields import MAYBE_SIGNS, CaseId, ClaimName, ClockTime, Digest, MessageId, NamePath, Strict, Text
from inspector.web.links import shown
from inspector.web.material import FileIn
from inspector.web.messages import ResultIn
from inspector.web.seatdoor import Seated, SeatLink, SeatRoute
from inspector.web.whereabouts import NOWHERE, PlaceIn

_UNSIGNED = "signature_unexpected"
"""What a channel says that has no secret to verify by: its platform does not sign."""


class PlatformRoute(SeatRoute):
    """A route whose sender is a platform: its link is looked at first, then what it is known by, and its message last."""

    async def entered(self, request: Request) -> Seated:
        """Who sends it. Raises Unknown also for a signature that is none, Forbidden, and Missing (`channel_returns_nothing`)."""
        desk, name, channel = desk_of(request), request.path_params["name"], request.path_params["channel"]
        link = request.headers.get("x-link-token")
        if link is None:
            raise Unknown("link_needed")
        handed = await run_in_threadpool(desk.look, lambda tx: _handed(desk, tx, name, link, channel))
        platform = _platform(desk, channel)
        if handed and isinstance(platform, Signing):
            try:
                signed = platform.proven(dict(request.headers), await request.body())
            except Unproven as error:
                if error.code != _UNSIGNED:
                    raise Unknown(error.code) from error
            else:
                return Seated(name=name, token=link, phone="", signed=signed)
        return await super().entered(request)


router = APIRouter(prefix="/v1", tags=["visits"], route_class=PlatformRoute)


class FileReturnedIn(Strict):
    """A photo of a platform's result: the file itself in base64, or its `number` there, by which we fetch it.

    `digest`: the SHA-256 of its bytes, where the platform tells one; one that differs is no photo of this result.
    """

    number: Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=MAYBE_SIGNS)]
    content: Annotated[str, StringConstraints(min_length=1)] | None = None
    digest: Digest | None = None
    case_id: CaseId | None = None
    claim: ClaimName | None = None
    remark: Text = ""
    captured_at: ClockTime | None = None
    place: PlaceIn = NOWHERE

    def shot(self, now: datetime) -> Shot:
        """What is said of it. Raises Invalid."""
        return Shot(
            digest=self.digest or "",
            case_id=self.case_id or "",
            claim=self.claim or "",
            remark=self.remark,
            place=self.place.place(),
            captured_at=self.captured_at,
            sent_at=now if self.captured_at else None,
        )


class ReturnedIn(ResultIn):
    """A platform's result in our words: as any, with the check sheet and the photos."""

    sheet: SheetIn = NO_SHEET
    files: Annotated[tuple[FileReturnedIn, ...], Field(max_length=100)] = ()


class FileShown(Shown):
    """What has become of a photo: its `receipt` in the ledger and the SHA-256 of its bytes; both are empty while it is `AWAITED`."""

    number: str
    state: Literal["KEPT", "AWAITED"]
    receipt: str
    received: str


class ReturnedShown(SeatShown):
    """The seat, with what has become of its result (`KEPT`: its seat has passed on, and an officer sees it) and of each photo of it."""

    became: Came
    files: tuple[FileShown, ...]


@router.post("/seats/{name}/result/{channel}", response_model=ReturnedShown, responses=WRITES)
def report_returned(
    desk: AtDesk, seated: SeatLink, channel: NamePath, given: dict[str, JsonValue], message_id: MessageId = None
) -> JSONResponse:
    """A member of the team enters the result on the platform behind a push channel, which sends it in a form of its own.

    A platform that signs is known by that, and each `webhook-id` counts once. One that does not is held to the phone that the link is bound
    to, as anybody is. All of it is taken, or nothing; a photo that it only names is fetched afterwards.
    """
    platform = _platform(desk, channel)
    try:
        told = ReturnedIn.model_validate(platform.returned(given))
    except ValidationError as error:  # told by the places of its own form
        raise RequestValidationError([{**one, "loc": ("body", platform.theirs(one["loc"]))} for one in error.errors()]) from error
    try:
        return _entered(desk, seated, channel, told, message_id)
    except Invalid as error:
        raise _by_their_names(platform, error) from error


def _entered(desk: Desk, seated: Seated, channel: str, told: ReturnedIn, message_id: str | None) -> JSONResponse:
    most = desk.settings.max_photos
    taken = [_taken(desk, number, one) for number, one in enumerate(told.files)]
    found = tuple(one.finding() for one in told.findings)
    noted = Noted(findings=found, seen=told.seen, remarks=told.remarks, on=told.visited_on, sheet=told.sheet.sheet())

    def do(tx: Tx, now: datetime) -> ReturnedShown:
        files = [
            _kept(desk, tx, seated.name, number, one, what, now)
            for number, (one, what) in enumerate(zip(told.files, taken, strict=True))
        ]
        became = fieldnotes.report(desk.office, tx, seated.name, noted, now)
        named = [
            Named(number=one.number, shot=one.shot(now)) for one, what in zip(told.files, taken, strict=True) if what is None
        ]
        fetching.order(tx, seated.name, channel, named, most, now)
        return ReturnedShown.model_validate({**dict(shown(tx, seated.name)), "became": became, "files": tuple(files)})

    plain = ResultIn.model_construct(**{name: getattr(told, name) for name in ResultIn.model_fields})  # read and judged already
    bare = told.model_copy(
        update={
            "files": tuple(
                one.model_copy(update={"content": what.received if what else None})
                for one, what in zip(told.files, taken, strict=True)
            )
        }
    )
    said = plain if told.sheet == NO_SHEET and not told.files else bare  # one of before, sent again, is the same message
    return seated.once(desk, message_id, "result", said, do)


def _taken(desk: Desk, number: int, one: FileReturnedIn) -> Taken | None:
    """A file that came along, taken apart; None for one that is to be fetched. Raises Invalid, by its row."""
    if one.content is None:
        return None
    try:
        return selfproof.take(FileIn(content=one.content).decoded(desk.settings.max_material_bytes))
    except Invalid as error:
        raise _in_row(error, number, "content") from error


def _kept(desk: Desk, tx: Tx, name: str, number: int, one: FileReturnedIn, what: Taken | None, now: datetime) -> FileShown:
    if what is None:
        return FileShown(number=one.number, state="AWAITED", receipt="", received="")
    shot = one.shot(now)
    try:
        held = fieldnotes.photo(
            desk.office, tx, name, what, replace(shot, digest=shot.digest or what.received), desk.settings.max_photos, now
        )
    except Invalid as error:
        raise _in_row(error, number, str(error.facts.get("field", "content"))) from error
    return FileShown(number=one.number, state="KEPT", receipt=held.receipt, received=held.received)


def _in_row(error: Invalid, number: int, name: str) -> Invalid:
    return Invalid(error.code, **{**error.facts, "field": f"files.{number}.{name}"})


def _by_their_names(platform: Returning, error: Invalid) -> Invalid:
    """What is wrong, by the place in the platform's own form."""
    field = error.facts.get("field")
    if not isinstance(field, str):
        return error
    return Invalid(error.code, **{**error.facts, "field": platform.theirs(field.split("."))})


def _handed(desk: Desk, tx: Tx, name: str, link: str, channel: str) -> bool:
    """Whether the channel has taken this seat's assignment. Raises Forbidden (`link_unknown`)."""
    seatlink.holds(desk.office, tx, name, link)
    return any(one.channel == channel for one in tx.pushes.of_seat(name))


def _platform(desk: Desk, channel: str) -> Returning:
    platform: object = desk.office.connectors.channels.get(channel)
    if not isinstance(platform, Returning):
        raise Missing("channel_returns_nothing", channel=channel)
    return platform
