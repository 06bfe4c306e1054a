"""What a message says, as part of its key: the outside never sees one key with two contents."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

from inspector.ports import Letter, Message


def named(key: str, told: Letter | Message) -> str:
    """A work's key, and behind it what the message says, in 16 hex: one that says something else has another key."""
    content = json.dumps(asdict(told, dict_factory=_said), ensure_ascii=False, sort_keys=True, default=str)
    return f"{key}:{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def _said(fields: list[tuple[str, object]]) -> dict[str, object]:
    """What a letter has said. One that an earlier release has worded names no requester, and keeps the key of its first try."""
    return {name: value for name, value in fields if (name, value) != ("requester", None)}
