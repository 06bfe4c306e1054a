"""What every request passes: the size and content type it may have, the headers every answer gets, and the count of it."""

from __future__ import annotations

import sys

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from inspector.web import bounds
from inspector.web.body import declared
from inspector.web.desk import Desk
from inspector.web.errors import CHALLENGE, said

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the address of a form holds the link's secret
    "X-Frame-Options": "DENY",
}
_AGAIN = "5"
"""Seconds after which one who met an outage may ask again: about what readiness needs to see that it is over."""
_LINGER, _LINGER_BYTES = 10.0, 100_000_000
"""For how many seconds, and bytes, we still listen to a message whose answer is given before it is heard to its end."""
_CHARSETS = frozenset({"utf-8", "utf8"})
_CREDENTIALS = ("Authorization", "X-Link-Token")
_OF_MESSAGES = ("Content-Type", "Content-Encoding", "Idempotency-Key")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "OPTIONS"})


class Door:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, *, desk: Desk) -> None:
        self.app = app
        self.desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        most, taken, coming = bounds.most(str(scope["path"]), self.desk.settings), 0, _has_body(scope)

        async def receiving() -> Message:
            nonlocal taken, coming
            message = await receive()
            coming = coming and bool(message.get("more_body", False))
            taken += len(message.get("body", b""))
            if taken > most:
                raise HTTPException(413)
            return message

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                _dress(message, scope)
                if str(scope["path"]).startswith("/seat/"):
                    # How long a phone may show it, in seconds; what a proxy answers in our place has no such header (static/shelf.js).
                    MutableHeaders(scope=message)["Inspector-Keep"] = str(self.desk.settings.phone_hours * 3600)
                if self.desk.office.shadow:
                    MutableHeaders(scope=message).setdefault("Inspector-Shadow", "yes")
                self._count(scope, message["status"])
            if not coming or message["type"] != "http.response.body" or message.get("more_body", False):
                await send(message)
                return
            # A plain client reads nothing before it has sent everything, and a connection closed on unread bytes is reset: our answer
            # would be lost with it. So it lies ready, whole, while the rest is heard and dropped.
            await send({**message, "more_body": True})
            await _rest(receive)
            await send({"type": "http.response.body", "body": b"", "more_body": False})

        said_beside = str(scope["path"]).startswith(bounds.PAGES)  # its page says beside the form that a file is too large
        if (refusal := _refusal(scope, sys.maxsize if said_beside else most)) is not None:
            await refusal(scope, receive, sending)
            return
        await self.app(scope, receiving, sending)

    def _count(self, scope: Scope, status: int) -> None:
        """Count by the route's pattern: an address holds ids and secrets."""
        route = getattr(scope.get("route"), "path", "other")
        method = scope["method"] if scope["method"] in _METHODS else "other"
        self.desk.metrics.requests.labels(route, method, f"{status // 100}xx").inc()


def _dress(message: Message, scope: Scope) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if message["status"] == 503:
        headers.setdefault("Retry-After", _AGAIN)
    if not str(scope["path"]).startswith("/static/"):
        headers.setdefault("Cache-Control", "no-store")


async def _rest(receive: Receive) -> None:
    """Hear a message to its end, within bounds, and keep nothing."""
    left = _LINGER_BYTES
    with anyio.move_on_after(_LINGER):
        while left > 0:
            message = await receive()
            if not message.get("more_body", False):
                return
            left -= len(message.get("body", b""))


def _has_body(scope: Scope) -> bool:
    """Whether bytes come behind the head. Who asks first whether to send them (`Expect`) sends none when refused."""
    headers = Headers(scope=scope)
    return (_stated_length(scope) > 0 or "transfer-encoding" in headers) and "expect" not in headers


def _refusal(scope: Scope, most: int) -> Response | None:
    """The answer to what its head alone rules out; None for what may come in."""
    request = Request(scope)
    if twice := _twice(scope):
        status, headers = (401, CHALLENGE) if twice in _CREDENTIALS else (400, None)
        return said(request, status, "header_twice", {"field": twice}, headers)
    if "\0" in scope["path"].rpartition("/")[0]:  # no name of ours has it, and a database would refuse to be asked for it
        return said(request, 404, "path_unknown", {})
    if _nameless(scope):
        return said(request, 422, "message_id_empty", {"field": "Idempotency-Key"})
    if _framed_twice(scope):
        return said(request, 400, "message_framed_twice", {}, {"Connection": "close"})
    if _stated_length(scope) > most:
        return said(request, 413, "message_too_large", {"most": most})
    if packed := _packed(scope):
        return said(request, 415, "content_encoding_unknown", {"encoding": packed})
    if _wrong_type(scope):
        return said(request, 415, "content_type_unknown", {"wanted": "application/json"})
    return None


def _twice(scope: Scope) -> str:
    """A header that stands more than once where we read one; the rest is for the framework, or says nothing about who asks for what.

    Taking the first would do it under one name, while a proxy that reads the last has let it pass under another.
    """
    names = [name.decode("latin-1") for name, _ in scope["headers"]]
    once = (*_CREDENTIALS, *_OF_MESSAGES) if scope["method"] in ("POST", "PUT") else _CREDENTIALS
    return next((told for told in once if names.count(told.lower()) > 1), "")


def _nameless(scope: Scope) -> bool:
    """Whether a message has an id that says nothing: its sender believes that it counts once, and we would take it for one without."""
    told = Headers(scope=scope).get("idempotency-key")
    return scope["method"] in ("POST", "PUT") and told is not None and not told.strip()


def _framed_twice(scope: Scope) -> bool:
    """Whether a message says its end in two ways: what a proxy takes for its end may be the middle of it, or another request, to us.

    Two lengths, two hosts, and names with blanks never come so far: h11 refuses them.
    """
    headers = Headers(scope=scope)
    return "transfer-encoding" in headers and "content-length" in headers


def _packed(scope: Scope) -> str:
    """How a message to the API is packed; nothing when it is not."""
    if scope["method"] not in ("POST", "PUT") or not str(scope["path"]).startswith("/v1/"):
        return ""
    told = Headers(scope=scope).get("content-encoding", "").strip().lower()
    return "" if told == "identity" else told


def _wrong_type(scope: Scope) -> bool:
    """Whether a message to the API comes as something else than JSON in UTF-8. Guessing is how wrong encodings get in."""
    if scope["method"] not in ("POST", "PUT") or not str(scope["path"]).startswith("/v1/"):
        return False
    headers = Headers(scope=scope)
    kind = headers.get("content-type")
    if kind is None:
        return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
    named, charset = declared(kind)
    return named != "application/json" or charset not in _CHARSETS


def _stated_length(scope: Scope) -> int:
    stated = Headers(scope=scope).get("content-length", "0")
    return int(stated) if stated.isascii() and stated.isdecimal() and len(stated) < 20 else 0
