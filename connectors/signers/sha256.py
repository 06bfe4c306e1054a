"""HMAC-SHA256 (RFC 2104, FIPS 180-4) over the signed fields, joined as they stand: the state exchange platform's own recipe."""

from __future__ import annotations

import hmac
from collections.abc import Mapping


def sign(secret: str, told: Mapping[str, str], asked: Mapping[str, object]) -> bytes:  # noqa: ARG001 - the body is not signed
    """The 32 bytes of the code. `told`: the signed fields in the platform's order."""
    return code(secret.encode(), "".join(told.values()).encode())


def code(key: bytes, message: bytes) -> bytes:
    """HMAC-SHA256."""
    return hmac.digest(key, message, "sha256")
