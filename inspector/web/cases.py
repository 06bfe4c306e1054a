"""Cases over HTTP: in once, read by those who may, corrected, withdrawn, concluded and reviewed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from inspector.domain.case import Case, CaseState
from inspector.domain.errors import Missing
from inspector.domain.line import pasted
from inspector.domain.policy import Policy
from inspector.domain.viewing import Shown as What
from inspector.flows import embargo, intake, review
from inspector.flows.explain import Explanation, explain
from inspector.flows.narrative import render
from inspector.flows.unworded import unworded
from inspector.labels import Lang
from inspector.store.tx import Tx
from inspector.web.answers import (
    CasePage,
    CaseShown,
    CaseWithWhy,
    ExplanationText,
    case_shown,
    case_with_why,
)
from inspector.web.body import JsonRoute
from inspector.web.caller import Caller, CaseReader, Officer, System
from inspector.web.desk import AtDesk, Desk, message
from inspector.web.errors import READS, WRITES
from inspector.web.fields import CaseId, CasePath, Limit, Line, MessageId
from inspector.web.messages import CaseIn, ConclusionIn, ReviewIn
from inspector.web.roles import Role
from inspector.web.viewings import shown

T = TypeVar("T")
router = APIRouter(prefix="/v1", tags=["cases"], route_class=JsonRoute)


@router.post(
    "/cases",
    status_code=201,
    response_model=CaseShown,
    responses={**WRITES, 200: {"model": CaseShown, "description": "The same case again: nothing was changed"}},
)
def open_case(desk: AtDesk, caller: System, given: CaseIn, message_id: MessageId = None) -> JSONResponse:
    """Hand a case in. The same reference with the same content answers the same case; with other content it is a conflict.

    So no `Idempotency-Key` is needed. One that is given counts as everywhere: with other content it is a conflict, whatever the reference.
    """
    application = given.application()
    caller.within(given.agency)
    opened: list[Case] = []

    def do(tx: Tx, now: datetime) -> CaseShown:
        opened.clear()
        taken = intake.take(desk.office, tx, application, caller.name, now)
        opened.extend([taken.case] if taken.new else [])
        return case_shown(taken.case, _pack(desk, taken.case))

    answer = desk.once(message(caller.source, message_id, "open", given), do)
    answer.status_code = 201 if opened else 200
    return answer


@router.get("/cases", responses=READS)
def list_cases(
    desk: AtDesk,
    caller: CaseReader,
    after: Annotated[CaseId | None, Query(description="Go on behind this case")] = None,
    state: Annotated[CaseState | None, Query(description="Only cases in this state")] = None,
    reference: Annotated[Line | None, Query(description="Only this number of a sender; blanks around it are passed over")] = None,
    limit: Limit = 50,
) -> CasePage:
    """Cases in order of id, within the agencies of the token."""
    only = {"state": state.value if state else None, "reference": pasted(reference) if reference else None}
    page = desk.look(
        lambda tx: tx.cases.page(agencies=caller.sees, sender=caller.sender, only=only, after=after or "", limit=limit)
    )
    shown(desk, caller, What.LIST, page)
    return CasePage(cases=tuple(map(case_shown, page)), next=page[-1].id if len(page) == limit else None)


@router.get("/cases/{case_id}", responses=READS)
def show_case(desk: AtDesk, caller: CaseReader, case_id: CasePath) -> CaseWithWhy:
    """A case with the whole why. To whom it shows a visit that is still to be made is an entry of the ledger.

    The approving system reads of reviews, requests, proceedings, objections, records and notices what its events tell: no words and no
    names of people.
    """

    def ask(tx: Tx, now: datetime) -> CaseWithWhy:
        held = caller.case(tx, case_id)
        return case_with_why(held, why(desk, tx, caller, case_id, now), _pack(desk, held))

    return read_case(desk, caller, case_id, What.CASE, ask)


@router.get("/cases/{case_id}/explain", responses=READS)
def explain_case(
    desk: AtDesk,
    caller: CaseReader,
    case_id: CasePath,
    lang: Annotated[Lang, Query(description="The language of the text")] = "zh-Hans",
) -> ExplanationText:
    """Why, in words: which row of which pack, which facts and articles, what was asked, what came back, what is due next.

    To whom it shows a visit that is still to be made is an entry of the ledger.
    """

    def ask(tx: Tx, now: datetime) -> ExplanationText:
        caller.case(tx, case_id)
        told = why(desk, tx, caller, case_id, now)
        return ExplanationText(case=case_id, lang=lang, text=render(told, lang), explanation=told)

    return read_case(desk, caller, case_id, What.EXPLANATION, ask)


@router.put("/cases/{case_id}", response_model=CaseShown, responses=WRITES)
def correct_case(desk: AtDesk, caller: System, case_id: CasePath, given: CaseIn, message_id: MessageId = None) -> JSONResponse:
    """Correct a case while its verification is under way: open work ends and the verification begins anew.

    The subject stays; the same content again changes nothing. A firm's mistyped code may be put right where positions 9 to 17 stay (signs
    taken for each other count as one), also in a case that nothing is verified of: what it has entered in the register goes on under the
    right code. What was promised before is kept with the case and shown beside what is
    promised now (`explanation.corrections`); a claim keeps its sender's `key`, and has another `id` and a higher `revision`. With an
    officer, or after an answer that contradicts it, a case can no longer be corrected.
    """
    application = given.application()

    def do(tx: Tx, now: datetime) -> CaseShown:
        caller.case(tx, case_id)  # not held here: the flow takes the draws' turn before the case
        case = intake.correct(desk.office, tx, case_id, application, caller.name, now)
        return case_shown(case, _pack(desk, case))

    return desk.once(message(caller.source, message_id, f"correct {case_id}", given), do)


@router.post("/cases/{case_id}/conclude", response_model=CaseShown, responses=WRITES)
def conclude_case(
    desk: AtDesk, caller: System, case_id: CasePath, given: ConclusionIn | None = None, message_id: MessageId = None
) -> JSONResponse:
    """The matter is concluded (办结) at the approving system, now or `at` an earlier time. Verification goes on; withdrawal is over.

    Told after a withdrawal that came later than `at`, it is kept: the case stays withdrawn, and an officer says what follows.
    """
    at = given.at if given is not None else None

    def do(tx: Tx, now: datetime) -> CaseShown:
        caller.case(tx, case_id, lock=True)
        return case_shown(review.conclude(desk.office, tx, case_id, caller.name, now, at=at))

    return desk.once(message(caller.source, message_id, f"conclude {case_id}", given), do)


@router.post("/cases/{case_id}/review", response_model=CaseShown, responses=WRITES)
def review_case(desk: AtDesk, caller: Officer, case_id: CasePath, given: ReviewIn, message_id: MessageId = None) -> JSONResponse:
    """A named officer decides a case in review."""

    def do(tx: Tx, now: datetime) -> CaseShown:
        return case_shown(decide(desk, tx, caller, case_id, given, now))

    return desk.once(message(caller.source, message_id, f"review {case_id}", given), do)


def decide(desk: AtDesk, tx: Tx, caller: Caller, case_id: str, given: ReviewIn, now: datetime) -> Case:
    """The officer's decision, by API and by form alike."""
    caller.case(tx, case_id, lock=True)
    return review.decide(
        desk.office,
        tx,
        case_id,
        given.outcome,
        caller.name,
        given.reasons,
        given.evidence,
        now,
        act=given.act.strip(),
        grading=given.grading.grading(),
        token=caller.token,
    )


def read_case(desk: Desk, caller: Caller, case_id: str, what: What, ask: Callable[[Tx, datetime], T], door: str = "api") -> T:
    """Read a case, once it is on record who is shown what of it; in a transaction that can write only where a visit is still to be made."""

    def secret(tx: Tx) -> tuple[Case, bool]:
        case = caller.case(tx, case_id)
        return case, caller.role is not Role.SYSTEM and any(held.state.open for held in tx.visits.of_case(case_id))

    case, to_come = desk.look(secret)
    shown(desk, caller, what, (case,), door)
    if to_come:
        return desk.act(ask)
    return desk.look(lambda tx: ask(tx, desk.office.now()))


def why(desk: Desk, tx: Tx, caller: Caller, case_id: str, now: datetime) -> Explanation:
    """The case's why, as the caller may know it; who thereby learns of a visit before it is made is written down."""
    near = caller.role is Role.SYSTEM
    told = explain(desk.office, tx, case_id, outside=near)
    if near:
        return unworded(told)
    if told.visits:
        embargo.note_case(tx, case_id, caller.name, "api", now)
    return told


def _pack(desk: Desk, case: Case) -> Policy | None:
    """The pack of a case, where this release can read it."""
    try:
        return desk.office.book.get(case.pack)
    except Missing:
        return None
