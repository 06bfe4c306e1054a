"""The officers' page on which a proceeding is opened about a case beside what its review proposed: what may be, and on what.

The form is the message of the API by the same operation, so that page, program and command line are held to the same rules; what may not
be opened is said with the reason, and no choice of the form.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from inspector.domain.case import Case
from inspector.domain.errors import InspectorError, Invalid
from inspector.domain.grading import Harm
from inspector.domain.proposal import Proposal
from inspector.domain.transition import Scope
from inspector.domain.viewing import Shown as What
from inspector.flows import openings, wording
from inspector.flows.explain import Explanation
from inspector.flows.openings import Openable
from inspector.flows.records import Act, act_line, acts
from inspector.store.tx import Tx, new_id
from inspector.web import consequences as api
from inspector.web.caller import Caller
from inspector.web.cases import read_case
from inspector.web.cases import why as why_of
from inspector.web.consequencemessages import ProposalIn
from inspector.web.desk import AtDesk, Desk
from inspector.web.fields import CaseId
from inspector.web.language import InLang, carried, language
from inspector.web.noticedesk import said
from inspector.web.pages import NO_TROUBLE, Fields, Posted, Trouble, complete, in_words, page, read, refused, trouble
from inspector.web.roles import Role
from inspector.web.session import Visitor, listed, to_login, written_by_officer
from inspector.web.signedin import guard, held_cookie

router = APIRouter(include_in_schema=False)
_GROUP = "opening"
_TYPED = ("proposal", "act", "reasons")
_DAYS = ("since", "harm", "opened_on", "document")
"""What is typed of a penalty alone, and may be left out."""
_DATED = "penalty_out_of_time"
"""What is refused for a day, and may be opened all the same by what an officer says of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What the page is made of; `acts`: those of the catalogue that some proceeding may name; `there`: what is due about each there is."""

    case: Case
    why: Explanation
    kinds: tuple[Openable, ...]
    acts: tuple[Act, ...]
    there: Mapping[str, str]


@router.get("/review/{case_id}/proceeding")
def show_opening(request: Request, desk: AtDesk, caller: Visitor, case_id: CaseId) -> Response:
    """What may be opened about a case, and, for an officer, the form."""
    return to_login(request) if caller is None else _page(request, desk, caller, case_id)


@router.post("/review/{case_id}/proceeding")
def post_opening(request: Request, desk: AtDesk, caller: Visitor, case_id: CaseId, form: Posted, lang: InLang) -> Response:
    """An officer opens one, and comes to its page, where the next step is due."""
    if caller is None:
        return to_login(request)
    try:
        written_by_officer(request, desk, caller, form)
        complete(form, Invalid("proposal_missing", field="proposal"), Invalid("reason_missing", field="reasons"))
        told = {name: form.one(name) for name in _TYPED} | {name: form.one(name) for name in _DAYS if form.one(name).strip()}
        given = read(ProposalIn, **told, evidence=tuple(form.all("evidence")))
        made = json.loads(bytes(api.open_consequence(desk, caller, case_id, given, form.message_id()).body))
    except InspectorError as error:
        return _page(request, desk, caller, case_id, form, trouble(error, form, lang, group=_GROUP))
    return RedirectResponse(f"/consequences/{made['id']}{carried(request)}", 303)


def _page(
    request: Request, desk: Desk, caller: Caller, case_id: str, form: Fields | None = None, wrong: Trouble = NO_TROUBLE
) -> Response:
    def ask(tx: Tx, now: datetime) -> _Read:
        case = caller.case(tx, case_id)
        kinds = openings.openable(desk.office, tx, case, now)
        policy = desk.office.ruling(case.agency, case.pack, Scope.OUTCOMES, now).policy
        why = why_of(desk, tx, caller, case_id, now)
        there = dict(listed(tx, case_id, language(request)))
        return _Read(case=case, why=why, kinds=kinds, acts=_named(acts(policy), kinds), there=there)

    try:
        caller.reads()
        told = read_case(desk, caller, case_id, What.CASE, ask, "page")
    except InspectorError as error:
        return refused(request, error)
    lang, officer = language(request), caller.role is Role.OFFICER
    context = {
        "case": told.case,
        "heard": told.why.heard,
        "names": {claim.id: claim.name for claim in told.why.claims},
        "claimed": {claim.id: claim for claim in told.why.claims},
        "way": lambda heard: wording.way(heard.method, heard.via, lang),
        "may": [one.proposal for one in told.kinds if _may(one)] if officer else [],
        "dated": officer and any(one.proposal is Proposal.PENALTY and _may(one) for one in told.kinds),
        "late": next((in_words(one.error, lang) for one in told.kinds if one.error is not None and one.error.code == _DATED), ""),
        "harms": list(Harm),
        "may_not": [
            (one.proposal, in_words(one.error, lang), str(one.error.facts.get("consequence", "")))
            for one in told.kinds
            if one.error is not None and not _may(one)
        ],
        "there": told.there,
        "acts": [(one.row, act_line(one, lang)) for one in told.acts],
        "kept": {name: form.one(name) for name in (*_TYPED, *_DAYS)} if form is not None else {},
        "chosen": frozenset(form.all("evidence")) if form is not None else frozenset(),
        "trouble": wrong,
        "message_id": new_id(),
        "guard": guard(desk, held_cookie(request)),
        **said(desk, case_id),
    }
    return page(request, "opening.html", status=wrong.status, **context)


def _may(one: Openable) -> bool:
    """Whether it may be opened, of a penalty also where its days have to be said first."""
    return one.error is None or one.error.code == _DATED


def _named(catalogue: Iterable[Act], kinds: Iterable[Openable]) -> tuple[Act, ...]:
    """The acts that one of these may name."""
    rows = {row for one in kinds for row in one.acts}
    return tuple(one for one in catalogue if one.row in rows)
