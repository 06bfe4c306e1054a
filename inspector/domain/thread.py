"""A letter's number among mail programs (Message-ID; RFC 5322, 3.6.4): a mail that says that it answers it is from whoever has the letter.

It names the request, and bears a sign made of the letter's reply code, from which nobody gets the code: so it is a letter of ours that
is answered, though every word of it was deleted, and nobody can make such a number of a request's alone. (Decision 90.)
"""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[0-9A-Za-z_-]{1,80}(?:\.[0-9A-Za-z_-]{1,80}){0,5}")
_LONGEST = 400
_OURS = re.compile(r"<(=?[0-9A-Za-z._-]{1,400})\.([0-9a-f]{16})\.[0-9a-f]{12}@[^<>@\s]{1,255}>")


def sign(code: str) -> str:
    """The sign of the letters that have this reply code."""
    return hashlib.sha256(f"thread {code}".encode()).hexdigest()[:16]


def number(request_id: str, code: str, key: str, domain: str) -> str:
    """The number of the letter that has this `key`: the same at each try. One without a code, or of too long a request, names neither."""
    letter = hashlib.sha256(key.encode()).hexdigest()
    plain = request_id if _PLAIN.fullmatch(request_id) else f"={request_id.encode().hex()}"
    named = f"{plain}.{sign(code)}.{letter[:12]}" if code and len(plain) <= _LONGEST else letter[:40]
    return f"<{named}@{domain}>"


def told(answered: str) -> tuple[str, str]:
    """The request and the sign that such a number bears; empty in any other."""
    found = _OURS.fullmatch(answered)
    if found is None:
        return "", ""
    try:
        named = bytes.fromhex(found[1][1:]).decode() if found[1].startswith("=") else found[1]
    except ValueError:
        return "", ""
    return (named, found[2]) if named.isprintable() else ("", "")  # a stranger wrote it: no database has a request of that name
