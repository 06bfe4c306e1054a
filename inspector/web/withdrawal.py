"""A withdrawal, over HTTP; of one by whom an officer has decided against a named officer answers."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import JSONResponse

from inspector.domain.stamp import stamped
from inspector.domain.withdrawal import Answering, Following, OvertakenAnswer, WithdrawalAnswer
from inspector.flows import overtaken, review, withdrawals
from inspector.store.tx import Tx
from inspector.web.answers import CaseShown, CaseWithdrawn, case_shown, case_withdrawn
from inspector.web.body import JsonRoute
from inspector.web.caller import Officer, System
from inspector.web.desk import AtDesk, message
from inspector.web.errors import WRITES
from inspector.web.fields import CasePath, Day, MaybeLine, MessageId, Strict, Text

router = APIRouter(prefix="/v1", tags=["cases"], route_class=JsonRoute)


class WithdrawalIn(Strict):
    """The applicant takes the commitment back. `bar_known`: true once the applicant was told of the bar on committing again that follows.

    It is asked for where the pack has such a bar for the item: without it the answer is 409 `withdrawal_bars`, which names the bar.
    `said_on`, `stamp`: on which day it was handed in or posted, where that was before today, and what shows it.
    """

    reason: Text
    bar_known: bool = False
    said_on: Day | None = None
    stamp: MaybeLine = ""


@router.post("/cases/{case_id}/withdraw", response_model=CaseWithdrawn, responses=WRITES)
def withdraw_case(
    desk: AtDesk, caller: System, case_id: CasePath, given: WithdrawalIn, message_id: MessageId = None
) -> JSONResponse:
    """The applicant takes the commitment back: with a reason, and only before the matter is concluded.

    Where the pack keeps whoever has withdrawn from committing to the item again for some time, the applicant is told so before: without
    `bar_known` nothing is withdrawn, and the answer (409 `withdrawal_bars`) names the item, the `term` of the pack (`12-31`: until the
    end of the year), its `basis`, and `until` which day it runs if withdrawn today. The certificate can be brought meanwhile.

    Once an officer has entered the case to its subject's discredit it stays as it is, and an officer hears of the wish: `heard` says so.
    One that was handed in or posted by the day of the conclusion (`said_on`, `stamp`) is carried out behind it, too, and an officer says
    what follows, for the licence may be in hand (`withdrawal_overtaken`).
    """
    when = stamped(given.said_on, given.stamp)

    def do(tx: Tx, now: datetime) -> CaseWithdrawn:
        caller.case(tx, case_id)  # not held here: the flow takes the draws' turn before the case
        return case_withdrawn(
            review.withdraw(desk.office, tx, case_id, given.reason, caller.name, now, bar_known=given.bar_known, stamp=when)
        )

    return desk.once(message(caller.source, message_id, f"withdraw {case_id}", given), do)


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
