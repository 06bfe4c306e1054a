"""The ops page: in words what the metrics say, live while it is open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Depends, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.responses import Response

from inspector.domain.errors import Away, Forbidden
from inspector.labels import Lang
from inspector.web.caller import Unknown
from inspector.web.desk import AtDesk, Desk
from inspector.web.drawings import MARKS, PARTS
from inspector.web.language import InLang
from inspector.web.opswords import board
from inspector.web.pages import fragment, page, refused
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login

router = APIRouter(include_in_schema=False)
_EVERY = 2.0
_LOOK = 0.1
_AGAIN = 3000
"""Milliseconds after which a browser whose stream has ended comes back."""
_LASTS = 300.0
"""Seconds; then the browser comes back by itself and is asked again who it is: an ended session sees no more."""
_ROLES = (Role.OPS, Role.OFFICER, Role.AUDITOR)


def may_watch(desk: AtDesk, caller: Visitor) -> None:
    """Raise Unknown or Forbidden unless the page is open or the session is of somebody who may watch."""
    if desk.settings.open_ops:
        return
    if caller is None:
        raise Unknown("session_needed")
    caller.may(*_ROLES)


def may_watch_all(desk: AtDesk, caller: Visitor) -> None:
    """Raise as `may_watch` does, and Forbidden unless the session sees every agency: the page counts the cases of all."""
    may_watch(desk, caller)
    if caller is not None and not desk.settings.open_ops:
        caller.for_all(desk)


@router.get("/ops")
def show_ops(request: Request, desk: AtDesk, caller: Visitor, lang: InLang) -> Response:
    """The page, filled in; a short script keeps it up to date, and without scripts it reloads."""
    try:
        may_watch_all(desk, caller)
    except Unknown:
        return to_login(request)
    except Forbidden as error:
        return refused(request, error)
    return page(request, "ops.html", live=_live(desk, lang), caller=caller)


@router.get("/ops/stream", response_class=EventSourceResponse)
async def stream_ops(desk: AtDesk, lang: InLang, _may: Annotated[None, Depends(may_watch_all)]) -> AsyncIterator[ServerSentEvent]:
    """The live part again and again, for a while, and not when the server goes down: an open page must not hold up a stop."""
    for _ in range(int(_LASTS / _EVERY)):
        try:
            yield ServerSentEvent(data=await anyio.to_thread.run_sync(_shared, desk, lang), retry=_AGAIN)
        except Away:
            yield ServerSentEvent(comment="database unavailable")  # the page keeps what it shows, and the stream goes on
        for _ in range(int(_EVERY / _LOOK)):
            if desk.stop.is_set():
                return
            await asyncio.sleep(_LOOK)


def _live(desk: Desk, lang: Lang) -> str:
    """The live part, read now."""
    return desk.live_parts.fresh(lang, lambda: _read(desk, lang))


def _shared(desk: Desk, lang: Lang) -> str:
    """The live part as any open page has read it within the last round: however many look, the records are asked once."""
    return desk.live_parts.shared(lang, lambda: _read(desk, lang), _EVERY)


def _read(desk: Desk, lang: Lang) -> str:
    return fragment(desk, lang, "live.html", board=desk.look(lambda tx: board(desk, tx, lang)), parts=PARTS, marks=MARKS)
