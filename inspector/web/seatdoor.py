"""The door of a seat: its link's secret, and the phone that has first acted by it (`flows.seatlink`).

A browser is known by a cookie of its own that says nothing of anybody; an application of an agency's own may send as much by
`X-Phone-Key`. What sends neither can act as long as no phone is bound, and binds none.
"""

from __future__ import annotations

import secrets
from typing import Annotated

from fastapi import Depends, Header, Request
from starlette.responses import Response

from inspector.domain.errors import Forbidden
from inspector.flows import seatlink
from inspector.flows.seated import by_name
from inspector.store.tx import Tx
from inspector.web.caller import ShownLink, Unknown
from inspector.web.desk import AtDesk, Desk
from inspector.web.fields import NamePath
from inspector.web.signedin import held_cookie, read_cookie, secure, someone

_COOKIE = "inspector_phone"
_LASTS = 400 * 24 * 3600
"""Seconds: as long as browsers keep a cookie at all (RFC 6265bis, 5.5)."""
_READS = ("GET", "HEAD")
PhoneKey = Annotated[str | None, Header(alias="X-Phone-Key", min_length=16, max_length=200, include_in_schema=False)]
"""A secret of the phone's own, made by an application once: no field of a message, and told in `reach-inspectors`."""


def enter(request: Request, desk: Desk, name: str, token: str, phone: str = "") -> None:
    """Raise Forbidden unless this is the link of the seat, and no other phone's; what acts (no GET) binds the phone.

    It is as `link_unknown`, or `link_elsewhere`: the office calls the link back and sends another one.
    """
    known = phone or read_cookie(request, _name(desk))

    def elsewhere(tx: Tx) -> bool:
        seatlink.holds(desk.office, tx, name, token)
        return seatlink.bound_elsewhere(tx, name, known)

    if desk.look(elsewhere) and not _its_inspector(request, desk, name):
        raise Forbidden("link_elsewhere")
    if known and request.method not in _READS and not desk.look(elsewhere):
        desk.act(lambda tx, now: seatlink.bind(tx, name, known, now))


def welcome(request: Request, desk: Desk, answer: Response) -> Response:
    """Give a browser its own secret, if it has none: lax, for a link is opened from a mail or a chat."""
    if not read_cookie(request, _name(desk)):
        made = secrets.token_urlsafe(24)
        answer.set_cookie(_name(desk), made, max_age=_LASTS, httponly=True, samesite="lax", secure=secure(desk), path="/")
    return answer


def by_seat_link(request: Request, desk: AtDesk, name: NamePath, link: ShownLink, phone: PhoneKey = None) -> str:
    """The link's secret, once it has opened the seat's door."""
    if link is None:
        raise Unknown("link_needed")
    enter(request, desk, name, link, phone or "")
    return link


SeatLink = Annotated[str, Depends(by_seat_link)]


def _its_inspector(request: Request, desk: Desk, name: str) -> bool:
    """Whether this browser is signed in as the seat's inspector, by whichever way in."""
    if not held_cookie(request):
        return False
    try:
        held = someone(request, desk)
    except Unknown:
        return False
    _, seat = desk.look(lambda tx: by_name(tx, name))
    return held.inspects == (seat.agency, seat.inspector)


def _name(desk: Desk) -> str:
    """With TLS a name that a browser takes from this host alone."""
    return f"__Host-{_COOKIE}" if secure(desk) else _COOKIE
