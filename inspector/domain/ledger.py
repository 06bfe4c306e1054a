"""The chain of decisions. The body has a salted digest of its own, so that its erasure leaves the rest provable and reveals nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from json.encoder import encode_basestring_ascii

from inspector.domain.decision import Because

GENESIS = "0" * 64


def said(because: Because, extra: Mapping[str, object]) -> str:
    """The body of an entry: what was decided by which facts, pack and articles, and `extra` beside it; the same facts, the same text."""
    told = {"basis": list(because.basis), "pack": because.pack, "facts": dict(because.facts), **extra}
    return json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)


def body_digest(salt: str, body: str) -> str:
    """The digest of an entry's body. Who erases body and salt later keeps this, from which nothing can be guessed."""
    return _hash(salt, body)


def digest(entry_id: str, at: datetime, about: str, rule: str, body: str) -> str:
    """The digest of one entry: what, when, about whom, by which rule, and `body`, the body's digest."""
    return _hash(entry_id, _moment(at), about, rule, body)


def chain(head: str, number: int, at: datetime, digests: Iterable[str]) -> str:
    """The head of seal `number`, laid at `at`: the hash of the last head and of the batch's digests in order."""
    return _hash(head, str(number), _moment(at), *digests)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()


def _hash(*told: str) -> str:
    """SHA-256 of the texts as a compact JSON array in ASCII: no text can pass for another's end."""
    return hashlib.sha256(f"[{','.join(map(encode_basestring_ascii, told))}]".encode()).hexdigest()
