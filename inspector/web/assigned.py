"""Assignments as they go out: a seat, the visit it is for, and no more of it than its inspector may know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inspector.domain.case import SubjectKind
from inspector.domain.finding import Doubt, Seen
from inspector.domain.visit import Seat, SeatState, Visit, VisitState, as_known
from inspector.web.answers import Shown


class DoubtShown(Shown):
    """A fact in question."""

    case_id: str
    claim: str
    fact: str
    claimed: str


class PartShown(Shown):
    """What a team has entered beside its findings: who, when, whether it found something, and its own words."""

    agency: str
    by: str
    at: datetime
    seen: Seen | None
    remarks: str


class VisitShown(Shown):
    """What is to be visited: by `agency`, which leads, and its `partners` together; the facts in question are one's own agency's."""

    id: str
    draw: str
    agency: str
    partners: tuple[str, ...]
    kind: SubjectKind
    code: str
    name: str
    state: VisitState
    basis: str
    opened_at: datetime
    due_at: datetime
    release_at: datetime | None
    done_at: datetime | None
    doubts: tuple[DoubtShown, ...]
    parts: tuple[PartShown, ...]


class SeatShown(Shown):
    """One seat of a team, with the visit it is for. `exempt` are promises of the subject that may be answered and need not be."""

    seat: str
    agency: str
    inspector: str
    state: SeatState
    ordered_at: datetime
    accept_by: datetime
    reason: str
    visit: VisitShown
    exempt: tuple[DoubtShown, ...]


def seat_shown(name: str, held: Visit, seat: Seat, exempt: Iterable[Doubt]) -> SeatShown:
    """A seat as it goes out, with no more of the visit than its inspector may know."""
    plain = {field: getattr(seat, field) for field in ("agency", "inspector", "state", "ordered_at", "accept_by", "reason")}
    known, told = as_known(held, seat), tuple(exempt) if seat.state.knows and held.released else ()
    exempted = tuple(DoubtShown.model_validate(one) for one in told)
    return SeatShown.model_validate({**plain, "seat": name, "visit": VisitShown.model_validate(known), "exempt": exempted})
