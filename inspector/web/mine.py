"""What is one's own: an inspector's assignments, and the sessions that one has, or, for operations, that everybody below has."""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain.decision import Because
from inspector.domain.errors import InspectorError, Invalid, Missing
from inspector.flows import seatlink, subscribing
from inspector.store.room import Row
from inspector.store.tx import Tx, new_id
from inspector.web.caller import Unknown
from inspector.web.desk import AtDesk, Desk
from inspector.web.language import InLang, carried, language
from inspector.web.pages import NO_TROUBLE, Posted, Trouble, page, refused, trouble
from inspector.web.phone import phone_words, ring_words
from inspector.web.roles import Role, lacking
from inspector.web.seatdoor import Seated, binding, phone_of
from inspector.web.session import login, to_login
from inspector.web.signedin import LINK, Someone, guard, guarded, held_cookie, homely, someone
from inspector.web.todo import address, listed

router = APIRouter(include_in_schema=False)
_OF_SEAT = re.compile(r"/seat/[A-Za-z0-9._~:-]{1,200}/[A-Za-z0-9_-]{1,200}$")
"""The path of an assignment's link, wherever it says that the house is: it is opened here, and nowhere else."""


@router.get("/mine")
def show_mine(request: Request, desk: AtDesk) -> Response:
    """An inspector's open assignments, each by its own link, with what tells it from the others and what waits for whom it is given to.

    No object is named here: its page tells that when its time has come. Where a link has begun the session, what another phone has
    bound is not shown.
    """
    try:
        held = someone(request, desk)
    except Unknown:
        return to_login(request)
    staff = held.inspects
    if staff is None:
        return refused(request, lacking(held.session.role, ["inspector"]))

    return _mine(request, desk, held, staff)


@router.post("/mine/browser")
def ring_browser(request: Request, desk: AtDesk, form: Posted) -> Response:
    """Push to this browser from now on; or, where the form says `end`, to none."""
    try:
        held = someone(request, desk)
    except Unknown:
        return to_login(request, "/mine")
    staff = held.inspects
    if staff is None:
        return refused(request, lacking(held.session.role, ["inspector"]))
    told, ends, door = form.one("subscription"), form.one("do") == "end", held.session.way

    def do(tx: Tx, now: datetime) -> None:
        if ends:
            subscribing.unsubscribe(tx, *staff, door, now)
        else:
            subscribing.subscribe(desk.office, tx, *staff, told, door, now)

    try:
        guarded(request, desk, form.one("guard"))
        form.sound()
        desk.act(do)
    except InspectorError as error:
        return _mine(request, desk, held, staff, trouble(error, form, language(request)))
    return RedirectResponse("/mine" + carried(request), 303)


@router.post("/mine/open")
def open_mine(request: Request, desk: AtDesk, form: Posted) -> Response:
    """An assignment of the list that no phone has yet: whoever opens it here has it from now on.

    By a link's session alone it comes so: else whoever was forwarded one link would read all the others, and nobody would ever hear.
    """
    try:
        held = someone(request, desk)
    except Unknown:
        return to_login(request, "/mine")
    staff, answer = held.inspects, RedirectResponse("/mine" + carried(request), 303)
    if staff is None:
        return refused(request, lacking(held.session.role, ["inspector"]))
    name = form.one("seat")

    def do(tx: Tx, now: datetime) -> str:
        seat = next((one for one, _ in tx.visits.open_seats_of(*staff) if one.name == name), None)
        if seat is None:
            raise Missing("seat_unknown", seat=name[:80])
        if held.session.way == LINK:
            seatlink.bind(tx, name, phone, now)
        return address(desk, tx, seat)

    try:
        guarded(request, desk, form.one("guard"))
        form.sound()
        phone = binding(request, desk, Seated(name=name, token="", phone=phone_of(request, desk)), answer).phone
        answer.headers["Location"] = desk.act(do) + carried(request)
    except InspectorError as error:
        return _mine(request, desk, held, staff, trouble(error, form, language(request)))
    return answer


@router.post("/mine/link")
def paste_link(request: Request, desk: AtDesk, form: Posted, lang: InLang) -> Response:
    """Lead to the page of an assignment's link that was copied from a message.

    A page on a home screen has no line for addresses, and another browser's links do not open in it. It signs nobody in by itself.
    """
    try:
        homely(request, desk)
        form.sound()
        found = _OF_SEAT.search(urlsplit(form.one("link").strip()).path)
        if found is None:
            raise Invalid("link_cut", field="link")
    except (InspectorError, ValueError) as error:
        told = error if isinstance(error, InspectorError) else Invalid("link_cut", field="link")
        return login(request, desk, "/mine", trouble(told, form, lang), pasting=True)
    return RedirectResponse(found[0] + carried(request), 303)


@router.get("/sessions")
def show_sessions(request: Request, desk: AtDesk) -> Response:
    """My sessions: where somebody is in under my name; for operations all of the agencies below."""
    try:
        held = someone(request, desk)
    except Unknown:
        return to_login(request)
    rows = desk.look(lambda tx: _visible(desk, tx, held))
    made = guard(desk, held_cookie(request))
    return page(request, "sessions.html", held=held.session, rows=rows, guard=made, all=_watches(held))


@router.post("/sessions")
def end_session(request: Request, desk: AtDesk, form: Posted) -> Response:
    """End one of them at once."""
    try:
        held = someone(request, desk)
        guarded(request, desk, form.one("guard"))
        form.sound()
        wanted = form.one("session")

        def do(tx: Tx, _now: object) -> None:
            row = next((one for one in _visible(desk, tx, held) if one["id"] == wanted), None)
            if row is None:
                raise Missing("session_unknown", id=wanted)
            now = tx.machine_now()
            tx.sessions.end_one(wanted, held.session.name, now)
            told = {"by": held.session.name, "session": wanted, "name": row["name"], "agency": row["agency"]}
            because = Because(rule="operator.signin.end", basis=(), pack="", facts=told)
            tx.ledger.append(new_id(), f"session:{wanted}", because, {}, desk.office.now())

        desk.act(do)
    except Unknown:
        return to_login(request)
    except InspectorError as error:
        return refused(request, error)
    return RedirectResponse("/sessions" + carried(request), 303)


def _mine(request: Request, desk: Desk, held: Someone, staff: tuple[str, str], wrong: Trouble = NO_TROUBLE) -> Response:
    lang = language(request)
    phone = phone_of(request, desk) if held.session.way == LINK else None
    (rows, elsewhere), ring = desk.look(
        lambda tx: (listed(desk, tx, *staff, lang, phone), subscribing.offer(desk.office, tx, *staff))
    )
    told = {"elsewhere": elsewhere, "ring": ring, "ring_words": ring_words(lang), "guard": guard(desk, held_cookie(request))}
    return page(
        request, "mine.html", status=wrong.status, held=held.session, rows=rows, phone=phone_words(lang), trouble=wrong, **told
    )


def _watches(held: Someone) -> bool:
    return held.caller is not None and held.caller.role is Role.OPS


def _visible(desk: Desk, tx: Tx, held: Someone) -> list[Row]:
    """Whose sessions one may see and end: one's own, by name and role at one agency; operations those of every agency below."""
    mine, ways = held.session, desk.office.entrance
    sees = held.caller.sees if held.caller is not None and _watches(held) else (mine.agency,)
    rows = tx.sessions.open(tx.machine_now(), max(ways.idle, ways.phone), sees)
    if _watches(held):
        return rows
    own = (mine.name, mine.role, mine.inspector)
    return [row for row in rows if (row["name"], row["role"], row["inspector"]) == own]
