"""The body of a message: JSON in UTF-8 in which no key stands twice, so that nobody can read it in two ways."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from email.message import Message
from typing import Any

from fastapi import Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from inspector.domain.errors import Invalid
from inspector.domain.strict import garbled
from inspector.web.errors import Unreadable


class JsonRoute(APIRoute):
    """A route whose body is read by `parsed`. The framework alone would guess UTF-16 and take the last of two equal keys."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The framework's handler, behind our reading."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def reading(request: Request) -> Response:
            if content := await request.body():
                request._json = parsed(content)  # noqa: SLF001 - where starlette keeps what it has parsed once
            return await handle(request)

        return reading


_ENCODINGS = {
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16LE",
    "utf-16-be": "UTF-16BE",
    "utf-32": "UTF-32",
    "utf-32-le": "UTF-32LE",
    "utf-32-be": "UTF-32BE",
    "gb18030": "GB 18030 (GBK)",
    "big5": "Big5",
}
LONGEST_KIND = 1_000
"""Characters of a Content-Type; none of ours has a tenth of them."""


def declared(kind: str, charset: str = "utf-8") -> tuple[str, str]:
    """Type and charset of a Content-Type, in small letters; `charset` where it names none. Both empty for one that nobody can mean."""
    told = Message()  # of the library's two readers of headers the one that takes no square of their length
    told["content-type"] = kind if len(kind) <= LONGEST_KIND else ""
    try:
        named = told.get_param("charset", charset)
    except ValueError:  # a part of a parameter with a number of thousands of digits
        return "", ""
    known = len(kind) <= LONGEST_KIND and isinstance(named, str)
    return (kind.partition(";")[0].strip().lower(), str(named).strip().lower()) if known else ("", "")


def parsed(content: bytes) -> object:
    """The JSON of a body. Raises Unreadable (`message_not_utf8`; `message_unreadable` with the place), Invalid (`message_key_twice`)."""
    if seems := _foreign(content):
        raise Unreadable("message_not_utf8", encoding=seems)
    try:
        return json.loads(content.decode("utf-8-sig"), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise Unreadable("message_unreadable", **_place(error)) from error


def _place(error: ValueError | RecursionError) -> dict[str, object]:
    """Where and why a body is no JSON, as facts; nothing of what it says, for that may be somebody's data."""
    match error:
        case json.JSONDecodeError() | UnicodeDecodeError():
            return garbled(error)
        case RecursionError():
            return {"problem": "json_deep"}
        case _:  # thousands of digits, which the library leaves alone
            return {"problem": "json_number_long"}


def _foreign(content: bytes) -> str:
    """In which other encoding a body is JSON; nothing for UTF-8, and for what is JSON in none. It is told, and never read by it."""
    told = json.detect_encoding(content)
    try:
        if told.startswith("utf-8"):
            content.decode("utf-8")
            return ""
        named: tuple[str, ...] = (told,)
    except UnicodeDecodeError:
        named = ("gb18030", "big5")
    return next((_ENCODINGS[name] for name in named if _is_json(content, name)), "")


def _is_json(content: bytes, encoding: str) -> bool:
    try:
        json.loads(content.decode(encoding))
    except (ValueError, RecursionError):
        return False
    return True


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    held: dict[str, object] = {}
    for name, value in pairs:
        if name in held:
            raise Invalid("message_key_twice", field=name)
        held[name] = value
    return held
