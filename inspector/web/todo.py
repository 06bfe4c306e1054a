"""What an inspector is to do about a seat now, in one line for its page and for the list of all; no line names whom a visit is to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inspector.domain.inspection import CheckType
from inspector.domain.known import knows
from inspector.domain.result import enters, hindrance
from inspector.domain.visit import GONE, LAPSED, Seat, SeatState, Visit
from inspector.flows import fieldnotes, seatlink
from inspector.flows.seated import LINK
from inspector.flows.seats import CLASH
from inspector.labels import Lang, label
from inspector.store.tx import Tx
from inspector.web.assigned import MateShown, mates_shown
from inspector.web.desk import Desk

WAITS = {"team_short": "short", "visit_embargoed": "embargoed", "team_not_accepted": "waits"}
"""What an inspector who has accepted waits for before a result is taken. What was typed meanwhile is not taken away again."""

_DIFFER = 500
"""Visits of an agency whose notes differ and wait for their leads, of which a list looks for its reader's own: the oldest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An assignment in its inspector's list: what tells it from others, and `todo`, the name of the sentence that says what waits.

    `items` are those that its team was told of (`Visit.briefs`), none for a second look. `who` has still to accept, as far as the
    inspector may know; `decides`: as the lead he or she is to say which of two versions stands. `loose`: no phone has it yet, so that
    whoever opens it from a link's list has it from then on.
    """

    address: str
    seat: Seat
    draw: str
    check: CheckType
    items: tuple[str, ...]
    looks: bool
    due_at: datetime
    todo: str
    who: str
    decides: bool
    loose: bool


def todo(held: Visit, seat: Seat, hindered: str) -> str:
    """What the inspector of a seat is to do now: the name of a sentence on the page. `hindered`: why no result would be taken."""
    if not held.state.open and seat.state.open:
        return held.state.value.lower()
    if seat.state is SeatState.RELIEVED and seat.reason == GONE:
        return GONE
    if not enters(held, seat):
        return LAPSED if seat.lapsed and seat.state is SeatState.EXPIRED else seat.state.value.lower()
    return WAITS.get(hindered, "looks" if held.looks_at else "accepted")


def differing(held: Visit, seat: Seat, hindered: str, *, lead: bool, missing: bool) -> tuple[str, ...]:
    """The same where notes of the team differ: that comes first, for it waits for the lead alone; and what waits beside it, if anything.

    `missing`: facts that nobody of the team has answered.
    """
    waits = todo(held, seat, hindered)
    if not (seat.state is SeatState.ACCEPTED or seat.state.made):
        return (waits,)
    owes = waits not in ("done", "accepted") or (waits == "accepted" and missing and not hindered)
    return ("decides" if lead else "differs", *((waits,) if owes else () if lead else ("rests",)))


def named(mate: MateShown) -> str:
    """One of a team by name and staff code, as far as the register still has the name."""
    return f"{mate.name} ({mate.inspector})" if mate.name else mate.inspector


def awaited(mates: tuple[MateShown, ...], lang: Lang) -> str:
    """Who of the others has still to say yes or no."""
    return label("ui.names_gap", lang).join(named(one) for one in mates if one.state.awaited)


def listed(desk: Desk, tx: Tx, agency: str, staff: str, lang: Lang, phone: str | None = None) -> tuple[list[Listed], bool]:
    """An inspector's open assignments, the nearest date first; then what a visit that was made asks of its lead: two versions differ.

    `phone`: the secret of the one whose list it is, where that must not show what another one has bound; and whether there is any such.
    """
    own = [(seat, True) for seat, _ in tx.visits.open_seats_of(agency, staff)]
    own += [(seat, True) for seat in tx.visits.stood_of(agency, staff) if enters(tx.visits.get(seat.visit), seat)]
    told = [*own, *((seat, False) for seat in _sat(tx, agency, staff))]
    by_link = phone is not None
    rows = [row for seat, sits in told if (row := _listed(desk, tx, seat, lang, by_link=by_link)).decides or sits]
    here = [row for row in rows if phone is None or not seatlink.bound_elsewhere(tx, row.seat.name, phone)]
    return here, len(here) < len(rows)


def _sat(tx: Tx, agency: str, staff: str) -> list[Seat]:
    """The seats from which an inspector has gone, of visits whose notes differ."""
    differ = [str(row["about"]).partition(":")[0] for row in tx.attention.page([agency], _DIFFER, kind=CLASH)]
    seats = (seat for name in differ for seat in tx.visits.team(name))
    return [one for one in seats if (one.agency, one.inspector) == (agency, staff) and one.state.made]


def _listed(desk: Desk, tx: Tx, seat: Seat, lang: Lang, *, by_link: bool) -> Listed:
    held = tx.visits.get(seat.visit)
    hindered, brief = hindrance(held, tx.visits.team(held.id), seat), held.brief_of(seat.agency)
    return Listed(
        address=address(desk, tx, seat),
        seat=seat,
        draw=held.draw,
        check=held.check,
        items=brief.items if brief is not None else (),
        looks=bool(held.looks_at),
        due_at=held.due_at,
        todo="ui.unpublished" if held.unpublished else f"ui.seat_{todo(held, seat, hindered.code if hindered else '')}",
        who=awaited(mates_shown(tx, held, seat), lang),
        loose=by_link and not seatlink.bound(tx, seat.name),
        decides=knows(held, seat) and (seat.state is SeatState.ACCEPTED or seat.state.made) and _decides(desk, tx, held, seat),
    )


def address(desk: Desk, tx: Tx, seat: Seat) -> str:
    """The path of a seat's link."""
    return f"/{LINK}/{seat.name}/{seatlink.token(desk.office, tx, seat.name)}"


def _decides(desk: Desk, tx: Tx, held: Visit, seat: Seat) -> bool:
    field = fieldnotes.field_of(desk.office, tx, held, seat.agency)
    return field.gathered.clashing and field.lead is not None and field.lead.name == seat.name
