"""What a subject says in one proceeding, where others stand beside it on the same finding: the facts are one. Pure.

An agency hears the subject's words and weighs facts, reasons and evidence that it brings (Penalties Law art. 45): by whichever notice they
came, whoever decides on the same facts has read them first, and a decision that waits for others was written without them.
"""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.consequence import Consequence, StatementKind
from inspector.domain.course import Setting, going
from inspector.domain.decision import Decision

MATTER = "statement_beside"
"""The matter of words that came in another proceeding on the same finding, until somebody says that they are read, or it is decided."""


def heard(held: Consequence, kind: StatementKind, to: str, setting: Setting) -> Decision[Consequence]:
    """Words came in the proceeding `to`: this one is read anew with them before anybody decides or agrees; no date moves."""
    facts = {"statement": kind.value, "beside": to}
    return going(replace(held, verdict=None), held.due_at or setting.now, setting, "consequence.stated_beside", facts)
