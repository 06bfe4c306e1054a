"""Assignments as they go out: a seat, the visit it is for, and no more of it than its inspector may know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from inspector.domain.case import SubjectKind
from inspector.domain.finding import Doubt, Seen
from inspector.domain.known import as_known, knows, mates
from inspector.domain.visit import Seat, SeatState, Visit, VisitState
from inspector.store.pushes import Pushed
from inspector.store.tx import Tx
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
    on: date | None
    quiet: tuple[str, ...]


class WindowShown(Shown):
    """Days on which nobody may go, by a row of the pack."""

    row: str
    first: date
    last: date


class VisitShown(Shown):
    """What is to be visited: by `agency`, which leads, and its `partners` together; the facts in question are one's own agency's.

    `windows`: when nobody may go; `conflict`: they leave no day in time, and a person decides. `unpublished`: items that stand in no
    published list any more, so that nobody may go at all. `looks_at`: the visit whose result is looked at again; then nobody goes.
    """

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
    windows: tuple[WindowShown, ...]
    conflict: bool
    unpublished: tuple[str, ...]
    looks_at: str
    doubts: tuple[DoubtShown, ...]
    parts: tuple[PartShown, ...]


class AskedShown(Shown):
    """A fact in question; `promised` is empty where its words may tell whom the visit is to, and else what was promised.

    `case`: which of several cases of the visit it is of, from 1; 0 where there is but one.
    """

    item: str
    fact: str
    promised: str
    case: int


class SettledShown(Shown):
    """A fact that is proven and is not asked again; `case` as of one in question."""

    item: str
    fact: str
    case: int


class ChecksShown(Shown):
    """Checks of this calendar year: which this one is (`nth`, where its kind counts), how many count, how many there may be and are left.

    `own`, `cap`, `left`: the agency's; `together`, `stop`: those of all. None: no limit.
    """

    nth: int | None
    own: int
    cap: int | None
    left: int | None
    together: int
    stop: int | None


class BriefShown(Shown):
    """What an inspector is told before accepting: nothing of it says whom the visit is to."""

    items: tuple[str, ...]
    asked: tuple[AskedShown, ...]
    settled: tuple[SettledShown, ...]
    checks: ChecksShown


class MateShown(Shown):
    """Somebody of the same team: `inspector` is the staff code, `name` is empty for one whom the register no longer knows."""

    agency: str
    inspector: str
    name: str
    state: SeatState


class PushShown(Shown):
    """A message about a seat that a channel took, and what became of it; `word`: the assignment, or how it was corrected."""

    word: str
    channel: str
    handed_at: datetime
    delivered_at: datetime | None
    read_at: datetime | None
    failed_at: datetime | None
    code: str


class SeatShown(Shown):
    """One seat of a team, with the visit it is for. `exempt` are promises of the subject that may be answered and need not be.

    `accept_by` counts from `handed_at`, when a channel took the push. `pushes` are for the office, not for the link.
    `belated`: why its inspector declined by a word that came when the seat had passed on. `mates` are the others of the team: told by the
    seat's own link, once the assignment is handed over and the visit released. `brief`: what the team was told last.
    """

    seat: str
    agency: str
    inspector: str
    state: SeatState
    ordered_at: datetime
    handed_at: datetime | None
    accept_by: datetime
    reason: str
    belated: str
    visit: VisitShown
    exempt: tuple[DoubtShown, ...]
    mates: tuple[MateShown, ...]
    brief: BriefShown | None
    pushes: tuple[PushShown, ...]


class TestShown(Shown):
    """A test push that was ordered, and the channels that it goes by."""

    test: str
    channels: tuple[str, ...]


def mates_shown(tx: Tx, held: Visit, seat: Seat) -> tuple[MateShown, ...]:
    """With whom the inspector of a seat goes, as far as he or she may know it."""
    found = [(one, tx.rosters.in_force(one.agency, one.inspector)) for one in mates(held, seat, tx.visits.team(held.id))]
    return tuple(
        MateShown(agency=one.agency, inspector=one.inspector, name=person.name if person is not None else "", state=one.state)
        for one, person in found
    )


def seat_shown(
    name: str,
    held: Visit,
    seat: Seat,
    exempt: Iterable[Doubt],
    team: tuple[MateShown, ...] = (),
    pushes: Iterable[Pushed] = (),
) -> SeatShown:
    """A seat as it goes out, with no more of the visit than its inspector may know; `team` for the inspector's own eyes alone."""
    plain = {
        field: getattr(seat, field)
        for field in ("agency", "inspector", "state", "ordered_at", "handed_at", "accept_by", "reason", "belated")
    }
    known, told = as_known(held, seat), tuple(exempt) if knows(held, seat) else ()
    exempted = tuple(DoubtShown.model_validate(one) for one in told)
    visit = VisitShown.model_validate(known)
    sent = tuple(PushShown.model_validate({field: getattr(one, field) for field in PushShown.model_fields}) for one in pushes)
    brief = known.brief_of(seat.agency)
    return SeatShown.model_validate(
        {
            **plain,
            "seat": name,
            "visit": visit,
            "exempt": exempted,
            "mates": team,
            "brief": BriefShown.model_validate(brief) if brief is not None else None,
            "pushes": sent,
        }
    )
