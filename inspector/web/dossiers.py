"""Files as zips: a case's over HTTP and by a button on the officer's page, an officer's likewise. Each is an entry of the ledger."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from inspector import printing
from inspector.domain.errors import Forbidden, InspectorError
from inspector.domain.person import declared, same
from inspector.domain.viewing import Shown as What
from inspector.flows import casefile, dutyfile, filepage
from inspector.web.caller import Caller, ResultReader
from inspector.web.desk import AtDesk, Desk
from inspector.web.errors import READS, WRITES
from inspector.web.fields import CaseId, CasePath, Day, Line, Strict
from inspector.web.language import InLang
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login, unfit
from inspector.web.signedin import guard, guarded, held_cookie
from inspector.web.viewings import shown, viewer

api = APIRouter(prefix="/v1", tags=["cases"])
pages = APIRouter(include_in_schema=False)
ZIP: Mapping[int | str, dict[str, Any]] = {200: {"description": "The folder, zipped", "content": {"application/zip": {}}}}


class DutyIn(Strict):
    """Whose duty file: a name of that person, the first day and the last. In the message, for addresses are logged."""

    officer: Line
    since: Day
    until: Day
    pdf: bool = False


@api.get("/cases/{case_id}/dossier", response_class=Response, responses={**READS, **ZIP})
def case_dossier(
    desk: AtDesk,
    caller: ResultReader,
    case_id: CasePath,
    pdf: Annotated[bool, Query(description="Its Chinese page as PDF, too, beside the folder: it proves nothing")] = False,
) -> Response:
    """A case's file, zipped: pages, entries of the ledger, proofs. That you were given it is an entry of the ledger.

    Who decided what on which data under which pack, how dates were counted, letters and visits; without inspectors' names, and without
    a visit that is still to be made. `case dossier-check` shows offline whether anything was changed since.
    """
    return _case(desk, caller, case_id, "api", pdf=pdf)


@api.post("/duty", response_class=Response, responses={**WRITES, **ZIP})
def duty_file(desk: AtDesk, caller: ResultReader, given: DutyIn) -> Response:
    """An officer's duty file, zipped: what was known, due and done by the ledger. For that officer, a head of the agency, an overseer.

    Acts signed by that person, by whichever of the names that the house has declared, about cases and open visits of the token's
    agencies; nobody is compared. That you were given it is an entry of the ledger.
    """
    return _duty(desk, caller, given, "api")


@pages.get("/duty")
def duty_page(request: Request, desk: AtDesk, caller: Visitor) -> Response:
    """The same by a button: one's own of this year at one press; a head and an overseer say whose."""
    return to_login(request) if caller is None else _duty_desk(request, desk, caller)


@pages.post("/duty")
def duty_file_page(request: Request, desk: AtDesk, caller: Visitor, form: Posted, lang: InLang) -> Response:
    """The file itself, asked for by a form of this session: whose it is stands in no address."""
    if caller is None:
        return to_login(request)
    try:
        caller.reads()
        guarded(request, desk, form.one("guard"))
        form.sound()
        officer = form.one("officer") if _chooses(desk, caller) else caller.name
        days = {"since": form.one("since"), "until": form.one("until")}
        return _duty(desk, caller, read(DutyIn, officer=officer, **days, pdf=bool(form.one("pdf"))), "page")
    except InspectorError as error:
        return _duty_desk(request, desk, caller, form, trouble(error, form, lang, group="dutydesk"))


@pages.post("/review/{case_id}/dossier")
def case_dossier_page(request: Request, desk: AtDesk, caller: Visitor, case_id: CaseId, form: Posted) -> Response:
    """The same by a button: what is written down is asked for by a form of this session, never by a mere address."""
    if caller is None:
        return to_login(request, f"/review/{case_id}")
    try:
        caller.reads()
        guarded(request, desk, form.one("guard"))
        return _case(desk, caller, case_id, "page", pdf=bool(form.one("pdf")))
    except InspectorError as error:
        return refused(request, error)


def _case(desk: Desk, caller: Caller, case_id: str, door: str, *, pdf: bool) -> Response:
    program = printing.browser("pdf") if pdf else ""
    case = desk.look(lambda tx: caller.case(tx, case_id))
    shown(desk, caller, What.DOSSIER, (case,), door)
    return _handed_out(f"case-{case_id}", casefile.case_file(desk.office, case_id, caller.name, door).files, program)


def _duty(desk: Desk, caller: Caller, given: DutyIn, door: str) -> Response:
    """Raises Forbidden (`duty_of_another`) for an officer's question for somebody else's, and what `duty_file` raises."""
    program, officer = printing.browser("pdf") if given.pdf else "", given.officer
    if not _chooses(desk, caller):
        if not same(caller.name, declared(officer, desk.office.entrance.people) or officer):
            raise Forbidden("duty_of_another", officer=officer)
        officer = caller.name
    asked = dutyfile.Asked(officer=officer, since=given.since, until=given.until, agencies=caller.sees)
    return _handed_out("duty", dutyfile.duty_file(desk.office, asked, viewer(caller, door)).files, program)


def _handed_out(name: str, files: Mapping[str, bytes], program: str) -> Response:
    """The folder, and its Chinese page as PDF beside it where a browser is to print it: within it would be one file too many."""
    return zipped(name, files, {f"{name}.pdf": printing.pdf(program, files, filepage.NAMES["zh-Hans"])} if program else {})


def _chooses(desk: Desk, caller: Caller) -> bool:
    """Whether a caller may have another officer's: an overseer, and a head of the token's agency or of one above it."""
    return caller.role is not Role.OFFICER or dutyfile.heads(desk.office, caller.agency, caller.name)


def _duty_desk(request: Request, desk: Desk, caller: Caller, form: Fields | None = None, wrong: Trouble = NO_TROUBLE) -> Response:
    if (refusal := unfit(request, caller)) is not None:
        return refusal
    today = desk.office.calendar.local_date(desk.office.now())
    own = caller.name if caller.role is Role.OFFICER else ""
    kept = {"officer": own, "since": str(today.replace(month=1, day=1)), "until": str(today)} | dict(form.kept() if form else {})
    told = {"kept": kept, "chooses": _chooses(desk, caller), "guard": guard(desk, held_cookie(request)), "trouble": wrong}
    told |= {"prints": printing.installed() is not None}
    return page(request, "duty.html", status=wrong.status, caller=caller, **told)


def zipped(name: str, files: Mapping[str, bytes], beside: Mapping[str, bytes] = MappingProxyType({})) -> Response:
    """A folder of this name as one answer, and what lies beside it."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for file, content in files.items():
            packed.writestr(f"{name}/{file}", content)
        for file, content in beside.items():
            packed.writestr(file, content)
    headers = {"Content-Disposition": f'attachment; filename="{name}.zip"'}
    return Response(held.getvalue(), media_type="application/zip", headers=headers)
