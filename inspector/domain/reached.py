"""What a channel reports of a message it took: that it came to the phone, was read, or came to nobody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NO_RECIPIENT = "recipient_refused"
"""The code by which a channel says that nothing will ever reach this recipient there: unknown, left, unsubscribed."""


class Reach(StrEnum):
    """How far a message came. Reports come in any order and more than once; the farthest counts."""

    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """One report. `about` is our key of the message or the reference of its receipt, `at` the other side's own date of it if told.

    `code` says why one failed, in the other side's own words or as `NO_RECIPIENT`.
    """

    about: str
    reach: Reach
    at: datetime | None = None
    code: str = ""
