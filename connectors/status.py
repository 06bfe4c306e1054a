"""What an HTTP status means: whose fault it is, and whether asking again may help."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connectors.patience import off, retry_after
from connectors.reply import Reply
from inspector.ports import Barred, Origin, PortError, Refused, Unavailable

_SHUT = frozenset({401, 403, 407})
"""Our credential is missing, has expired or does not suffice: nobody is let in by it, whatever is asked."""

_NOWHERE = frozenset({404, 405, 501, 505})
"""There is nothing of the kind at this address: the path is wrong or has moved, whatever is asked. So are redirects, never followed."""

_LATER = frozenset({408, 425, 429})
"""The 4xx that it does: an idle connection closed (RFC 9110, 15.5.9), too early (RFC 8470), too many requests."""

_UNSERVED = frozenset({"unreachable", "secret_exchanged", "http_429", "http_503"})
"""Passing failures before which nothing was taken: RFC 6585, 4 and RFC 9110, 15.6.4 say so of the two statuses."""


def judge(reply: Reply, ahead: timedelta | None, *, delivers: bool) -> None:
    """Raises what a status means; 2xx means nothing bad. Who is not let in is told if the clocks differ: signatures bear the time."""
    status, number = reply.status, reply.attempts
    if 200 <= status < 300:
        return
    code = f"http_{status}"
    if status in _SHUT:
        raise Barred("unauthorised", detail="; ".join(filter(None, (code, off(ahead)))), attempts=number)
    if status in _NOWHERE or 300 <= status < 400:
        raise Barred(code, attempts=number)
    if status in _LATER or status >= 500:
        after = retry_after(reply.headers, datetime.now(UTC))
        away = Unavailable(code, origin=Origin.THEM, attempts=number, retry_after=after)
        away.perhaps = status >= 500 and status != 503  # whoever failed in the middle may have done it
        raise away
    if status == 409 and delivers:
        raise Refused("conflict", origin=Origin.US, detail=code, attempts=number)
    raise Refused(code, origin=Origin.THEM, attempts=number)


def untaken(error: PortError) -> bool:
    """Whether nothing was taken by a try: it was refused, nobody was let in, none was reached, or served for now (429, 503).

    Who answers that the key is known (`conflict`) has something; behind any other 5xx stands what may have been done.
    """
    return (isinstance(error, Refused | Barred) and error.code != "conflict") or error.code in _UNSERVED


def shut(error: Barred) -> bool:
    """Whether it was a 401: whoever asks was not believed."""
    return error.detail.partition(";")[0] == "http_401"
