"""Reports of draws as pages, linked from the ops page. They name nobody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from inspector.domain.errors import Forbidden, InspectorError, Missing
from inspector.flows import reconcile
from inspector.flows.publish import refuse_early
from inspector.flows.reporting import report
from inspector.flows.reportwords import Wording, tell
from inspector.store.tx import Tx
from inspector.web.caller import Caller, Unknown
from inspector.web.desk import AtDesk, Desk
from inspector.web.draws import draw_seen
from inspector.web.fields import NamePath
from inspector.web.language import InLang
from inspector.web.ops import may_watch
from inspector.web.pages import page, refused
from inspector.web.session import Visitor, to_login

router = APIRouter(include_in_schema=False)
_NEWEST = 50
Agency = Annotated[str, Query(max_length=200)]


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
def show_report(request: Request, desk: AtDesk, caller: Visitor, number: NamePath, lang: InLang, agency: Agency = "") -> Response:
    """One draw's report. Whoever has not said who he is sees it after the visits only, where the page is open at all.

    Where each list has rules of its own, that of the first list whose agency the visitor may read, or of the one that is asked for.
    """
    try:
        may_watch(desk, caller)
        with reconcile.telling(desk.office):
            told = desk.look(lambda tx: _told(desk, tx, caller, number, lang, agency))
    except Unknown:
        return to_login(request)
    except InspectorError as error:
        return refused(request, error)
    return page(request, "report.html", told=told, caller=caller)


def _told(desk: Desk, tx: Tx, caller: Caller | None, number: str, lang: InLang, agency: str) -> Wording:
    held = tx.draws.get(number)
    if caller is None:
        refuse_early(desk.office, tx, held, desk.office.now())
    else:
        draw_seen(tx, caller, number)
        if held.own:
            may = [one for one in held.agencies if one in caller.sees]
            if agency and agency not in may:
                raise Missing("agency_not_yours", agency=agency, yours=", ".join(may))
            agency = agency or may[0]
    return tell(report(desk.office, tx, number, agency), lang)
