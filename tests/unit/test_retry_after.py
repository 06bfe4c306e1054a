"""What `Retry-After` says (RFC 9110, 10.2.3): seconds or a date, and never more than a day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from connectors import patience


@pytest.mark.parametrize(
    "told", ["-5", "0", "soon", "", "1.5", "²", "Wed, 99 Foo 2026 99:99:99 GMT", "Mon, 05 Jan 1998 00:00:00 GMT"]
)
def test_a_retry_after_that_says_nothing_leaves_our_own_waits(told: str) -> None:
    assert patience.retry_after({"retry-after": told}, datetime(2026, 1, 5, tzinfo=UTC)) is None


@pytest.mark.parametrize("told", ["999999999", "9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_an_absurd_retry_after_is_a_day(told: str) -> None:
    assert patience.retry_after({"retry-after": told}, datetime(2026, 1, 5, tzinfo=UTC)) == 86_400


@pytest.mark.parametrize(
    ("told", "seconds"), [("120, 300", 300), ("300,120", 300), ("7, " + "9" * 5000, 86_400), ("120, soon", None)]
)
def test_of_two_numbers_that_a_gateway_and_the_source_have_put_there_the_longest_counts(told: str, seconds: float | None) -> None:
    doubled = httpx.Headers([("Retry-After", one.strip()) for one in told.split(",")])
    assert patience.retry_after(dict(doubled), datetime(2026, 1, 5, tzinfo=UTC)) == seconds


def test_a_retry_after_date_is_measured_by_the_other_sides_own_clock() -> None:
    theirs = datetime(2031, 1, 5, 8, tzinfo=UTC)
    said = {
        "date": format_datetime(theirs, usegmt=True),
        "retry-after": format_datetime(theirs + timedelta(seconds=9), usegmt=True),
    }
    assert patience.retry_after(said, datetime(2026, 1, 5, tzinfo=UTC)) == 9
    assert patience.retry_after({"retry-after": said["retry-after"]}, theirs) == 9
