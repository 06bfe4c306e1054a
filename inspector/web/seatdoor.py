"""The door of a seat: its link's secret, and the phone that has first acted by it (`flows.seatlink`).

A browser is known by a cookie of its own that says nothing of anybody; an application of an agency's own may send as much by
`X-Phone-Key`. What sends neither can act as long as no phone is bound, and binds none.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Request
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from inspector.domain.errors import Forbidden, InspectorError
from inspector.flows import seatlink
from inspector.flows.seated import by_name
from inspector.store.tx import Tx
from inspector.web.body import JsonRoute
from inspector.web.caller import ShownLink, Unknown
from inspector.web.desk import AtDesk, Desk, desk_of, message
from inspector.web.fields import NamePath
from inspector.web.pages import Fields, posted
from inspector.web.signedin import LINK, held_cookie, read_cookie, secure, someone

T = TypeVar("T")

_COOKIE = "inspector_phone"
_LASTS = 400 * 24 * 3600
"""Seconds: as long as browsers keep a cookie at all (RFC 6265bis, 5.5)."""
PhoneKey = Annotated[str | None, Header(alias="X-Phone-Key", min_length=16, max_length=200, include_in_schema=False)]
"""A secret of the phone's own, made by an application once: no field of a message, and told in `reach-inspectors`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seated:
    """Whoever has opened a seat's door: by which secret, and the phone that what is done binds (empty: none).

    `signed`: the id of the message, where its sender has signed it; no other one that is told beside it counts.
    """

    name: str
    token: str
    phone: str
    signed: str = ""

    def once(
        self,
        desk: Desk,
        message_id: str | None,
        what: str,
        given: BaseModel | None,
        do: Callable[[Tx, datetime], BaseModel],
        **told: int,
    ) -> JSONResponse:
        """Act on a message of the seat's, as `Desk.once` does; `what` names the act."""
        said = message(f"seat:{self.name}"[:200], self.signed or message_id, f"{what} {self.name}", given)
        return desk.once(said, self.acting(desk, do), **told)

    def acting(self, desk: Desk, do: Callable[[Tx, datetime], T]) -> Callable[[Tx, datetime], T]:
        """The same act, which binds the phone in its own transaction: what is refused, or never came to be read, binds nobody.

        Raises Forbidden: `link_unknown` where it was called back meanwhile, `link_elsewhere` where another phone was quicker.
        """

        def bound(tx: Tx, now: datetime) -> T:
            seatlink.holds(desk.office, tx, self.name, self.token)
            if self.phone:
                seatlink.bind(tx, self.name, self.phone, now)
            return do(tx, now)

        return bound


def enter(request: Request, desk: Desk, name: str, token: str, phone: str = "") -> Seated:
    """Raise Forbidden unless this is the link of the seat, and no other phone's. It reads no message, and binds nothing.

    It is as `link_unknown`, or `link_elsewhere`: the office calls the link back and sends another one.
    """
    known = phone or phone_of(request, desk)

    def elsewhere(tx: Tx) -> bool:
        seatlink.holds(desk.office, tx, name, token)
        return seatlink.bound_elsewhere(tx, name, known)

    if not desk.look(elsewhere):
        return Seated(name=name, token=token, phone=known)
    if not _its_inspector(request, desk, name):
        raise Forbidden("link_elsewhere")
    return Seated(name=name, token=token, phone="")


def welcome(request: Request, desk: Desk, answer: Response) -> Response:
    """Give a browser its own secret, if it has none: lax, for a link is opened from a mail or a chat."""
    if not phone_of(request, desk):
        _give(desk, answer, secrets.token_urlsafe(24))
    return answer


def phone_of(request: Request, desk: Desk) -> str:
    """A browser's own secret; empty where it has none."""
    return read_cookie(request, _name(desk))


def binding(request: Request, desk: Desk, held: Seated, answer: Response) -> Seated:
    """Whoever signs in by a link: its phone is bound by that, also a browser that has shown no secret, which is given one."""
    if held.phone or phone_of(request, desk):
        return held
    made = secrets.token_urlsafe(24)
    _give(desk, answer, made)
    return replace(held, phone=made)


def by_seat_link(request: Request, desk: AtDesk, name: NamePath, link: ShownLink, phone: PhoneKey = None) -> Seated:
    """Whoever has opened the seat's door by the link's secret: before the message was read, where there is one (`SeatRoute`)."""
    held: Seated | None = getattr(request.state, "seated", None)
    return held or _shown(request, desk, name, link, phone)


SeatLink = Annotated[Seated, Depends(by_seat_link)]


class SeatRoute(JsonRoute):
    """A route that opens a seat's door first and reads the message then: who may not act is told so, whatever is sent."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of JSON, behind the door."""
        handle = super().get_route_handler()
        if self.body_field is None or all(one.call is not by_seat_link for one in self.dependant.dependencies):
            return handle

        async def entering(request: Request) -> Response:
            request.state.seated = await self.entered(request)
            return await handle(request)

        return entering

    async def entered(self, request: Request) -> Seated:
        """Who sends it. Raises Unknown (`link_needed`), Forbidden as `enter` does."""
        told, name = request.headers, request.path_params["name"]
        return await run_in_threadpool(_shown, request, desk_of(request), name, told.get("x-link-token"), told.get("x-phone-key"))


def at_page(request: Request, desk: AtDesk, name: str, token: str) -> Seated | InspectorError:
    """The same of a page that is posted to: why not is for the page to say."""
    try:
        return enter(request, desk, name, token)
    except InspectorError as error:
        return error


AtPage = Annotated[Seated | InspectorError, Depends(at_page)]


async def posted_at(request: Request, door: AtPage) -> Fields:
    """The form, once its sender has opened the door; nothing of it else."""
    return Fields(()) if isinstance(door, InspectorError) else await posted(request)


PostedAt = Annotated[Fields, Depends(posted_at)]


def _shown(request: Request, desk: Desk, name: str, link: str | None, phone: str | None) -> Seated:
    if link is None:
        raise Unknown("link_needed")
    return enter(request, desk, name, link, phone or "")


def _its_inspector(request: Request, desk: Desk, name: str) -> bool:
    """Whether this browser is signed in as the seat's inspector, and others than a link have said so.

    A session that a link has begun says no more than that link: whoever held it has it, and another phone's assignments stay that phone's.
    """
    if not held_cookie(request):
        return False
    try:
        held = someone(request, desk)
    except Unknown:
        return False
    _, seat = desk.look(lambda tx: by_name(tx, name))
    return held.session.way != LINK and held.inspects == (seat.agency, seat.inspector)


def _give(desk: Desk, answer: Response, made: str) -> None:
    answer.set_cookie(_name(desk), made, max_age=_LASTS, httponly=True, samesite="lax", secure=secure(desk), path="/")


def _name(desk: Desk) -> str:
    """With TLS a name that a browser takes from this host alone."""
    return f"__Host-{_COOKIE}" if secure(desk) else _COOKIE
