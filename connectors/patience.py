"""When to ask again within one call: tenacity, bounded by tries and by a budget of seconds, polite where a time was named.

Long outages are not waited out here but by the engine, whose waits survive a restart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, stop_before_delay
from tenacity.stop import stop_base
from tenacity.wait import wait_base, wait_random, wait_random_exponential

from inspector.domain.evidence import TOLERANCE
from inspector.leave import NO_TURN, again, further
from inspector.ports import Barred, Origin, Unavailable

_STALE = re.compile(r"\b11[0-3]\b")
"""Warnings of caches (RFC 7234, 5.5): stale, not validated, disconnected, kept by guess."""
LONGEST = 86_400.0
"""A platform may ask for a day of patience, not for a year: a slip of its keyboard must not park a case beyond its deadline."""


def patiently(tries: int, budget: float, sleep: Callable[[float], None]) -> Retrying:
    """Tries again on `Unavailable`, but for `Barred`, and gives up at once when the next wait would overrun `budget` seconds."""
    return Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, Unavailable) and not isinstance(error, Barred)),
        stop=stop_after_attempt(tries) | stop_before_delay(budget) | _Spared(),
        wait=_AsAsked(),
        sleep=sleep,
        reraise=True,
    )


def in_turn(budget: float, sleep: Callable[[float], None]) -> float:
    """Wait until the next request of this call may go out; what is left of the budget of seconds.

    Raises Unavailable (`no_turn`, nobody asked) where that is not within the budget.
    """
    wait = further()
    if wait is None or (wait > 0 and wait >= budget):
        raise Unavailable(NO_TURN, origin=Origin.US, attempts=0, retry_after=wait)
    if wait:
        sleep(wait)
    return budget - wait


class _Spared(stop_base):
    """Whoever stands behind the connector is not to be burdened with one more try; asked last, for a yes is used up."""

    def __call__(self, retry_state: RetryCallState) -> bool:  # noqa: ARG002 - the base class's signature
        return not again()


class _AsAsked(wait_base):
    """What the other side asked for, a little jittered so that threads do not return as a herd; else exponential."""

    _backoff = wait_random_exponential(multiplier=0.5, max=8)
    _jitter = wait_random(0, 0.1)

    def __call__(self, retry_state: RetryCallState) -> float:
        error = retry_state.outcome.exception() if retry_state.outcome is not None else None
        if isinstance(error, Unavailable) and error.retry_after is not None:
            return error.retry_after + self._jitter(retry_state)
        return self._backoff(retry_state)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait by a Retry-After header (RFC 9110, 10.2.3: seconds or a date), at most `LONGEST`.

    None when there is none or it says nothing: unreadable, negative, zero or past. A date is measured from the reply's own Date,
    so that two clocks that differ do no harm. Where a gateway has put its own number beside the source's (`120, 300`), the longest counts.
    """
    told = headers.get("retry-after", "").strip()
    numbers = [one.strip() for one in told.split(",")]
    if told.isascii() and all(map(str.isdigit, numbers)):
        seconds = max(float(one) if len(one) < 12 else LONGEST for one in numbers)
    else:
        until = _date(told)
        if until is None:
            return None
        seconds = (until - (_date(headers.get("date", "")) or now)).total_seconds()
    return min(seconds, LONGEST) if seconds > 0 else None


def ahead(headers: Mapping[str, str], asked_at: datetime, now: datetime, known: timedelta | None) -> timedelta | None:
    """How far the other side's clock is ahead of ours at least (behind: negative), by the Date of an answer (RFC 9110, 6.6.1).

    It was written between `asked_at` and `now` and has no parts of a second, so a clock that may be right is told as zero.
    Without a Date, or with that of a cache's earlier day (`Age`): what is `known`.
    """
    told = _date(headers.get("date", ""))
    if told is None or "age" in headers:
        return known
    if told > now:
        return told - now
    return min(told + timedelta(seconds=1) - asked_at, timedelta())


def lain(headers: Mapping[str, str], asked_at: datetime) -> timedelta | None:
    """How long an answer has lain in a cache on the way (RFC 9111, 4.2.3), by its Age or by a Date of before it was asked for.

    None: long, or nobody knows how long: a cache warns that it is stale (110 to 113), or its Age cannot be read. A Date within `TOLERANCE`
    is that of a clock that goes slow; one of further back would be either, and is believed.
    """
    told = [one.strip() for one in headers.get("age", "0").split(",")]
    if _STALE.search(headers.get("warning", "")) or not all(one.isascii() and one.isdigit() and len(one) < 10 for one in told):
        return None
    date = _date(headers.get("date", ""))
    behind = asked_at - date if date is not None else timedelta()
    return max(timedelta(seconds=max(map(int, told))), behind if behind > TOLERANCE else timedelta())


def off(ahead: timedelta | None, least: float = 60) -> str:
    """How far the clocks differ, for operators, where it is more than `least` seconds: who signs with a time is refused for it."""
    seconds = ahead.total_seconds() if ahead is not None else 0.0
    return f"our clock is {abs(seconds):.0f} s {'behind' if seconds > 0 else 'ahead of'} theirs" if abs(seconds) > least else ""


def _date(told: str) -> datetime | None:
    try:
        read = parsedate_to_datetime(told)
    except (ValueError, TypeError, OverflowError):
        return None
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
