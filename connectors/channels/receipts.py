"""What a message gateway reports of pushes in our own form: `{"receipts": [{"id", "state", "at", "code"}]}`, signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from inspector.domain.reached import Reach, Reached
from inspector.ports import Garbled

_MOST = 1000
"""Reports in one message; more come in several."""


def read(body: bytes) -> tuple[Reached, ...]:
    """The reports of a body. Raises Garbled (`receipt_unreadable`): nothing of it counts then; `detail` names the place, never a value."""
    try:
        held = json.loads(body.decode())
        told = held["receipts"] if isinstance(held, dict) and set(held) == {"receipts"} else None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, list) or not 0 < len(told) <= _MOST:
        raise _garbled(body, f"receipts: 1-{_MOST}")
    return tuple(_one(body, place, one) for place, one in enumerate(told))


def _one(body: bytes, place: int, told: object) -> Reached:
    if not isinstance(told, Mapping) or not {"id", "state"} <= set(told) <= {"id", "state", "at", "code"}:
        raise _garbled(body, f"receipts[{place}]: id, state, at, code")
    about, code = told["id"], told.get("code", "")
    if not isinstance(about, str) or not 0 < len(about) <= 200 or not about.isprintable():
        raise _garbled(body, f"receipts[{place}].id")
    if not isinstance(code, str) or len(code) > 80 or not (code.isprintable()):
        raise _garbled(body, f"receipts[{place}].code")
    try:
        reach, at = Reach(told["state"]), told.get("at")
        moment = datetime.fromisoformat(at) if at is not None else None
    except (ValueError, TypeError):
        raise _garbled(body, f"receipts[{place}]: {' | '.join(Reach)}, ISO 8601") from None
    if moment is not None and moment.utcoffset() is None:
        raise _garbled(body, f"receipts[{place}].at: offset")
    return Reached(about=about, reach=reach, at=moment, code=code)


def _garbled(body: bytes, detail: str) -> Garbled:
    return Garbled("receipt_unreadable", digest=hashlib.sha256(body).hexdigest(), detail=detail)
