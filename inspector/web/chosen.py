"""What the lead of a team has chosen among words that differed, as it goes out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inspector.domain.evidence import Verdict
from inspector.domain.fieldnote import FieldNote
from inspector.domain.version import Choice
from inspector.web.answers import Shown


class MadeShown(Shown):
    """A choice of the lead's, and why: the verdict that stands, or (`case_id` empty) what holds of a line of the sheet.

    `inspector` is whose version it was, empty for `stands`, which was in the result before; `over`: the notes of all that lay before it.
    """

    case_id: str
    claim: str
    note: str
    inspector: str
    verdict: Verdict | None
    said: tuple[str, ...]
    over: tuple[str, ...]
    by: str
    reasons: str
    at: datetime


def made_shown(held: Choice, notes: Iterable[FieldNote]) -> MadeShown:
    """A choice, with whose version it was."""
    plain = {name: getattr(held, name) for name in MadeShown.model_fields if name != "inspector"}
    return MadeShown(**plain, inspector=next((one.inspector for one in notes if one.id == held.note), ""))
