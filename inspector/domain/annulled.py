"""Who has annulled what took effect (handbook scenario 61)."""

from __future__ import annotations

from enum import StrEnum


class Annulled(StrEnum):
    """Why a consequence, or the entry that it ordered, does not stand any more. The last two can end a transfer alone."""

    COURT = "COURT"
    REVIEW_BODY = "REVIEW_BODY"
    OBJECTION = "OBJECTION"
    CORRECTION = "CORRECTION"
    POLICE = "POLICE"
    PROCURATOR = "PROCURATOR"


OF_A_TRANSFER = frozenset({Annulled.POLICE, Annulled.PROCURATOR, Annulled.COURT})
"""Who ends a transfer (handbook 1.8): never the agency that has handed it over."""
