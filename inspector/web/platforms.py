"""Results that the platform behind a push channel sends back, in a form of its own.

A platform is no phone, and has one secret for all whose links it holds. One that signs what it sends is known by that: what it was itself
handed an assignment of it may answer, whichever phone the link is bound to. One that does not is held to the phone as anybody is, and may
send a key of its own (`X-Phone-Key`): else whoever has seen a link would enter its result by this address.
"""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from pydantic import JsonValue, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from inspector.domain.errors import Missing
from inspector.flows import seatlink
from inspector.incoming import Returning, Signing, Unproven
from inspector.store.tx import Tx
from inspector.web.assigned import SeatShown
from inspector.web.caller import Unknown
from inspector.web.desk import AtDesk, Desk, desk_of
from inspector.web.errors import WRITES
from inspector.web.fields import MessageId, NamePath
from inspector.web.links import reported
from inspector.web.messages import ResultIn
from inspector.web.seatdoor import Seated, SeatLink, SeatRoute

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


@router.post("/seats/{name}/result/{channel}", response_model=SeatShown, responses=WRITES)
def report_returned(
    desk: AtDesk, seated: SeatLink, channel: NamePath, given: dict[str, JsonValue], message_id: MessageId = None
) -> JSONResponse:
    """A member of the team enters the result on the platform behind a push channel, which sends it in a form of its own.

    A platform that signs is known by that, and each `webhook-id` counts once. One that does not is held to the phone that the link is bound
    to, as anybody is.
    """
    platform = _platform(desk, channel)
    try:
        told = ResultIn.model_validate(platform.returned(given))
    except ValidationError as error:  # told by the places of its own form
        raise RequestValidationError([{**one, "loc": ("body", platform.theirs(one["loc"]))} for one in error.errors()]) from error
    return reported(desk, seated, told, message_id)


def _handed(desk: Desk, tx: Tx, name: str, link: str, channel: str) -> bool:
    """Whether the channel has taken this seat's assignment. Raises Forbidden (`link_unknown`)."""
    seatlink.holds(desk.office, tx, name, link)
    return any(one.channel == channel for one in tx.pushes.of_seat(name))


def _platform(desk: Desk, channel: str) -> Returning:
    platform: object = desk.office.connectors.channels.get(channel)
    if not isinstance(platform, Returning):
        raise Missing("channel_returns_nothing", channel=channel)
    return platform
