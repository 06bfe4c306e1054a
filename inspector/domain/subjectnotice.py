"""A notice to the subject (告知, 决定, 提醒): what it says, and by when an answer is asked for. How it is served is another matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NoticeKind(StrEnum):
    """What a notice is: a proposal with its facts, reasons and rights; a decision; a date that comes near; a credit entry and its ways."""

    PROPOSAL = "PROPOSAL"
    DECISION = "DECISION"
    GUIDANCE = "GUIDANCE"
    REMINDER = "REMINDER"
    RECORD = "RECORD"
    REPAIRABLE = "REPAIRABLE"
    OBJECTION = "OBJECTION"


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectNotice:
    """One notice. `about`: the consequence or record that it is about; `answer_by`: until when an answer counts, None for no answer."""

    id: str
    kind: NoticeKind
    case_id: str
    agency: str
    about: str
    title: str
    facts: tuple[str, ...]
    reasons: str
    rights: tuple[str, ...]
    basis: tuple[str, ...]
    answer_by: datetime | None
    made_at: datetime
