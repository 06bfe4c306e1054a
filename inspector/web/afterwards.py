"""What may happen after a draw, over HTTP: officers sign, each by a token of his or her own."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from starlette.responses import JSONResponse

from inspector.flows import voiding
from inspector.store.tx import Tx
from inspector.web.answers import DrawShown, draw_shown
from inspector.web.caller import Officer
from inspector.web.desk import AtDesk, message
from inspector.web.draws import draw_of
from inspector.web.errors import WRITES
from inspector.web.fields import MessageId, NamePath
from inspector.web.messages import VoidIn

router = APIRouter(prefix="/v1", tags=["draws"])


@router.post("/draws/{number}/void", response_model=DrawShown, responses=WRITES)
def sign_void(desk: AtDesk, caller: Officer, number: NamePath, given: VoidIn, message_id: MessageId = None) -> JSONResponse:
    """Sign that a draw be void: the first officer asks, another one with the same reason makes it so.

    Not while its seed may be known and its result is not there: nobody aborts a draw having seen where it goes.
    """

    def do(tx: Tx, now: datetime) -> DrawShown:
        draw_of(tx, caller, number)
        return draw_shown(voiding.sign(desk.office, tx, number, by=caller.name, reason=given.reason, now=now))

    return desk.once(message(caller.source, message_id, f"void {number}", given), do)
