"""What a team looks at on a visit, and what it says it has seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from inspector.domain.evidence import Verdict


class Seen(StrEnum):
    """What a team says it has seen beside the facts in question; on a visit without any, the visit's whole result.

    `NOTHING` that speaks against what was promised; `FINDING`: something that does, or that the law does not allow (the plan, item 7).
    Of a second look: what was entered bears the result out, says otherwise, or (`UNCLEAR`, of such a look alone) does not show it.
    The others (`UNMET`) are why a visit that serves no case could not be made as it was to be: they say that nothing was checked, and
    never that nothing was found (handbook 1.2.36, 1.2.37, 2.7).
    """

    NOTHING = "NOTHING"
    FINDING = "FINDING"
    UNCLEAR = "UNCLEAR"
    UNREACHABLE = "UNREACHABLE"
    CEASED = "CEASED"
    NOT_ACTIVE = "NOT_ACTIVE"
    REFUSED = "REFUSED"
    UNVERIFIABLE = "UNVERIFIABLE"


UNMET = (Seen.UNREACHABLE, Seen.REFUSED, Seen.CEASED, Seen.NOT_ACTIVE, Seen.UNVERIFIABLE)
"""What a team says where nothing could be checked: the field's outcomes of a visit that serves no case, as an officer's are of a case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A fact in question: what the inspector looks at, and what was promised about it; `agency` is that of the case.

    `needed`: nothing but the visit could settle it when it was put in question, so that it is asked no more once something has.
    """

    agency: str
    case_id: str
    claim: str
    fact: str
    claimed: str
    needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the inspectors saw about one fact in question."""

    case_id: str
    claim: str
    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """When a team says it was there, and the pack's rows by which nobody might go on that day; none where somebody might."""

    on: date
    quiet: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one agency's team has entered: when, and in whose words. Its findings stand in the visit's.

    `seen` None: it was not said. Then words beside a visit that asked nothing are read by a person, as a finding would be.
    `challenged`: members of the team whose recusal had been applied for by then, decided or not (handbook scenario 34). `on` is the day
    of the visit where it is known, `quiet` the pack's rows that left the subject in peace on it: then the part is marked.
    """

    agency: str
    by: str
    at: datetime
    remarks: str = ""
    seen: Seen | None = None
    challenged: tuple[str, ...] = ()
    on: date | None = None
    quiet: tuple[str, ...] = ()
