"""Parties that take nothing from whoever does not prove who asks: by a bearer token (RFC 6750), or a signature of Standard Webhooks.

Written from the standards and beside the connectors, not with them; what they compute is held to the standards' own examples.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate

from inspector.testing.peer import Heard, Step, answer

_BEARER = re.compile(r"[Bb]earer +(?P<token>[A-Za-z0-9._~+/-]+=*)")
"""RFC 6750, 2.1: `Bearer` and a b64token; the scheme in any case (RFC 9110, 11.1)."""

WINDOW = 300
"""Seconds that a webhook's time may be off."""


@dataclass
class Door:
    """A party behind a proof. `told`: what it answers to whom it lets in; `taken`: what it has heard of them.

    `ahead`: seconds its clock is ahead.
    """

    proves: Callable[[Heard], bool]
    told: object
    ahead: float = 0
    taken: list[Heard] = field(default_factory=list)

    def __call__(self, heard: Heard) -> Step:
        """The answer to a request."""
        if not self.proves(heard):
            date = formatdate(time.time() + self.ahead, usegmt=True)
            return answer(401, {"error": "who asks?"}, WWW_Authenticate="Bearer", Date=date)
        self.taken.append(heard)
        return answer(200, self.told)


def bearer(token: str) -> Callable[[Heard], bool]:
    """Whether a request shows this token."""

    def proves(heard: Heard) -> bool:
        shown = _BEARER.fullmatch(heard.headers.get("authorization", ""))
        return shown is not None and hmac.compare_digest(shown["token"], token)

    return proves


def webhook(secret: str, now: Callable[[], float] = time.time) -> Callable[[Heard], bool]:
    """Whether a request is signed by this secret (`whsec_…`), about now, over id, time and body."""
    key = base64.b64decode(secret.removeprefix("whsec_"))

    def proves(heard: Heard) -> bool:
        told = [heard.headers.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature")]
        if not all(told) or not told[1].isdigit() or abs(now() - int(told[1])) > WINDOW:
            return False
        signed = hmac.digest(key, f"{told[0]}.{told[1]}.".encode() + heard.body, hashlib.sha256)
        wanted = f"v1,{base64.b64encode(signed).decode()}"
        return any(hmac.compare_digest(one, wanted) for one in told[2].split())

    return proves
