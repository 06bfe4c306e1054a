"""A viewing: that somebody of the house was shown what it holds of a subject, for what, and on which ground.

With the inquiries (who outside was asked) it is the record of processing that PIPL art. 56 wants kept for three years, and the answer to
a subject who asks who has looked (art. 44, 45; handbook 1.6.7). One row tells of one day: who opens a case ten times has looked at it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.case import SubjectKind


class Purpose(StrEnum):
    """What a viewing was for. It follows from who looks and at what, so that nobody has to type it, nor can."""

    HANDLING = "HANDLING"
    """An officer handles cases of the agency."""
    SENDING = "SENDING"
    """The approving system follows the cases that it has sent."""
    SUPERVISION = "SUPERVISION"
    """An overseer or auditor watches over how personal data is dealt with."""
    ANSWERING = "ANSWERING"
    """Somebody looks in order to answer the subject itself."""
    RUNNING = "RUNNING"
    """Whoever runs the machine, at the command line."""


BASIS: Mapping[Purpose, str] = {
    Purpose.HANDLING: "PIPL:34",
    Purpose.SENDING: "PIPL:34",
    Purpose.SUPERVISION: "PIPL:54",
    Purpose.ANSWERING: "PIPL:45",
    Purpose.RUNNING: "PIPL:51",
}
"""The article of the Personal Information Protection Law on which each rests: the powers and procedures of state bodies (34), audits of
compliance (54), the subject's access to its own data (45), operating rights that are set and kept apart (51 (4))."""


class Shown(StrEnum):
    """What was shown."""

    LIST = "LIST"
    CASE = "CASE"
    EXPLANATION = "EXPLANATION"
    DOSSIER = "DOSSIER"
    DUTY = "DUTY"
    NOTICE = "NOTICE"
    PROOF = "PROOF"
    REQUEST = "REQUEST"
    PROCEEDING = "PROCEEDING"
    CREDIT = "CREDIT"
    INQUIRIES = "INQUIRIES"
    VIEWINGS = "VIEWINGS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewing:
    """`by` is a token's name, or the machine's user; `role` and `agency` say for whom. `at` is when it was first shown on the `day`."""

    day: date
    at: datetime
    by: str
    role: str
    agency: str
    door: str
    case_id: str
    kind: SubjectKind
    code: str
    shown: Shown
    purpose: Purpose
    basis: str


def purpose(role: str, shown: Shown) -> Purpose:
    """What somebody of a role looks for."""
    if shown in (Shown.INQUIRIES, Shown.VIEWINGS):
        return Purpose.ANSWERING
    roles = {"system": Purpose.SENDING, "auditor": Purpose.SUPERVISION, "operator": Purpose.RUNNING}
    return roles.get(role, Purpose.HANDLING)
