"""The desk behind every handler: what it may use, and the two ways to do something: look, or act in one transaction."""

from __future__ import annotations

import hashlib
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel
from starlette.responses import JSONResponse

from inspector.domain.errors import InspectorError, Stale
from inspector.flows.office import Office
from inspector.flows.reconcile import telling
from inspector.settings import Web
from inspector.store.tx import Tx
from inspector.telemetry.metrics import Metrics
from inspector.web.health import Health

T = TypeVar("T")
_TRIES = 5
_PAUSE = 0.05
"""Seconds; the longest wait before the second try, and as much more before each following one."""


@dataclass
class Readings:
    """What many look at and few need to read: the last text by name, with its age. Those who want the same wait for one reader."""

    _held: dict[str, tuple[float, str]] = field(default_factory=dict)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def fresh(self, name: str, read: Callable[[], str]) -> str:
        """Read now, for oneself and for those who come after."""
        began = time.monotonic()
        text = read()
        self._held[name] = began, text
        return text

    def shared(self, name: str, read: Callable[[], str], oldest: float) -> str:
        """What was read within the last `oldest` seconds, else read now. What `read` raises is heard by whoever reads."""
        with self._turn:
            began, text = self._held.get(name, (-oldest, ""))
            return text if time.monotonic() - began < oldest else self.fresh(name, read)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The edge's bundle. `stop` is set when the server goes down, so that open streams end by themselves.

    `live` says whether this process should not be restarted, and asks no database: an outage outside is no reason to restart.
    `scrapers`: digests of the tokens that have read metrics, with the moment (monotonic seconds) each was last found valid.
    `live_parts`: the ops page's words by language, one reading for all who have the page open.
    """

    office: Office
    metrics: Metrics
    health: Callable[[], Health]
    live: Callable[[], bool]
    settings: Web
    stop: threading.Event = field(default_factory=threading.Event)
    scrapers: dict[bytes, float] = field(default_factory=dict)
    live_parts: Readings = field(default_factory=Readings)

    def look(self, ask: Callable[[Tx], T]) -> T:
        """Read one state of the records."""
        with self.office.store.read() as tx:
            return ask(tx)

    def act(self, do: Callable[[Tx, datetime], T]) -> T:
        """Do something in one transaction. `do` runs again, a moment later, when another hand moved first.

        The moments are random, so that two who collided do not collide again. Raises Stale when it was always too late.
        """
        for left in reversed(range(_TRIES)):
            try:
                with self.office.store.begin() as tx:
                    done = do(tx, self.office.now())
            except Stale:
                if not left:
                    raise
                time.sleep(random.uniform(0, _PAUSE * (_TRIES - left)))  # noqa: S311 - nobody's fate hangs on it
            else:
                return done
        raise AssertionError("the last try returns or raises")

    def once(
        self, message: Message, do: Callable[[Tx, datetime], BaseModel | InspectorError], *, status: int = 200
    ) -> JSONResponse:
        """Act on a message from outside. With a message id it counts once, and a repetition is answered as before.

        Only what succeeded is remembered: a refused message has changed nothing, and may be sent again under its id. An error that is
        given back is raised once what was written beside it (who has asked) is kept.
        """

        def act(tx: Tx, now: datetime) -> str | InspectorError:
            if message.id is not None and (before := tx.inbox.seen(message.source, message.id, message.digest)) is not None:
                return json.dumps(before, ensure_ascii=False)
            told = do(tx, now)
            if isinstance(told, InspectorError):
                return told
            answer = told.model_dump(mode="json")
            if message.id is not None:
                tx.inbox.keep(message.source, message.id, message.digest, answer, now)
            return json.dumps(answer, ensure_ascii=False)

        try:
            with telling(self.office):
                said = self.act(act)
        except Exception:
            before = self._before(message)  # the same message, at the same moment, through another door
            if before is None:
                raise
            said = before
        if isinstance(said, InspectorError):
            raise said
        return JSONResponse(json.loads(said), status)

    def _before(self, message: Message) -> str | None:
        if message.id is None:
            return None
        seen = self.look(lambda tx: tx.inbox.seen(message.source, message.id or "", message.digest))
        return None if seen is None else json.dumps(seen, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What tells one message from another: who sent it, its id, and the digest of what it says and to whom."""

    source: str
    id: str | None
    digest: str


def message(source: str, message_id: str | None, what: str, body: BaseModel | None) -> Message:
    """The message of a request; `what` names the action and the thing it is about."""
    text = f"{what}\n{body.model_dump_json() if body is not None else ''}"
    return Message(source=source, id=message_id, digest=hashlib.sha256(text.encode()).hexdigest())


def desk_of(request: Request) -> Desk:
    """The desk of the application that serves a request."""
    held: Desk = request.app.state.desk
    return held


AtDesk = Annotated[Desk, Depends(desk_of)]
