"""What the inspector of a seat may know of a visit, and when (handbook 1.2.18)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from inspector.domain.visit import Seat, SeatState, Visit


def as_known(visit: Visit, seat: Seat) -> Visit:
    """The visit as the inspector of a seat may know it: his or her own agency's part.

    Without the subject and its facts before the release, and out of the team.
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
    return known if seat.state.knows and visit.released else replace(known, code="", name="", doubts=(), findings=(), parts=())


def mates(visit: Visit, seat: Seat, team: Iterable[Seat]) -> tuple[Seat, ...]:
    """With whom the inspector of a seat goes: two officers go together and show who they are (Penalties Law art. 42, 55).

    Nobody knows before the assignment is in his or her hands and the visit released (handbook 1.2.18), nor any more once the seat
    has passed on. Whoever has left the team is none of them; of a joint visit all agencies' officers are.
    """
    if not visit.released or not (seat.state.has or seat.state is SeatState.DONE):
        return ()
    return tuple(one for one in team if one.name != seat.name and (one.state.open or one.state is SeatState.DONE))
