"""One text for one value, so that whoever says the same says it by the same bytes: JSON, keys in order, no blanks, UTF-8."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping


def canonical(told: Mapping[str, object]) -> bytes:
    """The bytes. Raises TypeError for what JSON does not know."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def fingerprint(told: Mapping[str, object]) -> str:
    """SHA-256 over them, 64 hex."""
    return hashlib.sha256(canonical(told)).hexdigest()
