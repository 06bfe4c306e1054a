"""HMAC-SM3 (RFC 2104 with the hash of GB/T 32905) over the signed fields, joined as they stand: platforms under 国密 rules."""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC


def sign(secret: str, told: Mapping[str, str], asked: Mapping[str, object]) -> bytes:  # noqa: ARG001 - the body is not signed
    """The 32 bytes of the code. `told`: the signed fields in the platform's order."""
    return code(secret.encode(), "".join(told.values()).encode())


def code(key: bytes, message: bytes) -> bytes:
    """HMAC-SM3. Not by hashlib: many systems' OpenSSL is built without SM3."""
    held = HMAC(key, SM3())
    held.update(message)
    return held.finalize()
