"""What a token may do. Where it may do it follows from its agency: the subtree below it, and nothing else."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Roles of tokens."""

    SYSTEM = "system"
    OFFICER = "officer"
    CLERK = "clerk"
    AUDITOR = "auditor"
    OPS = "ops"
    CREDIT = "credit"
