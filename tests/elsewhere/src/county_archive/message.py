"""Messages of the archive: eight digits of length, GB 18030, fields parted by `|`, the last of them a MAC."""

from __future__ import annotations

import hashlib
import hmac

CHARSET = "gb18030"
HEAD = 8
LONGEST = 65_536


class Unreadable(Exception):
    """Bytes that are no message of the archive. Its text is a code."""


def pack(fields: list[str], secret: bytes) -> bytes:
    """Fields as they travel. Raises ValueError for a field that would become two."""
    if any("|" in field or "\n" in field for field in fields):
        raise ValueError("a field holds a sign that parts fields")
    told = "|".join(fields).encode(CHARSET)
    body = told + b"|" + mac(told, secret).encode()
    return f"{len(body):0{HEAD}d}".encode() + body


def length(head: bytes) -> int:
    """How long the message behind its head is. Raises Unreadable."""
    if len(head) != HEAD or not head.isdigit():
        raise Unreadable("no_length")
    if not 0 < int(head) <= LONGEST:
        raise Unreadable("too_long")
    return int(head)


def unpack(body: bytes, secret: bytes) -> list[str]:
    """The fields of a message that is rightly signed. Raises Unreadable."""
    told, _, signed = body.rpartition(b"|")
    if not hmac.compare_digest(signed, mac(told, secret).encode()):
        raise Unreadable("unsigned")
    try:
        return told.decode(CHARSET).split("|")
    except UnicodeDecodeError:
        raise Unreadable("wrong_charset") from None


def mac(told: bytes, secret: bytes) -> str:
    """HMAC-SHA256 in hex (RFC 2104)."""
    return hmac.new(secret, told, hashlib.sha256).hexdigest()
