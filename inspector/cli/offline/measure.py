"""By which shipped pack a draw of files is measured: how few are too few, which share is enough, what is no surprise."""

from __future__ import annotations

from datetime import date

from inspector.domain.policy import Policy
from inspector.policybook import Policybook
from inspector.settings import SHIPPED

PACK = "maoji"
"""Where nobody names another."""


def policy(day: date, asked: str | None = None) -> Policy:
    """The pack of a name, as of a day (its first version before that one was in force), or the one version that a label names.

    Raises Missing (`pack_unknown`, `pack_not_in_force`).
    """
    book, named = Policybook.read(SHIPPED, approving=False), asked or PACK
    if "@" in named or not any(one.id == named for one in book.all):
        return book.get(named)
    first = min((one for one in book.all if one.id == named), key=lambda one: one.effective_from)
    return first if day < first.effective_from else book.in_force(named, day)
