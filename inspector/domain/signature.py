"""A signature as it lies in a file that is posted or handed out, beside the key that it names. Whose key that is, the file cannot say:

whoever checks has to know it from elsewhere, and pins it.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from inspector.domain.strict import HEX64, matches

_POINT = re.compile(r"04[0-9a-f]{128}")
_VALUE = re.compile(r"[0-9a-f]{128}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """`key`: the public point of who signs, `value`: r||s over `text`, both in hex."""

    key: str
    text: bytes
    value: str

    @property
    def fingerprint(self) -> str:
        """By what a reader pins the key: SHA-256 of its point, whole; the mark that is printed is the beginning of it."""
        return fingerprint(self.key)

    @classmethod
    def read(cls, key: object, text: bytes, value: object) -> Signature:
        """Raises ValueError for what is none."""
        if not isinstance(key, str) or not isinstance(value, str) or not matches(_POINT, key) or not matches(_VALUE, value):
            raise ValueError("no signature")
        return cls(key=key, text=text, value=value)


def fingerprint(point: str) -> str:
    """The fingerprint of a public point in hex."""
    return hashlib.sha256(bytes.fromhex(point)).hexdigest()


def pin(text: str) -> str:
    """The fingerprint that a reader has typed, spaces and all, or that of the point that he or she has. Raises ValueError."""
    bare = "".join(text.split()).replace(":", "").lower()
    if matches(_POINT, bare):
        return fingerprint(bare)
    if not matches(HEX64, bare):
        raise ValueError("no key")
    return bare
