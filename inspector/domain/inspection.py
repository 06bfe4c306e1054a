"""Inspections that have been made, here or before this house kept the record: what caps, cool-downs and rotation count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inspector.domain.case import SubjectKind


class CheckType(StrEnum):
    """What kind of check it was (handbook 2.3, "Does it use up the cap?"): a pack says of each whether it counts."""

    PLANNED = "PLANNED"
    JOINT = "JOINT"
    CAMPAIGN = "CAMPAIGN"
    CAMPAIGN_ABOVE = "CAMPAIGN_ABOVE"
    LEAD = "LEAD"
    PERMIT = "PERMIT"
    RECHECK = "RECHECK"
    EMERGENCY = "EMERGENCY"
    OFF_SITE = "OFF_SITE"


class Authority(StrEnum):
    """Whose check it was, seen from the agency whose register it is in."""

    OWN = "OWN"
    UPPER = "UPPER"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """One past inspection of an object. No `items` means the whole of it; `inspectors` are staff codes.

    `number` tells two inspections of one object, day and kind apart; it may be empty.
    """

    agency: str
    kind: SubjectKind
    code: str
    on: date
    check: CheckType
    authority: Authority = Authority.OWN
    number: str = ""
    items: tuple[str, ...] = ()
    inspectors: tuple[str, ...] = ()
    completed: bool = True

    @property
    def key(self) -> str:
        """What makes it one inspection: with the same key again it is the same one, perhaps told anew."""
        return f"{self.kind}:{self.code}:{self.on.isoformat()}:{self.check}:{self.authority}:{self.number}"

    @property
    def name(self) -> str:
        """For lists: what a person recognises it by."""
        return " ".join(self.inspectors)
