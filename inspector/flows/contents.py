"""What a message says, as part of its key: the outside never sees one key with two contents."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, fields, is_dataclass

from inspector.ports import Letter, Message

_LATER = frozenset({"requester", "posted"})
"""What letters of earlier releases do not say."""


def named(key: str, told: Letter | Message) -> str:
    """A work's key, and behind it what the message says, in 16 hex: one that says something else has another key."""
    # Not copied through and through: this is done at each push.
    held = _said([(one.name, getattr(told, one.name)) for one in fields(told)])
    content = json.dumps(held, ensure_ascii=False, sort_keys=True, default=_plain)
    return f"{key}:{hashlib.sha256(content.encode()).hexdigest()[:16]}"


def _plain(value: object) -> object:
    return asdict(value, dict_factory=_said) if is_dataclass(value) and not isinstance(value, type) else str(value)


def _said(fields: list[tuple[str, object]]) -> dict[str, object]:
    """What a letter has said. One that an earlier release has worded lacks what came later, and keeps the key of its first try."""
    return {name: value for name, value in fields if value is not None or name not in _LATER}
