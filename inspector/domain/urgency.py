"""How soon another agency's answer is wanted."""

from __future__ import annotations

from enum import StrEnum


class Urgency(StrEnum):
    """Each class has a term of the pack (handbook 1.5.12). Who is asked may contest it (1.5.13)."""

    NORMAL = "normal"
    URGENT = "urgent"
