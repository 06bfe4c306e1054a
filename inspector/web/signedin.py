"""Sessions of browsers: begun by one of the ways in, found by a cookie, over as soon as what they stand on is.

A cookie is bound to this house and this browser as far as a browser lets one: no script reads it, no other site sends it, and with TLS
no other host or path sets it (`__Host-`). It is bound to no address and to no name of the browser: phones change the first at every
cell, and whoever has stolen the cookie has seen the second. What comes by the gateway is also bound to what the gateway says.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from fastapi import Request
from starlette.responses import Response

from inspector.domain.errors import Away, Forbidden
from inspector.signin import GATEWAY
from inspector.store.admissions import INSPECTOR, Admission
from inspector.store.sessions import Opened
from inspector.store.tokens import Token
from inspector.store.tx import Tx
from inspector.web.caller import Caller, Unknown, holder
from inspector.web.desk import AtDesk, Desk, desk_of
from inspector.web.roles import Role

log = structlog.get_logger(__name__)
COOKIE = "inspector_session"
TOKEN, LINK = "token", "link"
_TOUCHED = 10
"""A session's last use is written down when so many parts of its idle time have passed: not at each of a page's requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Someone:
    """Whoever has a session. `caller` is None for an inspector, who sees his or her own assignments and no office's."""

    session: Opened
    caller: Caller | None

    @property
    def staff(self) -> tuple[str, str] | None:
        """The agency and the staff code of an inspector."""
        held = self.session
        return (held.agency, held.inspector) if self.caller is None and held.inspector else None

    @property
    def inspects(self) -> tuple[str, str] | None:
        """The same, also of an officer who is one and was let in as such."""
        found = self.session
        return self.staff or ((found.agency, found.inspector) if found.inspector else None)

    @property
    def source(self) -> str:
        """Whose messages are counted once together."""
        held = self.session
        return self.caller.source if self.caller is not None else f"{held.role}:{held.agency}:{held.inspector}"[:200]


def secure(desk: Desk) -> bool:
    """Whether the house is reached by TLS."""
    return desk.office.base_url.startswith("https:")


def cookie_name(desk: Desk) -> str:
    """The cookie's name: with TLS one that a browser takes from this host alone, for all its paths (RFC 6265bis, 4.1.3.2)."""
    return f"__Host-{COOKIE}" if secure(desk) else COOKIE


def read_cookie(request: Request, wanted: str) -> str:
    """A cookie of ours, which is plain letters; empty where there is none.

    Not by Python's reader: before 3.11.10 it takes the square of a quoted text's length (CVE-2024-7592), and anybody may send one.
    """
    told = (part.strip().partition("=") for one in request.headers.getlist("cookie") for part in one.split(";"))
    return next((value for name, _, value in told if name == wanted), "")


def held_cookie(request: Request) -> str:
    """The session's cookie."""
    return read_cookie(request, cookie_name(desk_of(request)))


def mac(desk: Desk, purpose: str, text: str) -> str:
    """A keyed digest of ours, as hexadecimal digits."""
    return hmac.new(desk.office.secret, f"{purpose}/{text}".encode(), hashlib.sha256).hexdigest()


def guard(desk: Desk, cookie: str) -> str:
    """What a form of this session must carry."""
    return mac(desk, "guard", cookie)[:32]


def guarded(request: Request, desk: Desk, given: str) -> None:
    """Raise Forbidden (`guard_wrong`) unless a form comes from a page of this session."""
    if not hmac.compare_digest(guard(desk, held_cookie(request)).encode(), given.encode("utf-8", "replace")):
        raise Forbidden("guard_wrong")


def homely(request: Request, desk: Desk) -> None:
    """Raise Forbidden (`guard_wrong`) where a browser says that a form without a session comes from a page of another site.

    Another's page could log a person in under its own token. What no browser has sent says neither, and a page of ours without an address
    (`Referrer-Policy`) has the origin `null`: there `Sec-Fetch-Site` tells.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin", "null")
    if site is not None:
        foreign = site not in ("same-origin", "none")
    else:
        foreign = origin != "null" and origin not in (
            f"{request.url.scheme}://{request.url.netloc}",
            _origin(desk.office.base_url),
        )
    if foreign:
        raise Forbidden("guard_wrong")


def _origin(url: str) -> str:
    told = urlsplit(url)
    return f"{told.scheme}://{told.netloc}"


def by_token(desk: Desk, held: Caller, now: datetime) -> Opened:
    """A session that stands on a token."""
    return _opened(desk, now, way=TOKEN, grounds=held.token, name=held.name, agency=held.agency, role=held.role.value)


def by_admission(desk: Desk, held: Admission, now: datetime) -> Opened:
    """A session that stands on an admission."""
    told = {"name": held.name, "agency": held.agency, "role": held.role, "inspector": held.inspector}
    return _opened(desk, now, way=held.via, grounds=held.id, phone=held.role == INSPECTOR, **told)


def by_seat(desk: Desk, seat: str, name: str, agency: str, inspector: str, now: datetime) -> Opened:
    """A session that stands on a seat's link."""
    told = {"name": name, "agency": agency, "role": INSPECTOR, "inspector": inspector}
    return _opened(desk, now, way=LINK, grounds=seat, phone=True, **told)


def _opened(desk: Desk, now: datetime, *, phone: bool = False, **told: str | None) -> Opened:
    ways = desk.office.entrance
    ends = now + (ways.phone if phone else ways.lasts)
    return Opened(begun_at=now, seen_at=now, expires_at=ends, **told)  # type: ignore[arg-type]


Begins = Callable[[Tx, datetime], str]


def begin(
    request: Request,
    desk: Desk,
    answer: Response,
    given: Opened,
    *,
    once: str = "",
    by: Callable[[Desk, Begins], Begins] = lambda _desk, do: do,
) -> None:
    """Begin a session under a new secret; what this browser had before is over, so that nobody is led into one made for him.

    `by`: what else belongs into its transaction. Raises Refusal (`signin_used`).
    """

    def do(tx: Tx, _now: datetime) -> str:
        if former := held_cookie(request):
            tx.sessions.end_text(former, given.name, tx.machine_now())
        return tx.sessions.begin(given, once)

    text = desk.act(by(desk, do))
    log.info("signin.begun", way=given.way, role=given.role)
    lasts = int((given.expires_at - given.begun_at).total_seconds())
    name = cookie_name(desk)
    answer.set_cookie(name, text, max_age=lasts, httponly=True, samesite="strict", secure=secure(desk), path="/")


def over(request: Request, desk: Desk, answer: Response) -> None:
    """End this browser's session, here and in the browser."""
    if text := held_cookie(request):
        desk.act(lambda tx, _now: tx.sessions.end_text(text, "logout", tx.machine_now()))
    answer.delete_cookie(cookie_name(desk), httponly=True, samesite="strict", secure=secure(desk), path="/")


def someone(request: Request, desk: AtDesk) -> Someone:
    """Whoever has this session. Raises Unknown when there is none, it is over, or what it stands on is."""
    text = held_cookie(request)
    if not text:
        raise Unknown("session_needed")
    found, now = desk.look(lambda tx: (_standing(request, desk, tx, text), tx.machine_now()))
    if now - found.session.seen_at > _idle(desk, found.session) / _TOUCHED:
        with suppress(Away):  # a database that takes nothing for a moment keeps nobody from reading
            desk.act(lambda tx, _now: tx.sessions.seen(found.session.id, now))
    return found


def _idle(desk: Desk, held: Opened) -> timedelta:
    """A phone in a pocket asks nothing for hours, and its session ends by its date alone."""
    ways = desk.office.entrance
    return ways.phone if held.role == INSPECTOR else ways.idle


def _standing(request: Request, desk: Desk, tx: Tx, text: str) -> Someone:
    now, ways = tx.machine_now(), desk.office.entrance
    held = tx.sessions.find(text, now, max(ways.idle, ways.phone))
    if held is None or now - held.seen_at > _idle(desk, held):
        raise Unknown("session_over")
    if held.way == TOKEN:
        token = tx.tokens.get(held.grounds, now)
        if token is None or token.role not in set(Role):
            raise Unknown("session_over")
        return Someone(session=held, caller=holder(desk, token))
    if held.inspector and tx.rosters.in_force(held.agency, held.inspector) is None:  # departed, or off the register
        raise Unknown("session_over")
    if held.way == LINK:
        return Someone(session=held, caller=None)
    admitted = tx.admissions.get(held.grounds, now)
    if admitted is None or (held.way == GATEWAY and from_gateway(request, desk) != admitted.subject):
        raise Unknown("session_over")
    if admitted.role not in set(Role):
        return Someone(session=held, caller=None)
    told = {"id": admitted.id, "name": admitted.name, "agency": admitted.agency, "role": admitted.role}
    return Someone(session=held, caller=holder(desk, Token(expires_at=admitted.expires_at, **told)))


def from_gateway(request: Request, desk: Desk) -> str:
    """Whom the gateway names; empty where there is none, or it names nobody, or what names somebody is not the gateway."""
    held = desk.office.entrance.gateway
    if held is None or request.client is None:
        return ""
    told, users = (request.headers.getlist(name) for name in (held.secret_header, held.user_header))
    try:
        return held.user(request.client.host, told, users)
    except Forbidden:
        log.warning("signin.refused", way=GATEWAY, error="gateway_untrusted")
        return ""
