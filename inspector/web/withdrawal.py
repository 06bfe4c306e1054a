"""A withdrawal by whom an officer has decided against, over HTTP: a named officer answers it."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import JSONResponse

from inspector.domain.withdrawal import Answering, Following, OvertakenAnswer, WithdrawalAnswer
from inspector.flows import overtaken, withdrawals
from inspector.store.tx import Tx
from inspector.web.answers import CaseShown, case_shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Officer
from inspector.web.desk import AtDesk, message
from inspector.web.errors import WRITES
from inspector.web.fields import CasePath, MessageId, Strict, Text

router = APIRouter(prefix="/v1", tags=["cases"], route_class=JsonRoute)


class WithdrawalAnswerIn(Strict):
    """What becomes of the application, and why; the subject reads both."""

    answer: WithdrawalAnswer
    reasons: Text


@router.post("/cases/{case_id}/withdrawal/answer", response_model=CaseShown, responses=WRITES)
def answer_withdrawal(
    desk: AtDesk, caller: Officer, case_id: CasePath, given: WithdrawalAnswerIn, message_id: MessageId = None
) -> JSONResponse:
    """Answer a withdrawal that took nothing back, for it was decided against its subject: outcome, record and decision stay as they are.

    `TERMINATE`: the application is ended by its proceeding, which is opened where there is none; `ORDINARY`: it goes the ordinary way, by
    certificate; `DECLINED`: nothing about it changes.
    """

    def do(tx: Tx, now: datetime) -> CaseShown:
        caller.case(tx, case_id, lock=True)
        said = Answering(answer=given.answer, reasons=given.reasons, by=caller.name, token=caller.token, at=now)
        return case_shown(withdrawals.answer(desk.office, tx, case_id, said, now))

    return desk.once(message(caller.source, message_id, f"answer withdrawal {case_id}", given), do)


class FollowingIn(Strict):
    """What follows where the licence was in hand before the commitment was taken back, and why; the subject reads both."""

    answer: OvertakenAnswer
    reasons: Text


@router.post("/cases/{case_id}/withdrawal/follow-up", response_model=CaseShown, responses=WRITES)
def follow_withdrawal(
    desk: AtDesk, caller: Officer, case_id: CasePath, given: FollowingIn, message_id: MessageId = None
) -> JSONResponse:
    """Say what follows of a case that was withdrawn after its matter had been concluded; the case in which it goes on.

    `VERIFY`: the matter is verified after all, as a case of its own under the same reference with `/2` behind it; `RETURNED`: the licence
    was handed in or is taken back; `NEEDLESS`: neither is needed.
    """

    def do(tx: Tx, now: datetime) -> CaseShown:
        caller.case(tx, case_id, lock=True)
        said = Following(answer=given.answer, reasons=given.reasons, by=caller.name, token=caller.token, at=now)
        return case_shown(overtaken.follow(desk.office, tx, case_id, said, now))

    return desk.once(message(caller.source, message_id, f"follow withdrawal {case_id}", given), do)
