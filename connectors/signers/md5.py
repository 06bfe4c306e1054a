"""MD5 as older platforms sign: no signature in today's sense, and chosen only where the other side accepts nothing else.

Whoever sees many of them may extend or forge one; TLS has to keep them apart from strangers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

SECRET = "secret"  # noqa: S105 - the name of the place, not a secret
"""Where among the signed fields the secret stands."""


def joined(secret: str, told: Mapping[str, str], asked: Mapping[str, object]) -> bytes:  # noqa: ARG001 - the body is not signed
    """MD5 of the signed fields joined as they stand, the secret in its place among them: `MD5(appKey + secret + time)`."""
    return _md5("".join(secret if name == SECRET else value for name, value in told.items()))


def sorted_fields(secret: str, told: Mapping[str, str], asked: Mapping[str, object]) -> bytes:
    """MD5 of `name=value` of every field and every plain part of the body, by name and parted by `&`, then `&key=` and the secret.

    What is empty is left out, as is usual there; objects and lists are not signed, for nobody agrees on how they would be written.
    """
    plain = {name: str(value) for name, value in asked.items() if isinstance(value, str | int) and not isinstance(value, bool)}
    pairs = sorted((plain | dict(told)).items())
    return _md5("&".join([*(f"{name}={value}" for name, value in pairs if value), f"key={secret}"]))


def _md5(text: str) -> bytes:
    return hashlib.md5(text.encode(), usedforsecurity=False).digest()
