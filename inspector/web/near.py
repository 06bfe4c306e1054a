"""An answer as whoever asks reads it: the approving system, which stands near the subject, by the allow list of `domain.discretion`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from inspector.domain import discretion
from inspector.web.answers import Shown
from inspector.web.caller import Caller
from inspector.web.roles import Role

_T = TypeVar("_T", bound=Shown)
SUBJECT = ""
"""Who asks on a page behind the subject's link."""


def near(held: _T, by: Caller | str) -> _T:
    """An answer for a caller, or for whoever has the subject's link (`by` is its secret), which is read whole."""
    told: _T = _near(held) if isinstance(by, Caller) and by.role is Role.SYSTEM else held
    return told


def _near(held: Any) -> Any:
    """What is on the list, and within it what is on the list of that."""
    if isinstance(held, tuple):
        return tuple(map(_near, held))
    name = type(held).__name__.removesuffix("Shown")
    if name not in discretion.ANSWERS:
        return held
    fields = {
        one: getattr(held, one) for one in (type(held).model_fields if isinstance(held, Shown) else held.__dataclass_fields__)
    }
    kept_back = discretion.told(name, fields)
    changed = {one: kept_back[one] if one in kept_back else _near(value) for one, value in fields.items()}
    return held.model_copy(update=changed) if isinstance(held, Shown) else replace(held, **changed)
