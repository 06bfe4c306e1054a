"""What a platform's own code in a body means: 200 for everything, and one of these for what really became of a push."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from connectors.http import WireConfig
from connectors.patience import LONGEST, retry_after
from connectors.reply import Reply
from connectors.sources.answers import texts
from inspector.ports import Barred, Garbled, Origin, Refused, Unavailable

_RESET = "x-ogw-ratelimit-reset"
"""Seconds until a limit is lifted, as Feishu's gateway tells them (open.feishu.cn, server-docs/api-call-guide/frequency-control)."""

_TELLABLE = re.compile(r"-?[0-9]{1,10}|[A-Za-z][A-Za-z_.-]{0,40}")
"""A code that can stand in an error: no phone number (eleven digits), and nothing that anybody wrote."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodedConfig(WireConfig):
    """Where the platform's own code stands, and what it means; compared as text. An unlisted code is Garbled, never "sent".

    `permanent_codes`: we are not let in, whoever is written to. `recipient_codes`: this person cannot be reached there at all.
    `declined_codes`: not this message. `retry_codes`: later. `limited_codes`: too often; `limited_seconds` until it may be tried again,
    where the reply does not say. `spent_codes`: the token is no longer taken, and is renewed once.
    """

    code_field: str = "errcode"
    ok_codes: tuple[object, ...] = (0,)
    permanent_codes: tuple[object, ...] = ()
    recipient_codes: tuple[object, ...] = ()
    declined_codes: tuple[object, ...] = ()
    retry_codes: tuple[object, ...] = ()
    limited_codes: tuple[object, ...] = ()
    limited_seconds: float = 60.0
    spent_codes: tuple[object, ...] = ()


def code_of(reply: Reply, held: CodedConfig) -> str:
    """The platform's code. Raises Garbled as `Reply.text` does."""
    return reply.text(held.code_field) or ""


def speaks(reply: Reply, held: CodedConfig) -> bool:
    """Whether a reply that is none of 2xx says in its body what is wrong: by a code that is listed, or with 400 by any."""
    try:
        code = reply.text(held.code_field, optional=True)
    except Garbled:
        return False
    return code is not None and (reply.status == 400 or code in _bad(held))


def judge(code: str, reply: Reply, held: CodedConfig) -> None:
    """Raise what a code means; nothing bad: nothing.

    Raises Barred (`channel_barred`, `secret_expired`), Refused (`recipient_refused`, `channel_refused`), Unavailable (`rate_limited`,
    `channel_busy`), Garbled (`code_unknown`).
    """
    told, tried = f"code {code}" if _TELLABLE.fullmatch(code) else held.code_field, reply.attempts
    if code in texts(held.ok_codes) and 200 <= reply.status < 300:
        return
    if code in texts(held.spent_codes):
        raise Barred("secret_expired", detail=told, attempts=tried)
    if code in texts(held.permanent_codes):
        raise Barred("channel_barred", detail=told, attempts=tried)
    if code in texts(held.recipient_codes):
        raise unreachable(told, attempts=tried)
    if code in texts(held.declined_codes) or (reply.status == 400 and code not in _bad(held)):
        raise Refused("channel_refused", origin=Origin.THEM, detail=told, attempts=tried)
    if code in texts(held.limited_codes):
        raise limited(reply, held.limited_seconds, told)
    if code in texts(held.retry_codes):
        raise Unavailable("channel_busy", origin=Origin.THEM, detail=told, attempts=tried)
    raise reply.garbled("code_unknown", told)


def unreachable(detail: str, *, attempts: int = 0) -> Refused:
    """That nothing will ever reach this recipient there; without a try it is the address that can be nobody's."""
    return Refused("recipient_refused", origin=Origin.THEM if attempts else Origin.US, detail=detail, attempts=attempts)


def limited(reply: Reply, seconds: float, detail: str) -> Unavailable:
    """That we ask too often, until when the reply says, or else for so many seconds."""
    named = retry_after(reply.headers, datetime.now(UTC)) or _seconds(reply.headers.get(_RESET, ""))
    return Unavailable(
        "rate_limited", origin=Origin.THEM, detail=detail, attempts=reply.attempts, retry_after=min(named or seconds, LONGEST)
    )


def _seconds(told: str) -> float | None:
    return float(told) if re.fullmatch(r"\d{1,6}(\.\d{1,3})?", told) and float(told) > 0 else None


def _bad(held: CodedConfig) -> set[str]:
    lists = (
        held.permanent_codes,
        held.recipient_codes,
        held.declined_codes,
        held.retry_codes,
        held.limited_codes,
        held.spent_codes,
    )
    return {code for one in lists for code in texts(one)}
