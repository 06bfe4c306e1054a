"""The clock of a case over HTTP: it stands still, goes on, is given more time, each by an officer's own token."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import JSONResponse

from inspector.flows import suspension
from inspector.store.tx import Tx
from inspector.web.answers import CaseShown, case_shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Officer
from inspector.web.desk import AtDesk, message
from inspector.web.errors import WRITES
from inspector.web.fields import CasePath, MessageId
from inspector.web.messages import ResumptionIn, SuspensionIn, TermExtensionIn

router = APIRouter(prefix="/v1", tags=["cases"], route_class=JsonRoute)


@router.post("/cases/{case_id}/suspension", response_model=CaseShown, responses=WRITES)
def suspend_case(
    desk: AtDesk, caller: Officer, case_id: CasePath, given: SuspensionIn, message_id: MessageId = None
) -> JSONResponse:
    """Let the verification's clock stand still, for a reason that the pack lists, to the end of the day `until` at most.

    Its date is counted without those days. Questions, requests for assistance and visits go on by their own clocks: waiting for
    another agency is no reason.
    """

    def do(tx: Tx, now: datetime) -> CaseShown:
        caller.case(tx, case_id, lock=True)
        told = (given.reason, given.until, given.evidence)
        return case_shown(suspension.suspend(desk.office, tx, case_id, *told, caller.name, now))

    return desk.once(message(caller.source, message_id, f"suspend {case_id}", given), do)


@router.post("/cases/{case_id}/resumption", response_model=CaseShown, responses=WRITES)
def resume_case(
    desk: AtDesk, caller: Officer, case_id: CasePath, given: ResumptionIn, message_id: MessageId = None
) -> JSONResponse:
    """Let the clock go on before the suspension's planned end; its date is counted anew from the days that were left."""

    def do(tx: Tx, now: datetime) -> CaseShown:
        caller.case(tx, case_id, lock=True)
        return case_shown(suspension.resume(desk.office, tx, case_id, given.evidence, caller.name, now))

    return desk.once(message(caller.source, message_id, f"resume {case_id}", given), do)


@router.post("/cases/{case_id}/extension", response_model=CaseShown, responses=WRITES)
def extend_case(
    desk: AtDesk, caller: Officer, case_id: CasePath, given: TermExtensionIn, message_id: MessageId = None
) -> JSONResponse:
    """Lengthen the verification's term as the pack allows: before its date only, and no more often than its row says."""

    def do(tx: Tx, now: datetime) -> CaseShown:
        caller.case(tx, case_id, lock=True)
        return case_shown(suspension.extend(desk.office, tx, case_id, given.reason, caller.name, given.approved_by, now))

    return desk.once(message(caller.source, message_id, f"extend {case_id}", given), do)
