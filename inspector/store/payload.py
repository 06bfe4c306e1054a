"""What an order carries, as its row keeps it: JSON text. A row that was damaged is nobody's reason to stop the others."""

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
