"""What a channel reports of a message it took: that it came to the phone, was read, or came to nobody."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

NO_RECIPIENT = "recipient_refused"
"""The code by which a channel says that nothing will ever reach this recipient there: unknown, left, unsubscribed."""

UNCONFIRMED = "unconfirmed"
"""What is said of a message that was handed over to something which cannot say whether the other side took it."""

RUNG = "link_unshown"
"""What is said of a message whose recipient was shown no link, for others read along: it rang, and nobody can answer by it."""

TELLABLE = re.compile(r"|-?[0-9]{1,9}|[A-Za-z][A-Za-z_.:-]{0,40}[0-9]{0,6}")
"""A code of the other side that may stand in the ledger, which forgets nothing: a word or a number, no telephone number, no sentence."""

CODE_UNKNOWN = "code_unknown"
"""What stands there in place of any other."""


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
