"""What a token may do. Where it may do it follows from its agency: the subtree below it, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from inspector.domain.errors import Forbidden
from inspector.labels import known, label


class Role(StrEnum):
    """Roles of tokens."""

    SYSTEM = "system"
    OFFICER = "officer"
    CLERK = "clerk"
    AUDITOR = "auditor"
    OPS = "ops"
    CREDIT = "credit"


def lacking(role: str, needed: Sequence[str]) -> Forbidden:
    """That a role may not do what others may (`role_missing`), with their Chinese names beside the codes."""
    return Forbidden(
        "role_missing", role=role, role_zh=_chinese(role), needed=", ".join(needed), needed_zh="、".join(map(_chinese, needed))
    )


def _chinese(role: str) -> str:
    key = f"Role.{role.upper()}"
    return label(key, "zh-Hans") if known(key, "zh-Hans") else role
