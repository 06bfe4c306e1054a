"""The officer's desk of tip-offs and of the lead checks opened from them. Who told is read here on record, and shown nowhere else."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel
from starlette.responses import RedirectResponse, Response

from inspector.domain.case import SubjectKind
from inspector.domain.errors import InspectorError, Invalid, Refusal
from inspector.domain.leadcheck import Report
from inspector.domain.tipoff import Informant, TipOff, TipSource, TipState
from inspector.domain.viewing import Shown as What
from inspector.flows import leads
from inspector.flows.leads import Given
from inspector.store.tx import Tx, new_id
from inspector.web.asked import name_of
from inspector.web.caller import Caller
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.language import InLang, carried
from inspector.web.leads import (
    LeadCheckIn,
    LeadCheckShown,
    LeadDecisionIn,
    LeadResultIn,
    ReasonsIn,
    TipOffIn,
    TipOffShown,
    TipOffTaken,
    check_of,
    seen,
    tip_of,
)
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, complete, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.session import Visitor, to_login, unfit, written_by_officer
from inspector.web.signedin import guard, held_cookie

router = APIRouter(include_in_schema=False)
SHOWN = 200


@router.get("/tip-offs")
def show_all(request: Request, desk: AtDesk, caller: Visitor) -> Response:
    """Tip-offs that nobody has closed, the oldest first; and the form for one that came by telephone or at the counter."""
    return to_login(request) if caller is None else _list(request, desk, caller)


@router.post("/tip-offs")
def take(request: Request, desk: AtDesk, caller: Visitor, form: Posted, lang: InLang) -> Response:
    """An officer enters a tip-off."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        _take(desk, caller, form)
    except InspectorError as error:
        return _list(request, desk, caller, form, trouble(error, form, lang))
    return RedirectResponse(request.url.path + carried(request), 303)


@router.get("/tip-offs/{tip_id}")
def show_one(request: Request, desk: AtDesk, caller: Visitor, tip_id: str) -> Response:
    """One of them, with its checks and what an officer may do."""
    return to_login(request) if caller is None else _page(request, desk, caller, tip_id)


@router.post("/tip-offs/{tip_id}")
def post_one(request: Request, desk: AtDesk, caller: Visitor, tip_id: str, form: Posted, lang: InLang) -> Response:
    """An officer closes it, proposes a check, decides on one as a head, enters its result, or reads who told."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        if form.one("do") == "informant":  # shown this once, and the reading is on record
            return _page(request, desk, caller, tip_id, told=desk.act(lambda tx, now: _informant(tx, caller, tip_id, now)))
        _do(desk, caller, tip_id, form)
    except InspectorError as error:
        return _page(request, desk, caller, tip_id, form, trouble(error, form, lang))
    return RedirectResponse(request.url.path + carried(request), 303)


def _take(desk: Desk, caller: Caller, form: Fields) -> None:
    complete(form, Invalid("tip_off_codeless", field="code"), Invalid("tip_off_empty", field="words"))
    about = {"kind": form.one("kind"), "code": form.one("code").strip(), "name": form.one("name").strip()}
    given = read(TipOffIn, agency=form.one("agency"), source=form.one("source"), subject=about, words=form.one("words"))
    caller.within(given.agency)
    told = Given(
        agency=given.agency,
        source=given.source,
        kind=given.subject.kind,
        code=given.subject.code,
        name=given.subject.name,
        words=given.words,
        informant=Informant(name=form.one("told_by").strip(), contact=form.one("reach").strip()),
    )
    said = message(caller.source, form.message_id(), "tip-off", given)
    desk.once(said, lambda tx, now: TipOffTaken.model_validate(leads.take(desk.office, tx, told, caller.name, now)))


def _do(desk: Desk, caller: Caller, tip_id: str, form: Fields) -> None:
    office, check_id, by = desk.office, form.one("check"), caller.name
    given: BaseModel
    match form.one("do"):
        case "close":
            complete(form, Invalid("reason_missing", field="reasons"))
            given = why = read(ReasonsIn, reasons=form.one("reasons"))

            def do(tx: Tx, now: datetime) -> BaseModel | Refusal:
                tip_of(tx, caller, tip_id)
                return TipOffShown.model_validate(leads.close(office, tx, tip_id, by, why.reasons, now))

        case "propose":
            complete(form, Invalid("lead_lacks", field="scope"), Invalid("lead_lacks", field="reasons"))
            given = wanted = read(LeadCheckIn, scope=form.one("scope"), reasons=form.one("reasons"))

            def do(tx: Tx, now: datetime) -> BaseModel | Refusal:
                tip_of(tx, caller, tip_id)
                return LeadCheckShown.model_validate(leads.propose(office, tx, tip_id, wanted.scope, wanted.reasons, by, now))

        case "approve" | "refuse":
            complete(form, Invalid("lead_lacks", field="document"))
            given = decided = read(LeadDecisionIn, approved=form.one("do") == "approve", document=form.one("document"))

            def do(tx: Tx, now: datetime) -> BaseModel | Refusal:
                check_of(tx, caller, check_id)
                made = leads.decide(office, tx, check_id, by, decided.document, now, approved=decided.approved)
                return made if isinstance(made, Refusal) else LeadCheckShown.model_validate(made)

        case "result":
            complete(form, Invalid("lead_lacks", field="inspectors"), Invalid("lead_lacks", field="visited_on"))
            team = tuple(form.one("inspectors").replace("，", ",").replace("、", ",").split(","))
            seen = {"visited_on": form.one("visited_on"), "found": form.one("found") == "yes", "words": form.one("words")}
            given = told = read(LeadResultIn, inspectors=tuple(one.strip() for one in team if one.strip()), **seen)

            def do(tx: Tx, now: datetime) -> BaseModel | Refusal:
                check_of(tx, caller, check_id)
                made = Report(inspectors=told.inspectors, on=told.visited_on, found=told.found, words=told.words, by=by)
                return LeadCheckShown.model_validate(leads.report(office, tx, check_id, made, now))

        case other:
            raise Refusal("action_unknown", action=other[:40])
    desk.once(message(caller.source, form.message_id(), f"{form.one('do')} {tip_id} {check_id}", given), do)


def _informant(tx: Tx, caller: Caller, tip_id: str, now: datetime) -> Informant:
    tip_of(tx, caller, tip_id)
    return leads.informant(tx, tip_id, caller.name, now)


def _list(request: Request, desk: Desk, caller: Caller, form: Fields | None = None, wrong: Trouble = NO_TROUBLE) -> Response:
    if (refusal := unfit(request, caller)) is not None:
        return refusal
    rows = desk.look(lambda tx: tx.tips.open_of(caller.sees, SHOWN))
    seen(desk, caller, rows, What.LIST, "page")
    context = {
        "rows": rows,
        "sources": list(TipSource),
        "kinds": list(SubjectKind),
        "agencies": [(one, name_of(desk, one)) for one in caller.sees],
    }
    return page(request, "tipoffs.html", status=wrong.status, **context, **_around(request, desk, caller, form, wrong))


def _page(
    request: Request,
    desk: Desk,
    caller: Caller,
    tip_id: str,
    form: Fields | None = None,
    wrong: Trouble = NO_TROUBLE,
    *,
    told: Informant | None = None,
) -> Response:
    def ask(tx: Tx) -> tuple[TipOff, list[object]]:
        held = tip_of(tx, caller, tip_id)
        return held, [tx.tips.check(one) for one in held.checks]

    try:
        caller.reads()
        held, checks = desk.look(ask)
        seen(desk, caller, (held,), What.CASE, "page")
    except InspectorError as error:
        return refused(request, error)
    context = {"held": held, "checks": checks, "told": told, "open": held.state is not TipState.CLOSED}
    return page(request, "tipoff.html", status=wrong.status, **context, **_around(request, desk, caller, form, wrong))


def _around(request: Request, desk: Desk, caller: Caller, form: Fields | None, wrong: Trouble) -> dict[str, object]:
    return {
        "caller": caller,
        "officer": caller.role is Role.OFFICER,
        "kept": form.kept() if form else {},
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
    }
