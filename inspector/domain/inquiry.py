"""An inquiry: that somebody outside was asked about somebody, why, and how it ended.

It is the record that PIPL art. 56 and the Network Data Regulation art. 12 want kept for three years (handbook 1.6.7, 1.6.10, 1.6.11).
It says that a question left the house, not what was promised nor what came back: those are the case's, and end with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.domain.case import SubjectKind


class Asked(StrEnum):
    """Who was asked: a data-sharing source, a credit platform, or another agency by letter."""

    SOURCE = "source"
    CREDIT = "credit"
    AGENCY = "agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """One question that left, counted once however often it was tried. `at` is office time of when it was settled.

    `agency` is whose case it served, `owner` whose data were asked for; `fact` is empty for a credit level, which is no fact of an item.
    `basis` is the row's article, `outcome` how it ended as work ends (a verdict, `rated`, `unrated`, `undeliverable`, or a kind of letter:
    `request`, or what goes above it). `attempts` are the calls that left, of every try.
    """

    key: str
    at: datetime
    agency: str
    case_id: str
    port: Asked
    connector: str
    owner: str
    kind: SubjectKind
    code: str
    fact: str
    basis: str
    outcome: str
    attempts: int
