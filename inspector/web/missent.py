"""A case that came by mistake, over HTTP: one officer asks to send it back, another one agrees or does not."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import JSONResponse

from inspector.domain.sendback import Mistake, SendBackReason
from inspector.flows import missent
from inspector.store.tx import Tx
from inspector.web.answers import CaseShown, case_shown
from inspector.web.body import JsonRoute
from inspector.web.caller import Officer
from inspector.web.desk import AtDesk, message
from inspector.web.errors import WRITES
from inspector.web.fields import CasePath, MaybeLine, MessageId, Strict, Text

router = APIRouter(prefix="/v1", tags=["cases"], route_class=JsonRoute)


class SendBackIn(Strict):
    """That a case came by mistake. `competent`: whose matter it is, if known; `same_as`: the other case, of a matter sent twice."""

    reason: SendBackReason
    words: Text
    competent: MaybeLine = ""
    same_as: MaybeLine = ""

    def mistake(self) -> Mistake:
        """As the officer's word is kept."""
        told = (self.competent.strip(), self.same_as.strip())
        return Mistake(reason=self.reason, words=self.words.strip(), competent=told[0], same_as=told[1])


class DeclineIn(Strict):
    """That a case is not sent back, and why."""

    words: Text


@router.post("/cases/{case_id}/send-back", response_model=CaseShown, responses=WRITES)
def ask_send_back(
    desk: AtDesk, caller: Officer, case_id: CasePath, given: SendBackIn, message_id: MessageId = None
) -> JSONResponse:
    """Say that a case came to this office by mistake, with the reason. Nothing ends by it: another officer has to agree."""

    def do(tx: Tx, now: datetime) -> CaseShown:
        caller.case(tx, case_id, lock=True)
        return case_shown(missent.ask(desk.office, tx, case_id, given.mistake(), caller.name, caller.token, now))

    return desk.once(message(caller.source, message_id, f"send back {case_id}", given), do)


@router.post("/cases/{case_id}/send-back/agreement", response_model=CaseShown, responses=WRITES)
def agree_send_back(desk: AtDesk, caller: Officer, case_id: CasePath, message_id: MessageId = None) -> JSONResponse:
    """Agree, as another officer: the case is sent back at once, all that was under way ends, and its sender hears why.

    There is no outcome and no credit entry. It comes again, right, as a new case under a new reference.
    """

    def do(tx: Tx, now: datetime) -> CaseShown:
        caller.case(tx, case_id)
        return case_shown(missent.agree(desk.office, tx, case_id, caller.name, caller.token, now))

    return desk.once(message(caller.source, message_id, f"agree to send back {case_id}", None), do)


@router.post("/cases/{case_id}/send-back/refusal", response_model=CaseShown, responses=WRITES)
def decline_send_back(
    desk: AtDesk, caller: Officer, case_id: CasePath, given: DeclineIn, message_id: MessageId = None
) -> JSONResponse:
    """Do not agree, or take back what one has asked, with words: the case goes on as it has all the while."""

    def do(tx: Tx, now: datetime) -> CaseShown:
        caller.case(tx, case_id, lock=True)
        return case_shown(missent.decline(desk.office, tx, case_id, given.words, caller.name, caller.token, now))

    return desk.once(message(caller.source, message_id, f"decline to send back {case_id}", given), do)
