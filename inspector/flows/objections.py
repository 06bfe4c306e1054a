"""Objections of subjects, as far as other steps ask after them."""

from __future__ import annotations

from inspector.store.tx import Tx


def holds(_tx: Tx, _case_id: str) -> bool:
    """Whether an open objection keeps a case from every new adverse step (handbook scenario 62). None can be entered here yet."""
    return False
