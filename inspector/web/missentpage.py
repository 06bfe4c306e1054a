"""The officers' page of a case that came by mistake: one says so, with the reason; another one reads it and agrees, or says why not.

Each form is the message of the API by the same operation, so that page and program are held to the same rules.
"""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain import missent
from inspector.domain.case import Case
from inspector.domain.errors import InspectorError, Invalid
from inspector.domain.sendback import SendBackReason
from inspector.domain.viewing import Shown as What
from inspector.store.tx import Tx, new_id
from inspector.web import missent as api
from inspector.web.caller import Caller
from inspector.web.cases import read_case
from inspector.web.desk import AtDesk, Desk
from inspector.web.fields import CaseId
from inspector.web.language import InLang, carried
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, complete, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login, written_by_officer
from inspector.web.signedin import guard, held_cookie

router = APIRouter(include_in_schema=False)
_GROUP = "sendback"
_NAMES = ("reason", "words", "competent", "same_as")


@router.get("/review/{case_id}/send-back")
def show_send_back(request: Request, desk: AtDesk, caller: Visitor, case_id: CaseId) -> Response:
    """What is said to be wrong with a case, and for officers what they may say to it."""
    if caller is None:
        return to_login(request)
    return _page(request, desk, caller, case_id)


@router.post("/review/{case_id}/send-back")
def post_send_back(request: Request, desk: AtDesk, caller: Visitor, case_id: CaseId, form: Posted, lang: InLang) -> Response:
    """An officer asks, agrees or declines, by the button that was pressed."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        _take(desk, caller, case_id, form)
    except InspectorError as error:
        return _page(request, desk, caller, case_id, form, trouble(error, form, lang, group=_GROUP))
    return RedirectResponse(f"/review/{case_id}{carried(request)}", 303)


def _take(desk: Desk, caller: Caller, case_id: str, form: Fields) -> None:
    """Carry out what a form says. Raises what the operation raises, and Unfinished for fields that nobody has filled in."""
    number = form.message_id()
    match form.one("do"):
        case "agree":
            complete(form, Invalid("send_back_unsure", field="sure"))
            api.agree_send_back(desk, caller, case_id, number)
        case "decline":
            complete(form, Invalid("reason_missing", field="why"))
            api.decline_send_back(desk, caller, case_id, read(api.DeclineIn, words=form.one("why")), number)
        case _:
            complete(form, Invalid("send_back_reasonless", field="reason"), Invalid("reason_missing", field="words"))
            given = read(api.SendBackIn, **{name: form.one(name) for name in _NAMES})
            api.ask_send_back(desk, caller, case_id, given, number)


def _page(
    request: Request, desk: Desk, caller: Caller, case_id: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE
) -> Response:
    def ask(tx: Tx, _now: datetime) -> Case:
        return caller.case(tx, case_id)

    try:
        caller.reads()
        case = read_case(desk, caller, case_id, What.CASE, ask, "page")
    except InspectorError as error:
        return refused(request, error)
    officer = caller.role is Role.OFFICER
    context = {
        "caller": caller,
        "case": case,
        "asked": case.send_back if missent.waits(case) else None,
        "may_ask": officer and missent.may(case) and not missent.waits(case),
        "may_say": officer and missent.waits(case),
        "reasons": [*SendBackReason],
        "kept": {name: form.one(name) for name in (*_NAMES, "why")} if form is not None else {},
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "sendback.html", status=wrong.status, **context)
