"""The ways in beside the pasted token: an identity provider, the gateway of a single sign-on, the link of a seat.

Nothing here is begun by a fetch: who previews a link, or scans it, signs nobody in and uses nothing up.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, TypeVar

import structlog
from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain.errors import Away, Forbidden, InspectorError, Missing
from inspector.domain.visit import Seat, Visit
from inspector.flows.seated import by_name
from inspector.ports import PortError, Refused
from inspector.signin import GATEWAY, Going, IdentityProvider
from inspector.store.admissions import Admission
from inspector.store.sessions import Opened
from inspector.store.tx import Tx
from inspector.web import seatdoor, signedin
from inspector.web.desk import AtDesk, Desk
from inspector.web.fields import NamePath
from inspector.web.language import InLang, carried
from inspector.web.pages import Posted, page, refused, trouble
from inspector.web.seatdoor import AtPage, PostedAt
from inspector.web.session import After, home, login
from inspector.web.signedin import begin, by_admission, by_seat, from_gateway, mac, read_cookie, secure

T = TypeVar("T")
router = APIRouter(include_in_schema=False)
log = structlog.get_logger(__name__)
_GOING = "inspector_going"
UNKNOWN = "unknown"
"""The way in that the log tells where there is none of that name: what an address says is whoever wrote it to put there."""
_LASTS = 600
"""Seconds that somebody has to say at the provider who he or she is."""
Told = Annotated[str, Query(max_length=4000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """What the browser holds of its going, under our signature: with whom, since when, and where it wanted to."""

    going: Going
    provider: str
    after: str


@router.post("/signin/gateway")
def by_gateway(request: Request, desk: AtDesk, form: Posted, lang: InLang, after: After = "") -> Response:
    """Whom the gateway names begins a session, which from then on stands on the gateway's naming him or her each time."""
    try:
        form.sound()
        user = from_gateway(request, desk)
        if not user:
            raise Forbidden("gateway_untrusted")
        return _welcome(request, desk, _admitted(desk, "", user), after)
    except InspectorError as error:
        _note(GATEWAY, error)
        return login(request, desk, after, trouble(error, form, lang))


@router.get("/signin/{name}")
def go(request: Request, desk: AtDesk, name: NamePath, after: After = "") -> Response:
    """Lead to an identity provider; what must come back with the browser lies in its cookie, and nowhere here."""
    try:
        going = _asked(name, lambda: _provider(desk, name).going(_back(desk, name)))
    except InspectorError as error:
        return refused(request, error)
    answer = RedirectResponse(going.address, 303)
    kept = _packed(desk, _Kept(going=going, provider=name, after=after), desk.look(lambda tx: tx.machine_now()))
    # lax: the browser comes back from another site
    answer.set_cookie(_cookie(desk), kept, max_age=_LASTS, httponly=True, samesite="lax", secure=secure(desk), path="/")
    return answer


@router.get("/signin/{name}/back")
def come_back(
    request: Request,
    desk: AtDesk,
    name: NamePath,
    code: Told = "",
    state: Told = "",
    error: Told = "",
    iss: Told = "",
) -> Response:
    """Back from the provider: only the browser that went may come back, once, with the answer to its own question."""
    try:
        answer = _come_back(request, desk, name, _Answer(code=code, state=state, error=error, iss=iss))
    except InspectorError as wrong:
        _note(name if name in desk.office.entrance.providers else UNKNOWN, wrong)
        answer = refused(request, wrong)
    answer.delete_cookie(_cookie(desk), httponly=True, samesite="lax", secure=secure(desk), path="/")
    return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    code: str
    state: str
    error: str
    iss: str


def _come_back(request: Request, desk: Desk, name: str, told: _Answer) -> Response:
    provider = _provider(desk, name)
    kept = _unpacked(desk, read_cookie(request, _cookie(desk)), desk.look(lambda tx: tx.machine_now()))
    ours = kept is not None and hmac.compare_digest(kept.going.state.encode(), told.state.encode("utf-8", "replace"))
    if kept is None or not ours or kept.provider != name:
        raise Forbidden("signin_elsewhere")
    if told.iss and told.iss != provider.issuer:  # RFC 9207: an answer of another provider
        raise Forbidden("signin_refused", reason="iss")
    if told.error or not told.code:
        raise Forbidden("signin_denied")
    found = _asked(name, lambda: provider.identity(told.code, kept.going, _back(desk, name)))
    admitted = _admitted(desk, found.issuer, found.subject)
    return _welcome(request, desk, admitted, kept.after, once=f"going/{kept.going.state}")


@router.post("/mine/{name}/{token}")
def by_link(request: Request, desk: AtDesk, name: NamePath, door: AtPage, form: PostedAt) -> Response:
    """From a seat's link: its inspector's session on this phone, once. The link's own page goes on without it.

    It binds the phone, as what is entered by the link does, and shows what no other phone has bound.
    """

    def of(tx: Tx) -> Opened:
        held, seat = by_name(tx, name)
        now = tx.machine_now()
        person = tx.rosters.in_force(seat.agency, seat.inspector)
        if person is None or not _fresh(desk, held, seat, desk.office.now()):
            raise Forbidden("signin_link_over")
        return by_seat(desk, name, person.name, seat.agency, seat.inspector, now)

    answer = RedirectResponse("/mine" + carried(request), 303)
    try:
        if isinstance(door, InspectorError):
            raise door
        form.sound()
        bound = seatdoor.binding(request, desk, door, answer)
        begin(request, desk, answer, desk.look(of), once=f"seat/{name}", by=bound.acting)
    except InspectorError as error:
        _note(signedin.LINK, error)
        return refused(request, error)
    return answer


def _fresh(desk: Desk, held: Visit, seat: Seat, now: datetime) -> bool:
    """Whether a seat's link may still begin a session: what is over, or was pushed long ago, lies in too many phones' histories."""
    open_still = seat.state.open and held.state.open
    return open_still and desk.office.waited(seat.handed_at or seat.ordered_at, now) <= desk.office.entrance.link


def _asked(name: str, ask: Callable[[], T]) -> T:
    """What a provider says. Raises Forbidden for a no, or a proof that does not stand, and Away for anything that is no answer."""
    try:
        return ask()
    except Refused as error:
        raise Forbidden("signin_refused", reason=f"{error.code} {error.detail}".strip()) from None
    except PortError as error:
        log.warning("signin.unreached", way=name, error=error.code)
        raise Away("signin_away") from None


def _admitted(desk: Desk, issuer: str, subject: str) -> Admission:
    """Whom the house has let in under an identity. Raises Forbidden, telling whoever asks his or her own name there."""
    found = desk.look(lambda tx: tx.admissions.find(issuer, subject, tx.machine_now()))
    if found is None:
        raise Forbidden("signin_not_admitted", subject=subject)
    return found


def _welcome(request: Request, desk: Desk, held: Admission, after: str, once: str = "") -> Response:
    """A page that says as whom somebody is in now, and goes on by itself.

    A redirect would still be part of the other site's, and a browser would keep the strict cookie from the next page.
    """
    onward = (after or home(held.role)) + carried(request)
    answer = page(request, "signedin.html", onward=onward, held=held)
    begin(request, desk, answer, desk.look(lambda tx: by_admission(desk, held, tx.machine_now())), once=once)
    return answer


def _provider(desk: Desk, name: str) -> IdentityProvider:
    found = desk.office.entrance.providers.get(name)
    if found is None:
        raise Missing("signin_unknown", name=name)
    return found


def _back(desk: Desk, name: str) -> str:
    """The address that the provider sends the browser back to; it is registered there, letter by letter."""
    return f"{desk.office.base_url}/signin/{name}/back"


def _cookie(desk: Desk) -> str:
    return f"__Host-{_GOING}" if secure(desk) else _GOING


def _packed(desk: Desk, kept: _Kept, now: datetime) -> str:
    told = {
        "state": kept.going.state,
        "nonce": kept.going.nonce,
        "verifier": kept.going.verifier,
        "provider": kept.provider,
        "after": kept.after,
        "until": int(now.timestamp()) + _LASTS,
    }
    text = base64.urlsafe_b64encode(json.dumps(told).encode()).decode()
    return f"{text}.{mac(desk, 'going', text)}"


def _unpacked(desk: Desk, cookie: str, now: datetime) -> _Kept | None:
    """What we have packed within the last ten minutes, or None: nothing is read before its signature has been."""
    text, _, signed = cookie.rpartition(".")
    if not hmac.compare_digest(mac(desk, "going", text).encode(), signed.encode("utf-8", "replace")):
        return None
    try:
        told = json.loads(base64.urlsafe_b64decode(text))
    except (ValueError, binascii.Error):
        return None
    if told["until"] <= now.timestamp():
        return None
    going = Going(address="", state=told["state"], nonce=told["nonce"], verifier=told["verifier"])
    return _Kept(going=going, provider=told["provider"], after=told["after"])


def _note(way: str, error: InspectorError) -> None:
    """Nobody's name, nor what was shown: that somebody was not let in, by which way, and why."""
    log.warning("signin.refused", way=way, error=error.code)
