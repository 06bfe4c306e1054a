"""Whether somebody may commit, asked by the approving system before the applicant signs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from inspector.domain.case import MatterKind, Route
from inspector.flows import eligible
from inspector.flows.intake import Application
from inspector.store.tx import Tx
from inspector.web.answers import Shown
from inspector.web.body import JsonRoute
from inspector.web.caller import System
from inspector.web.desk import AtDesk
from inspector.web.errors import WRITES, ErrorDetail, body
from inspector.web.fields import Day, Line, MaybeLine, Strict, Text
from inspector.web.messages import SubjectIn

router = APIRouter(prefix="/v1", tags=["cases"], route_class=JsonRoute)


class EligibilityIn(Strict):
    """About whom is asked, for which item, and what for. `reference`: the number of the application, where there is one.

    `signed_on`: of which day the letter would be; left out: today's.
    """

    agency: Line
    route: Route = Route.COMMITMENT
    matter: MatterKind
    item: Line
    subject: SubjectIn
    purpose: Annotated[Text, Field(min_length=1, max_length=400)]
    reference: MaybeLine = ""
    signed_on: Day | None = None


class EligibilityShown(Shown):
    """What the gate would answer. `refusal`: the error that `POST /v1/cases` would give; null: the applicant may commit."""

    admitted: bool
    signed_on: date
    refusal: ErrorDetail | None


@router.post("/eligibility", responses=WRITES)
def ask_eligibility(desk: AtDesk, caller: System, given: EligibilityIn) -> EligibilityShown:
    """Whether somebody may commit to an item, before anybody has signed: the gate's own answer, and no case is made.

    Who has asked about whom, for what and with which answer is an entry of the ledger. The answer binds nobody: the gate judges the case
    on the day on which it comes in. In a body, and not in an address, since addresses are kept in logs.
    """
    caller.within(given.agency)

    def do(tx: Tx, now: datetime) -> EligibilityShown:
        day = given.signed_on or desk.office.calendar.local_date(now)
        asked = Application(
            agency=given.agency,
            reference=given.reference or given.item,
            route=given.route,
            matter=given.matter,
            item=given.item,
            subject_kind=given.subject.kind,
            subject_code=given.subject.code,
            subject_name=given.subject.name,
            claims=(),
            signed_on=day,
        )
        refused = eligible.ask(desk.office, tx, asked, caller.name, given.purpose, now)
        told = ErrorDetail.model_validate(body(refused.code, refused.facts)["error"]) if refused is not None else None
        return EligibilityShown(admitted=refused is None, signed_on=day, refusal=told)

    return desk.act(do)
