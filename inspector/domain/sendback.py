"""That a case came to this office by mistake (误送), as one officer says, and another one agrees or not: what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class SendBackReason(StrEnum):
    """Why a case is sent back (退回), all there are. None of them says anything about its subject.

    `OTHER_AGENCY`: another agency is competent. `NOT_OURS`: the item is none that this office verifies. `SAME_MATTER`: the same matter
    was sent twice, under two numbers. `WRONG_SUBJECT`: it names somebody who has promised nothing.
    """

    OTHER_AGENCY = "OTHER_AGENCY"
    NOT_OURS = "NOT_OURS"
    SAME_MATTER = "SAME_MATTER"
    WRONG_SUBJECT = "WRONG_SUBJECT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """What an officer says is wrong: the reason, in words too; `competent`: whose matter it is, and `same_as`: the other case, or empty."""

    reason: SendBackReason
    words: str
    competent: str = ""
    same_as: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendBack:
    """An officer's wish to send a case back, and what another one has said. `token`, `ended_token`: their logins, empty at the machine.

    Open until somebody agrees or declines; it falls when the case ends otherwise, is corrected, or comes to an officer anew.
    """

    mistake: Mistake
    by: str
    token: str
    at: datetime
    agreed: bool | None = None
    ended_by: str = ""
    ended_token: str = ""
    ended_at: datetime | None = None
    ended_for: str = ""
