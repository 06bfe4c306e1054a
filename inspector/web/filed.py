"""A form of an officer's page that may bring files."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request

from inspector.web.multipart import FORM, Sent, sent
from inspector.web.pages import Fields, fields
from inspector.web.session import Visitor


async def posted(request: Request, caller: Visitor) -> Sent:
    """What was sent by somebody of a session: of anybody else not a byte of a file is waited for."""
    if caller is None:
        return Sent(fields=Fields([]), files={})
    content, kind = await request.body(), request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() == FORM:
        return sent(content, kind)
    return Sent(fields=fields(content, kind or "application/x-www-form-urlencoded"), files={})


Form = Annotated[Sent, Depends(posted)]
