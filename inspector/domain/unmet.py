"""What keeps a result from being one without a problem: nothing could be checked, or a box of the check sheet says so."""

from __future__ import annotations

from inspector.domain.finding import UNMET, Seen
from inspector.domain.visit import Visit


def unmet(visit: Visit, agency: str) -> Seen | None:
    """Why an agency's team could check nothing, on a visit that serves no case of it; None where it could."""
    return next((one.seen for one in visit.parts if one.agency == agency and one.seen in UNMET), None)


def ticks(visit: Visit, agency: str) -> bool:
    """Whether an agency's check sheet tells of something that an officer is to see to: then it is no result without a problem."""
    return any(one == agency for one, _ in visit.ticked)
