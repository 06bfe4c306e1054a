"""What the inspector of a seat may know of a visit, and when (handbook 1.2.18)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from inspector.domain.visit import Seat, Visit


def known_from(visit: Visit) -> datetime:
    """From when on a visit's team could know whom it is to."""
    return max(visit.opened_at, visit.release_at or visit.opened_at)


def knows(visit: Visit, seat: Seat) -> bool:
    """Whether the inspector of a seat may read whom the visit is to: it is released, the seat is still his or hers, and it is made.

    A visit that is short is another team's, dealt by another seed, and as unannounced as before; who has been there knows it.
    """
    return visit.released and seat.state.knows and (not visit.state.short or seat.state.made)


def as_known(visit: Visit, seat: Seat) -> Visit:
    """The visit as the inspector of a seat may know it: his or her own agency's part.

    Without the subject and its facts where that is not to be read (`knows`).
    """
    own, leads = visit.cases_of(seat.agency), seat.agency == visit.agency
    known = replace(
        visit,
        doubts=tuple(doubt for doubt in visit.doubts if doubt.agency == seat.agency),
        findings=tuple(one for one in visit.findings if one.case_id in own or (leads and one.case_id not in visit.case_ids)),
        parts=tuple(part for part in visit.parts if part.agency == seat.agency),
        case_ids=own,
        briefs=tuple(one for one in visit.briefs if one.agency == seat.agency and seat.state.knows),
    )
    return known if knows(visit, seat) else replace(known, code="", name="", doubts=(), findings=(), parts=())


def mates(visit: Visit, seat: Seat, team: Iterable[Seat]) -> tuple[Seat, ...]:
    """With whom the inspector of a seat goes: two officers go together and show who they are (Penalties Law art. 42, 55).

    Nobody knows before the assignment is in his or her hands and the visit released (handbook 1.2.18), nor any more once the seat
    has passed on. Whoever has left the team is none of them; of a joint visit all agencies' officers are.
    """
    if not knows(visit, seat) or not (seat.state.has or seat.state.made):
        return ()
    return tuple(one for one in team if one.name != seat.name and (one.state.there))
