"""Who has annulled what took effect (handbook scenario 61)."""

from __future__ import annotations

from enum import StrEnum


class Annulled(StrEnum):
    """Why a consequence, or the entry that it ordered, does not stand any more."""

    COURT = "COURT"
    REVIEW_BODY = "REVIEW_BODY"
    OBJECTION = "OBJECTION"
    CORRECTION = "CORRECTION"
