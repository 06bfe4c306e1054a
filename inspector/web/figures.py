"""The figures of a public ceremony, typed in a browser: by two persons, each with a token of his or her own (ruling 19).

Nobody sees what the other has typed, only whether the two agree. Who erred types again, until the figures' last moment.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain import seed
from inspector.domain.errors import Forbidden, InspectorError, Invalid
from inspector.domain.plan import Draw
from inspector.flows import seeding
from inspector.flows.seeding import Standing
from inspector.store.tx import Tx, new_id
from inspector.web.caller import Caller
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.draws import TypedShown, draw_of
from inspector.web.fields import NamePath
from inspector.web.language import InLang, carried
from inspector.web.messages import FiguresIn
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, complete, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login
from inspector.web.signedin import guard, held_cookie

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A ceremony whose figures are to be typed: `wanted` is its form, `standing` how the caller's own typing stands beside the other's."""

    party: str
    what: str
    wanted: str
    opens: datetime | None
    closes: datetime | None
    further: bool
    ready: bool
    standing: Standing | None


@router.get("/figures")
def list_ceremonies(request: Request, desk: AtDesk, caller: Visitor) -> Response:
    """The draws whose figures are still to be typed, within the session's agencies."""
    if caller is None:
        return to_login(request)
    try:
        caller.may(Role.CLERK)
    except InspectorError as error:
        return refused(request, error)
    held = desk.look(lambda tx: [one for one in tx.draws.unfinished() if one.agency in caller.sees and one.awaiting])
    return page(request, "ceremonies.html", caller=caller, draws=[(one, _asked(one, caller, desk.office.now())) for one in held])


@router.get("/figures/{number}")
def show_ceremony(request: Request, desk: AtDesk, caller: Visitor, number: NamePath) -> Response:
    """One draw's ceremonies, each with its form, its time and how the caller's typing stands."""
    return _ceremony(request, desk, caller, number) if caller is not None else to_login(request)


@router.post("/figures/{number}")
def post_figures(request: Request, desk: AtDesk, caller: Visitor, number: NamePath, form: Posted, lang: InLang) -> Response:
    """A person types the figures of one ceremony."""
    if caller is None:
        return to_login(request)
    try:
        caller.may(Role.CLERK)
        if not hmac.compare_digest(guard(desk, held_cookie(request)).encode(), form.one("guard").encode()):
            raise Forbidden("guard_wrong")
        form.sound()
        complete(form, Invalid("figures_missing", field="figures"))
        given = read(
            FiguresIn,
            figures=form.one("figures"),
            party=form.one("party") or None,
            held_at=_held_at(desk, form.one("held_at")),
            minutes=form.one("minutes"),
        )
        said = message(caller.source, form.message_id(), f"figures {number}", given)
        desk.once(said, lambda tx, now: typed(desk, tx, caller, number, given, now))
    except InspectorError as error:
        return _ceremony(request, desk, caller, number, form, trouble(error, form, lang))
    return RedirectResponse(request.url.path + carried(request), 303)


def typed(desk: Desk, tx: Tx, caller: Caller, number: str, given: FiguresIn, now: datetime) -> TypedShown:
    """Write the typing down: by whichever door, the same. Raises Missing, Refusal, Invalid (`seeding.type_figures`)."""
    party = seeding.ceremony(draw_of(tx, caller, number), given.party, now)
    held = seeding.type_figures(
        desk.office, tx, number, caller.name, given.figures, now, party=party, held_at=given.held_at, minutes=given.minutes
    )
    return TypedShown.of(held, party, seeding.standing(held, party, caller.name))


def _held_at(desk: Desk, told: str) -> str | None:
    """The time of the minutes as a browser's field gives it: that of the office. What cannot be read goes on, to be told as such."""
    try:
        at = datetime.fromisoformat(told)
    except ValueError:
        return told or None
    return (at if at.tzinfo is not None else at.replace(tzinfo=desk.office.calendar.zone)).isoformat()


def _ceremony(
    request: Request, desk: Desk, caller: Caller, number: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE
) -> Response:
    try:
        caller.may(Role.CLERK)
        held = desk.look(lambda tx: draw_of(tx, caller, number))
    except InspectorError as error:
        return refused(request, error)
    kept = form.kept() if form is not None else {}
    context = {
        "caller": caller,
        "draw": held,
        "ceremonies": _asked(held, caller, desk.office.now()),
        "typed": {name: kept.get(name, "") for name in ("party", "figures", "held_at", "minutes")},
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "ceremony.html", status=wrong.status, **context)


def _asked(held: Draw, caller: Caller, now: datetime) -> list[Asked]:
    told = []
    for party, opens in held.awaiting.items():
        form = seed.form(held.promises[party])
        mine = caller.name in held.typed.get(party, {})
        told.append(
            Asked(
                party=party,
                what=str(held.promises[party].get("what", "")),
                wanted=form.wanted if form is not None else "",
                opens=opens,
                closes=held.closes(party),
                further=party in held.further,
                ready=opens is None or now >= opens,
                standing=seeding.standing(held, party, caller.name) if mine else None,
            )
        )
    return told
