"""What a line of a request's history says beside its rule, in words."""

from __future__ import annotations

from inspector.domain.assistance import AssistanceState
from inspector.domain.ladder import STAYED
from inspector.domain.letter import LAID, POSTED, UNPOSTED
from inspector.domain.scoreboard import END_OF
from inspector.domain.sending import RETURNED
from inspector.flows import wording
from inspector.labels import Lang, label, of


def stands(state: AssistanceState, end: str, lang: Lang) -> str:
    """Where a request stands. `end`: as what it counts (`scoreboard.end_of`): not each such was left unanswered, or refused."""
    return label(f"ended.{end}", lang) if end in END_OF.values() else of(state, lang)


def said(rule: str, text: str, lang: Lang) -> str:
    """What is said beside a rule: which letter lies here or was posted, and why one reached nobody; else as it was said."""
    if rule in (LAID, POSTED, UNPOSTED):
        return wording.code("LetterKind", text, lang)
    return wording.code("note", text, lang) if text and (rule.endswith(STAYED) or rule == RETURNED) else text
