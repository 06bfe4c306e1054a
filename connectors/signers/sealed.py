"""Short-lived secrets as platforms hand them out: encrypted with the caller's own key, or plain."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.padding import PKCS7


def unsealed(kind: str, key: str, told: str) -> str:
    """The secret in `told`, as it was sealed (one of `SEALS`) with `key`.

    Raises ValueError for what is not: no base64, no whole blocks, a padding or a text that no right key leaves.
    """
    held = SEALS[kind]
    if held is None:
        return told
    # One random value of two blocks for each caller: what makes ECB weak elsewhere, equal blocks, does not occur here.
    plain = Cipher(AES(held(key)), ECB()).decryptor()  # noqa: S305 - the platform's choice, not ours
    without = PKCS7(AES.block_size).unpadder()
    try:
        padded = plain.update(base64.b64decode(told, validate=True)) + plain.finalize()
        text = (without.update(padded) + without.finalize()).decode("ascii")
    except ValueError:  # its text may show what came
        text = ""
    if not text or not text.isprintable():
        raise ValueError("not sealed with our key")
    return text


def fits(kind: str, key: str) -> bool:
    """Whether a key can open what is sealed so."""
    return kind != "aes" or len(key.encode()) in (16, 24, 32)


def _stretched(key: str) -> bytes:
    """What Java's KeyGenerator makes of its SHA1PRNG seeded with `key`, 128 bits of it: SHA-1 of SHA-1."""
    once = hashlib.sha1(key.encode(), usedforsecurity=False).digest()
    return hashlib.sha1(once, usedforsecurity=False).digest()[:16]


SEALS: Mapping[str, Callable[[str], bytes] | None] = {"aes-sha1prng": _stretched, "aes": str.encode, "plain": None}
"""How secrets may be sealed: AES in ECB with PKCS #7, under the key stretched or as it stands; or not at all."""
