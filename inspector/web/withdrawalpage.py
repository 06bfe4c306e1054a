"""The officers' page of a withdrawal that took nothing back: what was said, what stands, and the answer (decision 157).

The form is the message of the API by the same operation, so that page and program are held to the same rules.
"""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain.case import Case
from inspector.domain.errors import InspectorError, Invalid
from inspector.domain.viewing import Shown as What
from inspector.domain.withdrawal import WithdrawalAnswer
from inspector.flows import withdrawals
from inspector.flows.withdrawals import Said
from inspector.store.tx import Tx, new_id
from inspector.web import withdrawal as api
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
_NAMES = ("answer", "reasons")


@router.get("/review/{case_id}/withdrawal")
def show_withdrawal(request: Request, desk: AtDesk, caller: Visitor, case_id: CaseId) -> Response:
    """What the subject has said, which record stands, and for officers the answer."""
    return to_login(request) if caller is None else _page(request, desk, caller, case_id)


@router.post("/review/{case_id}/withdrawal")
def post_withdrawal(request: Request, desk: AtDesk, caller: Visitor, case_id: CaseId, form: Posted, lang: InLang) -> Response:
    """An officer answers, with reasons."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        complete(form, Invalid("withdrawal_undecided", field="answer"), Invalid("reason_missing", field="reasons"))
        given = read(api.WithdrawalAnswerIn, **{name: form.one(name) for name in _NAMES})
        api.answer_withdrawal(desk, caller, case_id, given, form.message_id())
    except InspectorError as error:
        return _page(request, desk, caller, case_id, form, trouble(error, form, lang, group="withdrawal"))
    return RedirectResponse(f"/review/{case_id}{carried(request)}", 303)


def _page(
    request: Request, desk: Desk, caller: Caller, case_id: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE
) -> Response:
    def ask(tx: Tx, _now: datetime) -> tuple[Case, Said | None]:
        return caller.case(tx, case_id), withdrawals.waiting(tx, case_id)

    try:
        caller.reads()
        case, said = read_case(desk, caller, case_id, What.CASE, ask, "page")
    except InspectorError as error:
        return refused(request, error)
    context = {
        "caller": caller,
        "case": case,
        "said": said,
        "may_say": said is not None and caller.role is Role.OFFICER,
        "answers": [*WithdrawalAnswer],
        "kept": {name: form.one(name) for name in _NAMES} if form is not None else {},
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
    return page(request, "withdrawal.html", status=wrong.status, **context)
