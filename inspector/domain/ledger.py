"""The chain of decisions: salted digests, so that an erased body breaks nothing and reveals nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime

GENESIS = "0" * 64


def digest(entry_id: str, at: datetime, about: str, rule: str, body: str, salt: str) -> str:
    """The salted digest of one entry, its date included. Fields are joined by NUL, which none of them can hold."""
    told = (salt, entry_id, at.astimezone(UTC).isoformat(), about, rule, body)
    return hashlib.sha256("\0".join(told).encode()).hexdigest()


def chain(head: str, digests: Iterable[str]) -> str:
    """The next head: the hash of the last one and of the batch's digests in order."""
    return hashlib.sha256("\n".join((head, *digests)).encode()).hexdigest()
