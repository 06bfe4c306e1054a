"""Where each kind of notice comes from: what takes effect is said by the step that it is of, and by nobody's hand. Pure.

A decision without a proceeding is none (decision 103): nobody had to give a notice, wait for a defence, or be a second person.
"""

from __future__ import annotations

from enum import StrEnum

from inspector.domain.errors import Invalid
from inspector.domain.serving import NoticeKind


class NoticeOrigin(StrEnum):
    """What says a notice: a step of a proceeding or of a credit record, an answer, a case sent back, a word entered for somebody, a bar."""

    PROCEEDING = "PROCEEDING"
    RECORD = "RECORD"
    OBJECTION = "OBJECTION"
    WITHDRAWAL = "WITHDRAWAL"
    SENT_BACK = "SENT_BACK"
    WORD = "WORD"
    BAR = "BAR"


_ORIGINS = {
    NoticeKind.PROPOSAL: NoticeOrigin.PROCEEDING,
    NoticeKind.DECISION: NoticeOrigin.PROCEEDING,
    NoticeKind.ANNULMENT: NoticeOrigin.PROCEEDING,
    NoticeKind.LET_GO: NoticeOrigin.PROCEEDING,
    NoticeKind.HEARING: NoticeOrigin.PROCEEDING,
    NoticeKind.RECORD: NoticeOrigin.RECORD,
    NoticeKind.REPAIRABLE: NoticeOrigin.RECORD,
    NoticeKind.REPAIR: NoticeOrigin.RECORD,
    NoticeKind.REPAIRED: NoticeOrigin.RECORD,
    NoticeKind.STRUCK: NoticeOrigin.RECORD,
    NoticeKind.OBJECTION: NoticeOrigin.OBJECTION,
    NoticeKind.WITHDRAWAL: NoticeOrigin.WITHDRAWAL,
    NoticeKind.SENT_BACK: NoticeOrigin.SENT_BACK,
    NoticeKind.ENTERED: NoticeOrigin.WORD,
    NoticeKind.BAR: NoticeOrigin.BAR,
}
BY_HAND = tuple(one for one in NoticeKind if one not in _ORIGINS)
"""What an officer may say in words of his or her own: guidance, and a reminder. Nothing takes effect by it."""


def by_hand(kind: NoticeKind) -> None:
    """Raise Invalid (`notice_kind_elsewhere`) for a kind that a step of the house says by itself, naming which."""
    if (origin := _ORIGINS.get(kind)) is not None:
        raise Invalid("notice_kind_elsewhere", field="kind", kind=kind, origin=origin, known=BY_HAND)
