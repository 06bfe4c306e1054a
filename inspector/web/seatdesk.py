"""The officers' page of an inspector's assignments, on which a link is called back: its phone was lost, or is another one.

Whoever calls the office knows his or her staff code and not a seat's name. The page names the visit by its number and nobody whom it is
to; who reads it learns who was drawn, which is written down as for the list of a draw (handbook 1.2.18). It works without scripts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain.errors import InspectorError, Invalid, Missing
from inspector.domain.visit import Seat
from inspector.flows import embargo, seatlink
from inspector.flows.seated import LINK, by_name
from inspector.store.pushes import Pushed
from inspector.store.tx import Tx, new_id
from inspector.web.caller import Caller
from inspector.web.desk import AtDesk, Desk
from inspector.web.fields import Line, NamePath, Strict
from inspector.web.language import InLang, carried, language
from inspector.web.links import SeatLinkIn, call_back
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, complete, page, read, refused, trouble
from inspector.web.phone import phone_words
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login, written_by_officer
from inspector.web.signedin import guard, held_cookie

router = APIRouter(include_in_schema=False)


class StaffIn(Strict):
    """Whose assignments are looked for."""

    inspector: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A seat with its visit's date, how often its link was called back, and what was pushed about it.

    `last`: calling it back now sends the visit to a supplementary draw.
    """

    seat: Seat
    due_at: datetime
    open: bool
    called_back: int
    last: bool
    pushes: tuple[Pushed, ...]


@router.get("/assignments")
def show_search(request: Request, desk: AtDesk, caller: Visitor) -> Response:
    """Where an officer looks an inspector up."""
    return to_login(request) if caller is None else _search(request, desk, caller)


@router.post("/assignments")
def find_seats(request: Request, desk: AtDesk, caller: Visitor, form: Posted, lang: InLang) -> Response:
    """The open assignments of an inspector of the session's agencies. By a form: who was drawn stands in no address."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        complete(form, Invalid("staff_missing", field="inspector"))
        staff = read(StaffIn, inspector=form.one("inspector").strip()).inspector

        def find(tx: Tx, now: datetime) -> list[tuple[Seat, datetime]]:
            found = [one for agency in caller.sees for one in tx.visits.open_seats_of(agency, staff)]
            for draw in sorted({tx.visits.get(seat.visit).draw for seat, _ in found}):
                embargo.note(tx, draw, caller.name, f"page:assignments:{staff}", now)
            return found

        return _search(request, desk, caller, form, rows=desk.act(find))
    except InspectorError as error:
        return _search(request, desk, caller, form, wrong=trouble(error, form, lang))


@router.get("/assignments/{name}")
def show_one(request: Request, desk: AtDesk, caller: Visitor, name: NamePath) -> Response:
    """One of them, with the form to call its link back."""
    return to_login(request) if caller is None else _page(request, desk, caller, name)


@router.post("/assignments/{name}")
def post_one(request: Request, desk: AtDesk, caller: Visitor, name: NamePath, form: Posted, lang: InLang) -> Response:
    """The officer calls the link back, and says whether its inspector is sent the next one."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        complete(form, Invalid("reason_missing", field="reason"))
        given = read(SeatLinkIn, reason=form.one("reason"), anew=form.one("anew") == "yes")
        call_back(desk, caller, name, given, form.message_id())
    except InspectorError as error:
        return _page(request, desk, caller, name, form, trouble(error, form, lang))
    return RedirectResponse(request.url.path + carried(request), 303)


def _search(
    request: Request,
    desk: Desk,
    caller: Caller,
    form: Fields | None = None,
    wrong: Trouble = NO_TROUBLE,
    rows: list[tuple[Seat, datetime]] | None = None,
) -> Response:
    try:
        caller.may(Role.OFFICER)
    except InspectorError as error:
        return refused(request, error)
    context = {
        "caller": caller,
        "rows": rows,
        "phone": phone_words(language(request)),
        "kept": form.kept() if form else {},
        "trouble": wrong,
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "seatlist.html", status=wrong.status, **context)


def _page(
    request: Request, desk: Desk, caller: Caller, name: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE
) -> Response:
    def ask(tx: Tx, now: datetime) -> _Held:
        held, seat = by_name(tx, name)
        if seat.agency not in caller.sees:
            raise Missing("seat_unknown", seat=name)
        embargo.note(tx, held.draw, caller.name, f"page:seat:{name}", now)
        return _Held(
            seat=seat,
            due_at=held.due_at,
            open=seat.state.open and held.state.open,
            called_back=tx.replylinks.edition(LINK, name),
            last=seatlink.last(tx, held, seat),
            pushes=tuple(tx.pushes.of_seat(name)),
        )

    try:
        caller.may(Role.OFFICER)
        told = desk.act(ask)
    except InspectorError as error:
        return refused(request, error)
    context = {
        "caller": caller,
        "told": told,
        "kept": form.kept() if form else {},
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "seatdesk.html", status=wrong.status, **context)
