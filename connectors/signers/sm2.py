"""SM2 (GB/T 32918.2, on the curve of 32918.5) over the signed fields, joined as they stand.

The library is an extra (decision 47): pure Python, not of constant time and no certified module. Where the assessment of commercial
cryptography (密评) applies, the key belongs into a certified machine, and this file gives way to one that asks it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from inspector.domain.errors import Invalid

EXTRA = "sm2"
IDENTITY = "1234567812345678"
"""The identity that GB/T 35276 gives to whoever has agreed on none."""

_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123


class Sm2:
    """Signs with a private key (64 hex digits) under an identity. Raises Invalid (`connector_library_missing`)."""

    def __init__(self, name: str, identity: str, *, raw: bool = False) -> None:
        """`raw`: r and s as 64 bytes, as hardware writes them; else DER (GB/T 35276, 7.3)."""
        self._identity = (identity or IDENTITY).encode()
        self._raw = raw
        self._library = _library(name)

    def fits(self, secret: str) -> bool:
        """Whether it is a private key: from 1 to n-2."""
        return bool(_KEY.fullmatch(secret)) and 0 < int(secret, 16) < _ORDER - 1

    def sign(self, secret: str, told: Mapping[str, str], asked: Mapping[str, object]) -> bytes:  # noqa: ARG002 - as all signers
        """The signature. `told`: the signed fields in the platform's order. The nonce is the library's, from `secrets`."""
        held = self._library.SM2(bytes.fromhex(secret), self._identity)  # one for each call: it is not for several threads
        r: bytes
        s: bytes
        r, s = held.sign("".join(told.values()).encode())
        if self._raw:
            return r.rjust(32, b"\0") + s.rjust(32, b"\0")
        return encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))


def _library(name: str) -> Any:
    try:
        return import_module("gmalg")
    except ImportError:
        raise Invalid("connector_library_missing", connector=name, library="gmalg", extra=EXTRA) from None
