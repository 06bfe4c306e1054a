"""What a message says, as part of its key: the outside never sees one key with two contents."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields, is_dataclass

from inspector.ports import Letter, Message


def named(key: str, told: Letter | Message) -> str:
    """A work's key, and behind it what the message says, in 16 hex: one that says something else has another key."""
    # Not copied through and through: this is done at each push. A letter that an earlier release has worded names no requester, and
    # keeps the key of its first try.
    said = ((one.name, getattr(told, one.name)) for one in fields(told))
    held = {name: value for name, value in said if (name, value) != ("requester", None)}
    content = json.dumps(held, ensure_ascii=False, sort_keys=True, default=_plain)
    return f"{key}:{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def _plain(value: object) -> object:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
