"""Deputies: who decides in whose stead, over HTTP and on the officers' page; each form is the API's operation."""

from __future__ import annotations

from datetime import date, datetime

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from inspector.domain.deputy import Deputy
from inspector.domain.errors import InspectorError, Missing, Refusal
from inspector.flows import deputies
from inspector.store.tx import Tx, new_id
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, Officer, ResultReader
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import Day, Limit, Line, MessageId, NamePath, Strict
from inspector.web.language import InLang, carried
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, page, read, trouble
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login, unfit, written_by_officer
from inspector.web.signedin import guard, held_cookie
from inspector.web.steps import Kind, entry

router = APIRouter(prefix="/v1", tags=["consequences"], route_class=JsonRoute)
pages = APIRouter(include_in_schema=False)
_MOST = 200
_NAME = (entry("officer"), entry("deputy"), entry("since", Kind.DAY), entry("until", Kind.DAY))


class DeputyIn(Strict):
    """Who is away, who decides in that officer's stead, from which day to which, both counted."""

    officer: Line
    deputy: Line
    since: Day
    until: Day


class EndIn(Strict):
    """That it ends today: nothing more is to be said."""


class DeputyShown(Shown):
    """Who decides in whose stead. `named_by`: who entered it."""

    id: str
    agency: str
    officer: str
    deputy: str
    since: date
    until: date
    named_by: str
    named_at: datetime
    ended_at: datetime | None
    ended_by: str


class DeputiesShown(Shown):
    """Deputies of the token's agencies, ended ones too; whose last day is the latest stands last."""

    deputies: tuple[DeputyShown, ...]


@router.get("/deputies", responses=READS)
def list_deputies(desk: AtDesk, caller: ResultReader, limit: Limit = _MOST) -> DeputiesShown:
    """Who decides in whose stead, and who did."""
    held = desk.look(lambda tx: tx.deputies.page(caller.sees, limit=limit))
    return DeputiesShown(deputies=tuple(map(DeputyShown.model_validate, held)))


@router.post("/deputies", response_model=DeputyShown, responses=WRITES)
def name_deputy(desk: AtDesk, caller: Officer, given: DeputyIn, message_id: MessageId = None) -> JSONResponse:
    """An officer of the token's agency is away, and another one decides in his or her stead; nobody names himself or herself."""

    def do(tx: Tx, now: datetime) -> DeputyShown:
        made = Deputy(**given.model_dump(), id=new_id(), agency=caller.agency, named_by=caller.name, named_at=now)
        return DeputyShown.model_validate(deputies.name(desk.office, tx, made, now))

    return desk.once(message(caller.source, message_id, "deputy", given), do)


@router.post("/deputies/{deputy}/end", response_model=DeputyShown, responses=WRITES)
def end_deputy(desk: AtDesk, caller: Officer, deputy: NamePath, given: EndIn, message_id: MessageId = None) -> JSONResponse:
    """The officer is back, or another deputy is to be named: it ends today."""

    def do(tx: Tx, now: datetime) -> DeputyShown:
        if tx.deputies.get(deputy).agency not in caller.sees:
            raise Missing("deputy_unknown", deputy=deputy)
        return DeputyShown.model_validate(deputies.end(tx, deputy, caller.name, now))

    return desk.once(message(caller.source, message_id, f"deputy end {deputy}", given), do)


@pages.get("/deputies", name="deputies")
def show(request: Request, desk: AtDesk, caller: Visitor) -> Response:
    """Who decides in whose stead within the session's agencies, and, for an officer, the form that names one."""
    return to_login(request) if caller is None else _page(request, desk, caller)


@pages.post("/deputies")
def post(request: Request, desk: AtDesk, caller: Visitor, form: Posted, lang: InLang) -> Response:
    """An officer names a deputy, or ends one's time."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        match form.one("do"):
            case "name":
                given = read(DeputyIn, **{one.name: form.one(one.name) for one in _NAME})
                name_deputy(desk, caller, given, form.message_id())
            case "end":
                end_deputy(desk, caller, form.one("id"), EndIn(), form.message_id())
            case other:
                raise Refusal("action_unknown", action=other[:40])
    except InspectorError as error:
        return _page(request, desk, caller, form, trouble(error, form, lang, group="deputydesk"))
    return RedirectResponse(request.url.path + carried(request), 303)


def _page(request: Request, desk: Desk, caller: Caller, form: Fields | None = None, wrong: Trouble = NO_TROUBLE) -> Response:
    if (refusal := unfit(request, caller)) is not None:
        return refusal
    today = desk.office.calendar.local_date(desk.office.now())
    held = desk.look(lambda tx: tx.deputies.page(caller.sees))
    told = {
        "steps": [("name", _NAME)] if caller.role is Role.OFFICER else [],
        "kept": form.kept() if form is not None else {"officer": caller.name},
        "tried": form.one("do") if form is not None else "",
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    standing = [one for one in held if one.ended_at is None and one.until >= today]
    return page(request, "deputies.html", status=wrong.status, caller=caller, standing=standing, **told)
