"""What can go wrong on the other side of HTTP, and the error it must become: the same table for every connector.

`docs/reference/ports.md` shows it. None of it says anything about a subject.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from inspector.ports import Barred, Garbled, Origin, PortError, Refused, Unavailable
from inspector.testing.peer import Body, Step, answer, endless, lost, never, raw, reset, slow, trickle
from inspector.testing.samples import CODE

REDIRECTS = (301, 302, 303, 307, 308)

DAY = 86_400.0
"""Longest patience that another side may ask of us, in seconds."""
LATER = 6 * 3600.0
"""Seconds until a date that is still to come whenever the test is run: the table is made when tests are collected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that goes wrong. `becomes` None: nothing is wrong with it, it is an answer or a receipt like any other.

    `hasty`: played to a connector whose times are short, since it shows by waiting. `after`: the least and the most seconds that
    `retry_after` may say; None: nothing is said.
    """

    name: str
    step: Step
    becomes: type[PortError] | None
    origin: Origin | None = None
    hasty: bool = False
    after: tuple[float, float] | None = None


def table(told: object, *, heeds: bool, empty: bool) -> Iterator[Fault]:
    """All faults for a party whose good answer is `told` (JSON, or a `Body`).

    `heeds`: the body of a 2xx means something here. `empty`: no body at all will do, as for a receipt without a number.
    """
    yield from _wire()
    yield from _statuses()
    yield from _patience()
    good = told.content.decode() if isinstance(told, Body) else json.dumps(told, ensure_ascii=False)
    yield from _bodies(good, Garbled if heeds else None)
    yield from _clocks(told)
    nothing = Garbled if heeds and not empty else None
    yield Fault(name="204", step=answer(204), becomes=nothing)
    yield Fault(name="empty-body", step=answer(200), becomes=nothing)


def _wire() -> Iterator[Fault]:
    """The connection itself."""
    steps: dict[str, Step] = {
        "reset-at-once": lost,
        "reset-in-mid-body": reset,
        "hung-up": raw(b""),
        "body-cut-off": raw(b'HTTP/1.1 200 Said\r\nContent-Length: 100\r\n\r\n{"half":'),
        "chunk-cut-off": raw(b"HTTP/1.1 200 Said\r\nTransfer-Encoding: chunked\r\n\r\n50\r\nhalf"),
        "no-http": raw(b"\x00\xff\x16 this is no HTTP\r\n\r\n"),
    }
    for name, step in steps.items():
        yield Fault(name=name, step=step, becomes=Unavailable, origin=Origin.WIRE)
    waits: dict[str, Step] = {
        "never": never,
        "too-late": slow({}, 5),
        "drip-in-the-head": trickle(0.03, head=True),
        "drip-in-the-body": trickle(0.03),
    }
    for name, step in waits.items():
        yield Fault(name=name, step=step, becomes=Unavailable, origin=Origin.WIRE, hasty=True)


def _statuses() -> Iterator[Fault]:
    """Statuses; each body repeats what was asked, as careless error pages do."""
    said = {"error": f"no such thing: {CODE}"}
    for status in (401, 403, 404, 405, 407, 501, 505):
        yield Fault(name=f"{status}", step=answer(status, said), becomes=Barred, origin=Origin.US)
    for status in (400, 409, 410, 413, 415, 422):
        yield Fault(name=f"{status}", step=answer(status, said), becomes=Refused)
    for status in (408, 425, 429, 500, 502, 503, 504):
        yield Fault(name=f"{status}", step=answer(status, said), becomes=Unavailable, origin=Origin.THEM)


def _patience() -> Iterator[Fault]:
    """Retry-After (RFC 9110, 10.2.3): beyond the budget it is handed on, at most a day; what says nothing is as if not there."""
    now = datetime.now(UTC)
    soon, past = (format_datetime(now + timedelta(seconds=wait), usegmt=True) for wait in (LATER, -LATER))
    told: dict[str, tuple[str, tuple[float, float] | None]] = {
        "seconds": ("120", (120, 120)),
        "date": (soon, (1, LATER)),
        "absurd": ("999999999", (120, DAY)),
        "endless": ("9" * 400, (120, DAY)),
        "negative": ("-5", None),
        "past": (past, None),
        "words": ("soon", None),
    }
    for name, (header, after) in told.items():
        for status in (429, 503) if name in ("seconds", "date") else (429,):
            step = answer(status, Retry_After=header)
            yield Fault(name=f"{status}-after-{name}", step=step, becomes=Unavailable, origin=Origin.THEM, after=after)


def _bodies(good: str, becomes: type[PortError] | None) -> Iterator[Fault]:
    """Bodies of a 200 that are no answer."""
    steps: dict[str, Step] = {
        "json-cut-off": answer(body=good[:-1].encode()),
        "login-page": answer(body=b"<html>login</html>", Content_Type="text/html"),
        "page-said-to-be-json": answer(body=b"<html>502</html>"),
        "gb18030-said-to-be-utf-8": answer(body=_chinese("gb18030"), Content_Type="application/json; charset=utf-8"),
        "utf-8-said-to-be-gb18030": answer(body=good.encode(), Content_Type='application/json; charset="GB18030"'),
        "utf-16": answer(body=good.encode("utf-16")),
        "error-in-a-200": answer(200, {"code": 98_765, "success": False, "msg": f"system error {CODE}"}),
        "a-list": answer(200, [CODE]),
        "endless-body": endless,
        "packed": answer(body=gzip.compress(good.encode()), Content_Encoding="gzip"),
        "bomb": answer(body=_BOMB, Content_Encoding="gzip"),
    }
    for name, step in steps.items():
        yield Fault(name=name, step=step, becomes=becomes)


def _clocks(told: object) -> Iterator[Fault]:
    """A good answer by a clock that is wrong (`Date`, RFC 9110, 6.6.1): an answer like any other, for no clock but ours counts."""
    now = datetime.now(UTC)
    for name, off in (("a-day-ahead", DAY), ("a-day-behind", -DAY)):
        date = format_datetime(now + timedelta(seconds=off), usegmt=True)
        yield Fault(name=f"clock-{name}", step=answer(200, told, Date=date), becomes=None)


_BOMB = gzip.compress(b"0" * 10_000_000)


def _chinese(charset: str) -> bytes:
    return json.dumps({"code": 0, "msg": "已登记"}, ensure_ascii=False).encode(charset)
