"""What an order carries, and facts tell, as their rows keep it: JSON text. A damaged row is nobody's reason to stop the others."""

from __future__ import annotations

import json
from typing import Any


def read(text: str) -> dict[str, Any] | None:
    """The names and values of one row; None where nobody can read them."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def texts(told: object) -> list[str]:
    """The texts of what should be a list of them, in stored facts; none where it is something else."""
    return [str(one) for one in told] if isinstance(told, list) else []
