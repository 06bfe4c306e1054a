"""Web Push: a message that only the browser can read (RFC 8291, in the coding of RFC 8188), and who sends it (VAPID, RFC 8292)."""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import struct

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

Key = EllipticCurvePrivateKey
"""A private key of P-256."""

LONGEST = 3993
"""Bytes of a plain message: what a push service must take (4,096) without header, delimiter and tag (RFC 8291, 4)."""

_RECORD = 4096


def private_key(text: str) -> EllipticCurvePrivateKey:
    """A P-256 key from the base64url of its 32 bytes. Raises ValueError for what is none."""
    held = unpacked(text)
    if len(held) != 32:
        raise ValueError("no key of 32 bytes")
    return derive_private_key(int.from_bytes(held, "big"), SECP256R1())


def point(key: EllipticCurvePrivateKey) -> bytes:
    """The public key as an uncompressed point (65 bytes)."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def unreadable(
    plain: bytes, browser: bytes, auth: bytes, *, salt: bytes | None = None, key: EllipticCurvePrivateKey | None = None
) -> bytes:
    """The body for the browser of that point and secret, under a new `key` and `salt`; both are given only to compare with the RFC.

    Raises ValueError for what is no point of the curve, and for a message that is too long.
    """
    if len(plain) > LONGEST or len(auth) != 16:
        raise ValueError("a message too long, or no secret of 16 bytes")
    theirs = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), browser)
    ours, salt = key or generate_private_key(SECP256R1()), salt or secrets.token_bytes(16)
    shared = _derived(auth, ours.exchange(ECDH(), theirs), b"WebPush: info\0" + browser + point(ours), 32)
    cek, nonce = (
        _derived(salt, shared, info, size)
        for info, size in ((b"Content-Encoding: aes128gcm\0", 16), (b"Content-Encoding: nonce\0", 12))
    )
    sealed = AESGCM(cek).encrypt(nonce, plain + b"\x02", None)
    return salt + struct.pack("!IB", _RECORD, 65) + point(ours) + sealed


def vapid(key: EllipticCurvePrivateKey, audience: str, contact: str, until: int) -> str:
    """The Authorization header: to the push service at `audience` (its origin), until a moment in s at most a day ahead."""
    claims = {"aud": audience, "exp": until, "sub": contact}
    head, told = (packed(json.dumps(one, separators=(",", ":")).encode()) for one in ({"typ": "JWT", "alg": "ES256"}, claims))
    r, s = decode_dss_signature(key.sign(f"{head}.{told}".encode(), ECDSA(SHA256())))
    return f"vapid t={head}.{told}.{packed(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}, k={packed(point(key))}"


def packed(content: bytes) -> str:
    """Base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unpacked(text: str) -> bytes:
    """What base64url means, padded or not. Raises ValueError for anything else in it."""
    plain = text.rstrip("=")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("no base64url") from error


def _derived(salt: bytes, secret: bytes, info: bytes, size: int) -> bytes:
    return HKDF(SHA256(), size, salt, info).derive(secret)
