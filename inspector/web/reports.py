"""Reports of draws as pages, linked from the ops page. They name nobody."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from inspector.domain.errors import Forbidden, InspectorError
from inspector.flows.publish import refuse_early
from inspector.flows.reporting import report
from inspector.flows.reportwords import Wording, tell
from inspector.store.tx import Tx
from inspector.web.caller import Caller, Unknown
from inspector.web.desk import AtDesk, Desk
from inspector.web.draws import draw_seen
from inspector.web.fields import NamePath
from inspector.web.ops import may_watch
from inspector.web.pages import InLang, page, refused
from inspector.web.session import Visitor, to_login

router = APIRouter(include_in_schema=False)
_NEWEST = 50


@router.get("/ops/draws")
def list_reports(request: Request, desk: AtDesk, caller: Visitor) -> Response:
    """The newest draws that were carried out, within the agencies of whoever looks."""
    try:
        may_watch(desk, caller)
    except Unknown:
        return to_login(request)
    except Forbidden as error:
        return refused(request, error)
    held = desk.look(lambda tx: tx.draws.carried_out(caller.sees if caller else None, _NEWEST))
    return page(request, "reports.html", draws=held, caller=caller)


@router.get("/ops/draws/{number}")
def show_report(request: Request, desk: AtDesk, caller: Visitor, number: NamePath, lang: InLang) -> Response:
    """One draw's report. Whoever has not said who he is sees it after the visits only, where the page is open at all."""
    try:
        may_watch(desk, caller)
        told = desk.look(lambda tx: _told(desk, tx, caller, number, lang))
    except Unknown:
        return to_login(request)
    except InspectorError as error:
        return refused(request, error)
    return page(request, "report.html", told=told, caller=caller)


def _told(desk: Desk, tx: Tx, caller: Caller | None, number: str, lang: InLang) -> Wording:
    held = tx.draws.get(number)
    agency = held.agency
    if caller is None:
        refuse_early(desk.office, held, tx.visits.of_selection(number), desk.office.now())
    else:
        draw_seen(tx, caller, number)
        if held.own:  # whose list: the lead's, to those who may read it
            agency = next(one for one in held.agencies if one in caller.sees)
    return tell(report(desk.office, tx, number, agency), lang)
